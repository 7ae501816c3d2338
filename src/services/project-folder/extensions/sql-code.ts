/** Comments, texts, dollar-quoted bodies, and everything else; the same grammar as the splitter of statements. */
const PART =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|(\$(?:[A-Za-z_][\w]*)?\$)([\s\S]*?)\1/g;

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** A statement split into what runs at once and what runs when somebody calls it; offsets and lines stay those of the statement. */
export interface SqlCode {
  /** Without comments, texts and the bodies of functions. */
  readonly immediate: string;
  /** Bodies of functions, without comments and texts. */
  readonly bodies: string;
}

export function codeOf(statement: string): SqlCode {
  // The body of DO runs right away.
  const runsBody = /^do\b/i.test(statement);
  const bodies: string[] = [];
  let end = 0;
  const immediate = statement.replace(PART, (part, tag: string | undefined, body: string | undefined, at: number) => {
    if (tag === undefined || body === undefined) return blank(part);
    const inner = codeOf(body).immediate;
    if (runsBody) return `${blank(tag)}${inner}${blank(tag)}`;
    bodies.push(blank(statement.slice(end, at)), blank(tag), inner);
    end = at + tag.length + body.length;
    return blank(part);
  });
  return { immediate, bodies: bodies.join('') };
}
