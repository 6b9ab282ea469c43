import { sasCaller, tools } from '../caller.ts';
import { mintUnlisted } from '../estate.ts';
import { serviceGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { crowdAddress, withPort } from '../network.ts';
import type { SasToken } from '../sas-token.ts';
import { hourMs, kibibyte, minuteMs, workdays } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const linksAtOnce = 24;

interface Link {
  readonly token: SasToken;
  readonly blob: string;
  readonly expires: number;
  opens: number;
}

/** Download links for one object, valid 15 minutes to 24 hours, opened 1 to 50 times by strangers and by link previews. */
export const saasLinks: Pattern = {
  name: 'saas links',
  weight: 12,
  plan: (site, budget) => ({ rows: budget, stream: opens(site, budget) }),
};

function newLink({ account, prng }: Site, time: number, number: number): Link {
  const blob = `customer-${String(number % 900).padStart(4, '0')}/invoice-${String(number).padStart(7, '0')}.pdf`;
  const expires = time + Math.floor(15 * minuteMs + prng.unit() ** 3 * 24 * hourMs);
  const token = mintUnlisted({
    name: '',
    benign: true,
    account: account.name,
    key: account.key1,
    resource: `shares/${blob}`,
    parameters: serviceGrant('b', 'r', { start: time - minuteMs, end: expires }),
  });
  return { token, blob, expires, opens: 1 + prng.zipf(50) };
}

function* opens(site: Site, rows: number): Generator<LogEvent> {
  const { account, prng, period } = site;
  const timeOf = workdays(rows, period, prng);
  const links: Link[] = [];
  let minted = 0;
  for (let i = 0; i < rows; i++) {
    const time = timeOf(i);
    const slot = prng.int(0, linksAtOnce - 1);
    let link = links[slot];
    if (link === undefined || link.opens === 0 || time > link.expires) {
      link = newLink(site, time, minted++);
      links[slot] = link;
    }
    link.opens--;
    const preview = prng.chance(0.15);
    const bot = prng.chance(0.5) ? tools.slackbot : tools.linkPreview;
    yield logEvent({
      time,
      account,
      caller: sasCaller(link.token, preview ? bot : tools.browser),
      callerIp: withPort(crowdAddress(3_000_000 + prng.int(0, 40_000)), prng),
      container: 'shares',
      blob: link.blob,
      operation: preview ? operations.getBlobProperties : operations.getBlob,
      bytesOut: preview ? 0 : prng.int(40, 3_000) * kibibyte,
      activity: saasLinks.name,
    });
  }
}
