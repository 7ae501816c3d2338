/** One statement of an SQL file: `text` without leading white space and comments, `line` where it starts, counted from 1. */
export interface SqlStatement {
  readonly text: string;
  readonly line: number;
}

/**
 * What a statement is made of, in the order it has to be tried: comments, quoted strings and names, dollar-quoted bodies,
 * the semicolon that ends it, words, and any other character.
 */
const TOKEN =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<space>\s+)|(?<quoted>[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[\s\S]*?\k<dollar>)|(?<end>;)|(?<paren>[()])|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<other>[\s\S])/y;

/**
 * Splits an SQL file at the semicolons that end statements, as psql does. Knows quotes, dollar quotes, comments within comments,
 * parentheses (CREATE RULE has semicolons in them) and the bodies of `begin atomic ... end`.
 */
export function splitStatements(sql: string): SqlStatement[] {
  const found: SqlStatement[] = [];
  const blocks = new AtomicBlocks();
  let start = -1;
  let parentheses = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    const { comment, space, end, word, paren } = match.groups as Record<string, string | undefined>;
    if (comment?.startsWith('/*')) TOKEN.lastIndex = endOfComment(sql, match.index);
    if (comment !== undefined || space !== undefined) continue;
    if (word) blocks.see(word.toLowerCase());
    if (paren) parentheses = Math.max(0, parentheses + (paren === '(' ? 1 : -1));
    if (end && blocks.depth === 0 && parentheses === 0) {
      if (start >= 0) found.push(statementAt(sql, start, match.index));
      start = -1;
    } else if (start < 0) start = match.index;
  }
  if (start >= 0) found.push(statementAt(sql, start, sql.length));
  return found;
}

const COMMENT_EDGE = /\/\*|\*\//g;

/** Offset behind the comment that opens at `start`; comments nest, and one that never closes takes the rest. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  COMMENT_EDGE.lastIndex = start;
  for (let edge = COMMENT_EDGE.exec(sql); edge; edge = COMMENT_EDGE.exec(sql)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT_EDGE.lastIndex;
  }
  return sql.length;
}

/** Inside `begin atomic ... end` a semicolon ends a part; CASE has an END of its own. */
class AtomicBlocks {
  depth = 0;
  #previous = '';
  see(word: string): void {
    if (word === 'atomic' && this.#previous === 'begin') this.depth += 1;
    else if (this.depth > 0 && word === 'case') this.depth += 1;
    else if (this.depth > 0 && word === 'end') this.depth -= 1;
    this.#previous = word;
  }
}

function statementAt(sql: string, start: number, end: number): SqlStatement {
  return { text: sql.slice(start, end).trimEnd(), line: lineAt(sql, start) };
}

/** Line of a 0-based offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
