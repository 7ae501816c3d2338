type State = 'between' | 'value' | 'quoted' | 'after quote';

/**
 * Reads what follows VALUES in an INSERT, piece by piece: `('a', NULL, 1, E'\n', '{}'::jsonb), (...)`. A row is given when its
 * parenthesis closes. Values that are no literals come as their text; such a row is refused when Postgres reads it.
 */
export class InsertScanner {
  done = false;
  private state: State = 'between';
  private depth = 0;
  private values: (string | null)[] = [];
  private text = '';
  private literal: string | undefined;
  private escapes = false;
  private escaped = false;

  feed(piece: string): (string | null)[][] {
    const rows: (string | null)[][] = [];
    for (const sign of piece) {
      if (this.done) break;
      const row = this.take(sign);
      if (row) rows.push(row);
    }
    return rows;
  }

  private take(sign: string): (string | null)[] | undefined {
    if (this.state === 'after quote') {
      if (sign === "'") {
        this.literal += "'";
        this.state = 'quoted';
        return undefined;
      }
      this.state = 'value';
    }
    switch (this.state) {
      case 'between':
        return this.between(sign);
      case 'quoted':
        return this.quoted(sign);
      default:
        return this.value(sign);
    }
  }

  private between(sign: string): undefined {
    if (sign === ';') this.done = true;
    if (sign !== '(') return undefined;
    this.state = 'value';
    this.depth = 1;
    this.values = [];
    this.start();
    return undefined;
  }

  private quoted(sign: string): undefined {
    if (this.escaped) {
      this.literal += UNESCAPED[sign] ?? sign;
      this.escaped = false;
    } else if (sign === '\\' && this.escapes) this.escaped = true;
    else if (sign === "'") this.state = 'after quote';
    else this.literal += sign;
    return undefined;
  }

  private value(sign: string): (string | null)[] | undefined {
    if (sign === "'" && this.literal === undefined) {
      this.escapes = /^\s*e$/i.test(this.text);
      this.literal = '';
      this.state = 'quoted';
      return undefined;
    }
    if (sign === '(') this.depth++;
    if (sign === ')') this.depth--;
    const ends = this.depth === 0;
    if (!ends && !(sign === ',' && this.depth === 1)) {
      this.text += sign;
      return undefined;
    }
    this.values.push(this.finished());
    this.start();
    if (!ends) return undefined;
    this.state = 'between';
    return this.values;
  }

  private start(): void {
    this.text = '';
    this.literal = undefined;
    this.escapes = false;
  }

  /** A literal without its cast, a number or a word as it stands, NULL as null. */
  private finished(): string | null {
    if (this.literal !== undefined) return this.literal;
    const word = this.text.trim();
    return /^(null|default)(::.*)?$/i.test(word) ? null : word;
  }
}

const UNESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
