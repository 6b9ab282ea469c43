import pico from 'picocolors';
import type { Finding } from '../core/finding.ts';
import { incidentsOf } from '../detect/incident.ts';
import type { Truth } from '../generate/truth.ts';
import { isoMicros } from '../query/cell.ts';
import { openReader } from '../store/reader.ts';
import { write } from './effects.ts';
import { levelPaint } from './level-paint.ts';
import type { Session } from './session.ts';

export interface DemoOutcome {
  readonly session: Session;
  readonly dataDir: string;
  readonly findings: readonly Finding[];
  /** What the story really holds, to hold the findings against. */
  readonly truth: Truth;
}

interface TokenRow {
  readonly tokenId: string;
  readonly requests: number;
  readonly powers: string;
  readonly expires: string;
}

/** The demo's closing page: the lake in figures, the findings by token, and where to look further. */
export async function demoSummary({ session, dataDir, findings, truth }: DemoOutcome): Promise<void> {
  const { stdout, isTTY } = session.effects;
  const open = findings.filter((finding) => finding.open);
  const expected = [...new Set(truth.incidents.flatMap((incident) => incident.rules))].sort();
  const misused = new Set(truth.incidents.map(({ entity }) => entity.token_hash));
  const benign = new Set(
    truth.tokens
      .filter((token) => token.benign && !misused.has(token.token_hash))
      .map((token) => token.token_hash.slice(0, 32)),
  );
  const falsePositives = open.filter((finding) => benign.has(finding.entity.toUpperCase())).length;
  const found = new Set(open.map((finding) => finding.rule));
  const incidents = incidentsOf(open);
  const told = expected.filter((rule) => found.has(rule));
  if (session.json) {
    const row = {
      type: 'demo',
      data: dataDir,
      rules_expected: expected,
      rules_missed: expected.filter((rule) => !found.has(rule)),
      findings_on_benign_tokens: falsePositives,
    };
    return write(stdout, `${JSON.stringify(row)}\n`);
  }
  const { bold, dim, cyan } = pico.createColors(isTTY.stdout);
  const paint = levelPaint(isTTY.stdout);
  const lines: string[] = ['', bold('What the log shows'), ''];
  for (const token of await tokensOf(dataDir, new Set(open.map((finding) => finding.entity)))) {
    lines.push(
      `token ${cyan(token.tokenId)}  ${token.powers}  valid until ${bold(token.expires)}  ${token.requests.toLocaleString('en')} requests`,
    );
    for (const incident of incidents.filter(({ entities }) => entities.includes(token.tokenId))) {
      const { level, firstSeen, lastSeen, title, findings: of, rules } = incident;
      const days = [minute(firstSeen), minute(lastSeen)].map((text) => text.slice(0, 10));
      const until = days[0] === days[1] ? '' : ` to ${days[1]}`;
      lines.push(
        `  ${paint(level)} ${minute(firstSeen)}${until}  ${title}`,
        dim(`           ${of.length} findings by ${rules.join(' ')}`),
      );
    }
    lines.push('');
  }
  lines.push(
    `${incidents.length} incidents of ${open.length} findings; ${told.length} of the ${expected.length} rules that the story must raise, and ${found.size - told.length} more; ${falsePositives} findings on its ${benign.size.toLocaleString('en')} benign tokens`,
    '',
    bold('Look further'),
    `  npx saswatch findings incidents --data ${dataDir}`,
    `  npx saswatch token list --data ${dataDir}`,
    `  npx saswatch query --data ${dataDir} ${dim('"SELECT operation_name, count(*) AS n, sum(response_body_bytes) AS bytes_out FROM storage_log')}`,
    dim("      WHERE auth_type LIKE 'sas_%' GROUP BY ALL ORDER BY n DESC\""),
    '',
  );
  await write(stdout, lines.join('\n'));
}

function minute(micros: bigint): string {
  return isoMicros(micros).slice(0, 16).replace('T', ' ');
}

async function tokensOf(dataDir: string, ids: ReadonlySet<string>): Promise<TokenRow[]> {
  const reader = await openReader(dataDir);
  try {
    const result = await reader.connection.runAndReadAll(
      "SELECT token_id, requests::DOUBLE, coalesce('sp=' || sas_sp, 'policy ' || sas_si), strftime(expires, '%Y-%m-%d') FROM tokens ORDER BY first_seen",
    );
    return result.getRows().flatMap(([tokenId, requests, powers, expires]) =>
      ids.has(String(tokenId)) || ids.has(String(tokenId).toLowerCase())
        ? [
            {
              tokenId: String(tokenId),
              requests: Number(requests),
              powers: String(powers ?? 'powers unknown'),
              expires: String(expires ?? 'its policy says'),
            },
          ]
        : [],
    );
  } finally {
    reader.close();
  }
}
