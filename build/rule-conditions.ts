/** A statement without one of its conditions. */
export interface ConditionMutant {
  readonly what: string;
  readonly sql: string;
  /** Why the result is the same without it, as the rule says; null if a test has to notice. */
  readonly spare: string | null;
}

/** `/* narrows: what follows says the same *\/` before a condition. */
const spareMark = /^\/\* narrows: (\S[^*]*?) \*\/\s*/;

/** Words that end a condition at its own depth of parentheses. */
const ends =
  /^(AND|OR|GROUP|ORDER|HAVING|WINDOW|QUALIFY|UNION|JOIN|LEFT|SEMI|ANTI|ASOF|WHERE|SELECT|FROM|WHEN|THEN|ELSE|END|LIMIT)\b/i;
const begins = /^(WHERE|AND|HAVING|QUALIFY|ON)\b/i;

/** Quoted text, comments and words, one after another; anything else is one character. */
const pieces = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_$][\w$]*|[\s\S]/g;

/**
 * Every condition of a statement left out, one at a time. Left alone: what only says which days are looked at (`$since`,
 * `$until`, `$baseline`), the joining of columns by equality, and what stands behind BETWEEN. A condition that only spares
 * reading and changes no result is marked with its reason: `/* narrows: reason *\/`.
 */
export function conditionMutants(sql: string): ConditionMutant[] {
  const tokens = sql.match(pieces) ?? [];
  const mutants: ConditionMutant[] = [];
  let between = false;
  let last = '';
  for (const [at, token] of tokens.entries()) {
    if (/^BETWEEN$/i.test(token)) between = true;
    const isInside = token === '(' && begins.test(last);
    if (token.trim() !== '') last = token;
    if (!isInside && !begins.test(token)) continue;
    if (between && /^AND$/i.test(token)) {
      between = false;
      continue;
    }
    const end = conditionEnd(tokens, at + 1);
    // To leave out the first of several of which one is enough is to leave out all.
    if (isInside && !/^AND$/i.test(tokens[end] ?? '')) continue;
    const text = tokens
      .slice(at + 1, end)
      .join('')
      .trim();
    if (isLeftAlone(text)) continue;
    const changed = [...tokens.slice(0, at + 1), ' true ', ...tokens.slice(end)].join('');
    const [mark = '', spare = null] = spareMark.exec(text) ?? [];
    mutants.push({ what: `without ${text.slice(mark.length).replaceAll(/\s+/g, ' ')}`, sql: changed, spare });
  }
  return mutants;
}

function conditionEnd(tokens: readonly string[], start: number): number {
  let depth = 0;
  let between = false;
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    if (token === '(' || token === '[') depth++;
    if ((token === ')' || token === ']') && --depth < 0) return at;
    if (depth > 0) continue;
    if (token === ',') return at;
    if (/^BETWEEN$/i.test(token)) between = true;
    else if (between && /^AND$/i.test(token)) between = false;
    else if (ends.test(token)) return at;
  }
  return tokens.length;
}

const equalColumns = /^\w+\.\w+ = \w+\.\w+$/;

function isLeftAlone(text: string): boolean {
  if (text === '' || text === 'true' || /^(CURRENT ROW|INTERVAL|UNBOUNDED)/i.test(text)) return true;
  if (/\$(since|until|baseline)\b/.test(text)) return true;
  return equalColumns.test(text) || /^coalesce\([^()]*\) = \w+\.token_key$/.test(text);
}
