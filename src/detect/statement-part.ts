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

/** Where a part's brackets open and close. */
function placeOf(sql: string, name: string): readonly [number, number] | undefined {
  const [head] = new RegExp(String.raw`(?:^WITH |^)${name} AS (?:MATERIALIZED )?\(`, 'm').exec(sql) ?? [];
  if (head === undefined) return undefined;
  const open = sql.indexOf(head) + head.length - 1;
  const end = closing(sql, open);
  return end === undefined ? undefined : [open, end];
}

/**
 * A statement over a part of a rule's statement: its WITH clause up to that part.
 *
 * @param name of the part: `suspects` of `suspects AS (`.
 * @param select what is asked of it; whether it has rows, unless told otherwise.
 * @returns undefined if the statement has no such part.
 */
export function partQuery(sql: string, name: string, select = 'SELECT count(*) > 0'): string | undefined {
  const place = placeOf(sql, name);
  return place === undefined ? undefined : `${sql.slice(0, place[1] + 1)}\n${select} FROM ${name}`;
}

/** A statement of whose parts one is read from a relation; DuckDB passes over the parts that it alone was made of. */
export function withPartFrom(sql: string, name: string, relation: string): string {
  const [open, end] = placeOf(sql, name) ?? [sql.length, sql.length];
  return open === end ? sql : `${sql.slice(0, open)}(FROM ${relation}${sql.slice(end)}`;
}
