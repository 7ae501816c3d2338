/** Fields of one CSV line (RFC 4180; a field never spans lines in a file of bars). The delimiter is a comma, semicolon or tab. */
export function splitLine(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] === '"') {
      const [field, end] = quoted(line, at + 1);
      const next = line.indexOf(delimiter, end);
      fields.push(field);
      if (next < 0) return fields;
      at = next + 1;
    } else {
      const next = line.indexOf(delimiter, at);
      if (next < 0) {
        fields.push(line.slice(at));
        return fields;
      }
      fields.push(line.slice(at, next));
      at = next + 1;
    }
  }
  return fields;
}

/** The field whose opening quote lies before `from`, and the index after its closing quote. A doubled quote stands for one. */
function quoted(line: string, from: number): [string, number] {
  let field = '';
  let at = from;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote < 0) return [field + line.slice(at), line.length];
    field += line.slice(at, quote);
    if (line[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}

/** The delimiter that a header line uses: the one of comma, semicolon and tab that it holds most of. */
export function delimiterOf(header: string): string {
  const counts = [',', ';', '\t'].map((delimiter) => [header.split(delimiter).length, delimiter] as const);
  return counts.reduce((best, next) => (next[0] > best[0] ? next : best))[1];
}
