import { lineText, terminalText } from '../query/render/terminal-text.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What `token show` says of a token beside its row of the view `tokens`. */
export interface TokenDetails {
  readonly containers: readonly Row[];
  readonly addresses: readonly Row[];
  readonly findings: readonly Row[];
  /** `last_success`, null where there was none, `refused` requests (401, 403), and `refused_since` that success. */
  readonly admission: Row;
  /** What the grant allows, scored, and the least that would have served: the saved queries of these names. */
  readonly posture: Row;
  readonly least_privilege: Row;
  readonly response: string;
}

const kinds: Readonly<Record<string, string>> = {
  account: 'account SAS: every container its permissions name',
  service: 'service SAS',
  user_delegation: 'user delegation SAS: at most 7 days, ends with the delegation key',
};

/** The parts of the score that are not zero, the heaviest first. */
function scoreText(posture: Row): string {
  const parts = ['scope', 'power', 'lifetime', 'address', 'protocol', 'policy']
    .map((name) => ({ name, points: Number(posture[`${name}_points`] ?? 0) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points);
  const least = posture['score_is_least'] === true ? 'at least ' : '';
  return `${least}${posture['score'] ?? 0} of 100: ${parts.map(({ name, points }) => `${name} ${points}`).join(', ') || 'nothing to say'}`;
}

/** Rows of the two lists of a page at most: containers with what was done in them, and addresses. */
export const placesShown = 30;
export const addressesShown = 10;

/** What the estimate says where all 1,024 bits of the sketch are set (docs/sketch.md): thousands, nobody knows how many. */
export const addressesMost = 7_098;

/** What the log tells of whether a token still works: a failure of another kind than 401 and 403 is none of its signature. */
function admissionText(admission: Row): string {
  const times = (name: string) => {
    const count = Number(admission[name] ?? 0);
    return count === 0 ? 'not refused' : `refused ${count.toLocaleString('en')} ${count === 1 ? 'time' : 'times'}`;
  };
  const last = admission['last_success'] ?? null;
  return last === null
    ? `no success, ${times('refused')}`
    : `last success ${last} UTC, ${times('refused_since')} since`;
}

/** A token as `token show` prints it; what callers wrote stays on its line. */
export function tokenPage(
  token: Row,
  { containers, addresses, findings, admission, posture, least_privilege: least, response }: TokenDetails,
): string {
  const text = (row: Row, name: string) => lineText(String(row[name] ?? '-'));
  const number = (row: Row, name: string) => Number(row[name] ?? 0).toLocaleString('en');
  // Every SAS names its services or its resource: one that names neither has its parameters in no log.
  const isUnknown = (token['ss'] ?? token['sr'] ?? null) === null;
  const limit = (name: string, none: string) => (isUnknown ? '-' : lineText(String(token[name] ?? none)));
  const distinct = Number(token['distinct_ips'] ?? 0);
  const callers = distinct >= addressesMost ? 'thousands of' : `about ${distinct.toLocaleString('en')}`;
  const expiry =
    token['expires'] ?? (token['si'] === null ? 'unknown' : `what its stored policy "${token['si']}" says`);
  return [
    `token ${text(token, 'token_id')}`,
    `  ${kinds[String(token['kind'])] ?? text(token, 'auth_type')}, signed with ${text(token, 'key_name')}, account ${text(token, 'accounts')}`,
    `  grants sp=${text(token, 'sp')} ss=${text(token, 'ss')} srt=${text(token, 'srt')} sr=${text(token, 'sr')}, from ${limit('sip', 'any address')}, over ${limit('spr', 'http or https')}`,
    `  valid ${(token['starts'] ?? null) === null ? 'until' : `${text(token, 'starts')} to`} ${lineText(String(expiry))}`,
    `  used ${text(token, 'first_seen')} to ${text(token, 'last_seen')} UTC: ${number(token, 'requests')} requests, ${number(token, 'errors')} failed`,
    `  ${lineText(admissionText(admission))}`,
    `  ${number(token, 'bytes_out')} bytes out, ${number(token, 'bytes_in')} bytes in, ${callers} addresses`,
    `  danger ${lineText(scoreText(posture))}`,
    `  would have done ${text(least, 'suggestion')}${least['spare'] ? `; never needed sp=${text(least, 'spare')}` : ''}`,
    '',
    containers.length < placesShown ? 'Touched' : `Touched, the ${placesShown} with most requests`,
    ...containers.map(
      (row) =>
        `  ${text(row, 'container').padEnd(24)} ${text(row, 'operations').padEnd(8)} ${number(row, 'requests').padStart(9)} requests ${number(row, 'objects').padStart(8)} objects ${number(row, 'bytes_out').padStart(18)} bytes out`,
    ),
    '',
    addresses.length < addressesShown ? 'From, by bytes' : `From, the ${addressesShown} addresses with most bytes out`,
    ...addresses.map(
      (row) =>
        `  ${text(row, 'address').padEnd(24)} ${number(row, 'requests').padStart(9)} requests ${number(row, 'bytes_out').padStart(18)} bytes out  ${text(row, 'user_agent')}`,
    ),
    '',
    'Findings',
    ...(findings.length === 0
      ? ['  none']
      : findings.map(
          (row) =>
            `  ${text(row, 'id')}  ${text(row, 'level').padEnd(8)} ${text(row, 'rule').padEnd(8)} ${text(row, 'first_seen').slice(0, 16)}  ${text(row, 'title')}`,
        )),
    '',
    'Revoking it',
    ...response.split('\n').map((line) => `  ${terminalText(line)}`),
    '',
  ].join('\n');
}
