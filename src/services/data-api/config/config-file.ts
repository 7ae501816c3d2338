/**
 * PostgREST's configuration file: `key = value` with strings, numbers and booleans, groups `key { ... }`, `import "file"`,
 * comments from `#`, and `$(NAME)` in strings for an environment variable. Source: PostgREST's documentation and the
 * configurator library that reads it there.
 */

/** A key's value as text: of a number or boolean, as it is written. */
export type FileSettings = ReadonlyMap<string, string>;

export interface FileSources {
  /** Contents of a file that is imported. */
  readFile(path: string): string;
  /** An environment variable. */
  lookup(name: string): string | undefined;
}

/** What is wrong with the configuration, in one sentence. */
export class ConfigError extends Error {}

const SKIP = /(?:\s|#[^\n]*)+/y;
const KEY = /[A-Za-z][\w-]*(?:\.[A-Za-z0-9_][\w-]*)*/y;
const STRING = /"((?:[^"\\]|\\.)*)"/sy;
const WORD = /[^\s#"{}[\],=]+/y;
const BOOLEANS: Readonly<Record<string, string>> = { on: 'true', off: 'false', true: 'true', false: 'false' };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Throws `ConfigError` with the line. A key that comes twice has its last value. */
export function parseConfigFile(text: string, sources: FileSources): FileSettings {
  const settings = new Map<string, string>();
  new FileReader(text, sources, settings).block('');
  return settings;
}

class FileReader {
  readonly #text: string;
  readonly #sources: FileSources;
  readonly #settings: Map<string, string>;
  #at = 0;

  constructor(text: string, sources: FileSources, settings: Map<string, string>) {
    this.#text = text.replace(/^\uFEFF/, '');
    this.#sources = sources;
    this.#settings = settings;
  }

  /** Directives up to the closing brace, or to the end for the outermost. */
  block(prefix: string): void {
    for (;;) {
      this.#match(SKIP);
      if (this.#at === this.#text.length && prefix === '') return;
      if (prefix !== '' && this.#take('}')) return;
      this.#directive(prefix);
    }
  }

  #directive(prefix: string): void {
    const key = this.#match(KEY)?.[0] ?? this.#fail('a key is expected');
    this.#match(SKIP);
    if (key === 'import' && this.#text[this.#at] === '"') {
      this.#import(this.#string());
    } else if (this.#take('{')) {
      this.block(`${prefix}${key}.`);
    } else {
      if (!this.#take('=')) this.#fail(`"=" is expected behind ${key}`);
      this.#match(SKIP);
      this.#settings.set(prefix + key, this.#value());
    }
  }

  #import(path: string): void {
    new FileReader(this.#sources.readFile(path), this.#sources, this.#settings).block('');
  }

  #value(): string {
    if (this.#text[this.#at] === '"') return this.#string();
    const word = this.#match(WORD)?.[0] ?? this.#fail('a value is expected: "text", a number, true or false');
    const plain = BOOLEANS[word] ?? (/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(word) ? word : undefined);
    return plain ?? this.#fail(`${word} is not a value; text stands in double quotes`);
  }

  #string(): string {
    const quoted = this.#match(STRING) ?? this.#fail('the string has no end');
    return this.#interpolate(unescaped(quoted[1]!));
  }

  /** `$(NAME)`, and `$$` for a dollar sign. */
  #interpolate(text: string): string {
    return text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name: string | undefined) => {
      if (name === undefined) return '$';
      return this.#settings.get(name) ?? this.#sources.lookup(name) ?? this.#fail(`${whole} is not in the environment`);
    });
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #fail(what: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new ConfigError(`line ${line}: ${what}`);
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, sign: string) =>
    code === undefined ? (ESCAPES[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
