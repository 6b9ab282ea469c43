/** Quoted text, quoted names and comments come first, so that brackets inside them are passed over. */
const brackets = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|[()]/g;

/** Where the bracket that opens at `start` closes; undefined if it does not. */
function closing(sql: string, start: number): number | undefined {
  let depth = 0;
  for (const { 0: text, index } of sql.slice(start).matchAll(brackets)) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return start + index;
  }
  return undefined;
}

/**
 * A statement over a part of a rule's statement: its WITH clause up to that part.
 *
 * @param name of the part: `suspects` of `suspects AS (`.
 * @param select what is asked of it; whether it has rows, unless told otherwise.
 * @returns undefined if the statement has no such part.
 */
export function partQuery(sql: string, name: string, select = 'SELECT count(*) > 0'): string | undefined {
  const [head] = new RegExp(String.raw`(?:^WITH |^)${name} AS (?:MATERIALIZED )?\(`, 'm').exec(sql) ?? [];
  const end = head === undefined ? undefined : closing(sql, sql.indexOf(head) + head.length - 1);
  return end === undefined ? undefined : `${sql.slice(0, end + 1)}\n${select} FROM ${name}`;
}
