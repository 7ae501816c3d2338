/**
 * Parser combinators that report errors as Parsec (Haskell) does, because clients see those texts: what was unexpected, where, and
 * everything that would have been accepted there. Source: Text.Parsec.Prim and Text.Parsec.Error, version 3.1.
 */

const KIND = { systemUnexpected: 0, unexpected: 1, expected: 2 } as const;
type MessageKind = (typeof KIND)[keyof typeof KIND];
type Message = readonly [kind: MessageKind, text: string];

interface Failure {
  readonly at: number;
  readonly messages: readonly Message[];
}

type Reply<T> =
  | { readonly ok: true; readonly consumed: boolean; readonly value: T; readonly at: number; readonly error: Failure }
  | { readonly ok: false; readonly consumed: boolean; readonly error: Failure };

export type Parser<T> = (text: string, at: number) => Reply<T>;

const NOTHING: readonly Message[] = [];
const unknown = (at: number): Failure => ({ at, messages: NOTHING });

function merge(a: Failure, b: Failure): Failure {
  if (b.messages.length === 0 && a.messages.length > 0) return a;
  if (a.messages.length === 0 && b.messages.length > 0) return b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return a.messages.length === 0 ? a : { at: a.at, messages: [...a.messages, ...b.messages] };
}

/** As Haskell's `show` of a string. */
function shown(text: string): string {
  const escaped = Array.from(text, (char) => {
    if (char === '"' || char === '\\') return `\\${char}`;
    const code = char.codePointAt(0) as number;
    if (char === '\t') return '\\t';
    if (char === '\n') return '\\n';
    return code < 32 || code > 126 ? `\\${code}` : char;
  });
  return `"${escaped.join('')}"`;
}

function unexpectedAt(text: string, at: number): Message {
  return [KIND.systemUnexpected, at < text.length ? String.fromCodePoint(text.codePointAt(at)!) : ''];
}

export const pure =
  <T>(value: T): Parser<T> =>
  (_, at) => ({ ok: true, consumed: false, value, at, error: unknown(at) });

export function satisfy(accepts: (char: string) => boolean): Parser<string> {
  return (text, at) => {
    const code = text.codePointAt(at);
    const char = code === undefined ? '' : String.fromCodePoint(code);
    if (char === '' || !accepts(char))
      return { ok: false, consumed: false, error: { at, messages: [unexpectedAt(text, at)] } };
    const next = at + char.length;
    return { ok: true, consumed: true, value: char, at: next, error: unknown(next) };
  };
}

/** As many as there are, none included; `expects` are the labels the characters would go by. */
export function manyOf(accepts: (char: string) => boolean, ...expects: string[]): Parser<string> {
  const expected = expects.map((text): Message => [KIND.expected, text]);
  return (text, at) => {
    let end = at;
    for (;;) {
      const code = text.codePointAt(end);
      if (code === undefined) break;
      const char = String.fromCodePoint(code);
      if (!accepts(char)) break;
      end += char.length;
    }
    const error = { at: end, messages: [unexpectedAt(text, end), ...expected] };
    return { ok: true, consumed: end > at, value: text.slice(at, end), at: end, error };
  };
}

export function many1Of(accepts: (char: string) => boolean, ...expects: string[]): Parser<string> {
  const many = manyOf(accepts, ...expects);
  return (text, at) => {
    const reply = many(text, at);
    return reply.ok && !reply.consumed ? { ok: false, consumed: false, error: reply.error } : reply;
  };
}

export function string(expected: string): Parser<string> {
  const label: Message = [KIND.expected, shown(expected)];
  return (text, at) => {
    if (text.startsWith(expected, at)) {
      const next = at + expected.length;
      return { ok: true, consumed: true, value: expected, at: next, error: unknown(next) };
    }
    let same = 0;
    while (same < expected.length && text[at + same] === expected[same]) same++;
    const error = { at, messages: [label, unexpectedAt(text, at + same)] };
    return { ok: false, consumed: same > 0, error };
  };
}

export function label<T>(parser: Parser<T>, name: string): Parser<T> {
  const expected: Message = [KIND.expected, name];
  const relabel = (error: Failure): Failure => ({
    at: error.at,
    messages: [expected, ...error.messages.filter(([kind]) => kind !== KIND.expected)],
  });
  return (text, at) => {
    const reply = parser(text, at);
    if (reply.consumed || (reply.ok && reply.error.messages.length === 0)) return reply;
    return { ...reply, error: relabel(reply.error) };
  };
}

export const char = (expected: string): Parser<string> =>
  label(
    satisfy((each) => each === expected),
    shown(expected),
  );

export function bind<A, B>(first: Parser<A>, next: (value: A) => Parser<B>): Parser<B> {
  return (text, at) => {
    const a = first(text, at);
    if (!a.ok) return a;
    const b = next(a.value)(text, a.at);
    if (b.consumed) return b;
    const error = merge(a.error, b.error);
    return { ...b, consumed: a.consumed, error };
  };
}

export function map<A, B>(parser: Parser<A>, change: (value: A) => B): Parser<B> {
  return (text, at) => {
    const reply = parser(text, at);
    return reply.ok ? { ...reply, value: change(reply.value) } : reply;
  };
}

/** The parsers one after the other; their values as a tuple. */
export function sequence<T extends readonly unknown[]>(...parsers: { [I in keyof T]: Parser<T[I]> }): Parser<T> {
  return (text, at) => {
    const values: unknown[] = [];
    let position = at;
    let consumed = false;
    let error = unknown(at);
    for (const parser of parsers as readonly Parser<unknown>[]) {
      const reply = parser(text, position);
      error = reply.consumed ? reply.error : merge(error, reply.error);
      consumed ||= reply.consumed;
      if (!reply.ok) return { ok: false, consumed, error };
      values.push(reply.value);
      position = reply.at;
    }
    return { ok: true, consumed, value: values as unknown as T, at: position, error };
  };
}

export const left = <A>(parser: Parser<A>, after: Parser<unknown>): Parser<A> =>
  map(sequence<[A, unknown]>(parser, after), ([value]) => value);
export const right = <A>(before: Parser<unknown>, parser: Parser<A>): Parser<A> =>
  map(sequence<[unknown, A]>(before, parser), ([, value]) => value);
export const between = <A>(open: Parser<unknown>, close: Parser<unknown>, parser: Parser<A>): Parser<A> =>
  map(sequence<[unknown, A, unknown]>(open, parser, close), ([, value]) => value);

export function choice<T>(...parsers: Parser<T>[]): Parser<T> {
  return (text, at) => {
    let error = unknown(at);
    for (const parser of parsers) {
      const reply = parser(text, at);
      if (reply.consumed) return reply;
      error = merge(error, reply.error);
      if (reply.ok) return { ...reply, error };
    }
    return { ok: false, consumed: false, error };
  };
}

/** Backtracks: a failure counts as if nothing had been consumed. */
export function attempt<T>(parser: Parser<T>): Parser<T> {
  return (text, at) => {
    const reply = parser(text, at);
    return reply.ok || !reply.consumed ? reply : { ok: false, consumed: false, error: reply.error };
  };
}

export function lookAhead<T>(parser: Parser<T>): Parser<T> {
  return (text, at) => {
    const reply = parser(text, at);
    return reply.ok ? { ok: true, consumed: false, value: reply.value, at, error: unknown(at) } : reply;
  };
}

export function notFollowedBy(parser: Parser<string>): Parser<undefined> {
  return (text, at) => {
    const reply = parser(text, at);
    if (!reply.ok) return { ok: true, consumed: false, value: undefined, at, error: unknown(at) };
    const error = { at: reply.at, messages: [[KIND.unexpected, `'${reply.value}'`] as const] };
    return { ok: false, consumed: false, error };
  };
}

export const eof: Parser<undefined> = (text, at) => {
  if (at >= text.length) return { ok: true, consumed: false, value: undefined, at, error: unknown(at) };
  const next = String.fromCodePoint(text.codePointAt(at)!);
  const char = next === "'" ? "'\\''" : `'${shown(next).slice(1, -1).replace('\\"', '"')}'`;
  const messages: Message[] = [
    [KIND.unexpected, char],
    [KIND.expected, 'end of input'],
  ];
  return { ok: false, consumed: false, error: { at, messages } };
};

export function many<T>(parser: Parser<T>): Parser<T[]> {
  return (text, at) => {
    const value: T[] = [];
    let position = at;
    for (;;) {
      const reply = parser(text, position);
      if (!reply.ok)
        return reply.consumed
          ? reply
          : { ok: true, consumed: value.length > 0, value, at: position, error: reply.error };
      if (!reply.consumed) return { ok: true, consumed: value.length > 0, value, at: position, error: reply.error };
      value.push(reply.value);
      position = reply.at;
    }
  };
}

export const separated1 = <T>(parser: Parser<T>, separator: Parser<unknown>): Parser<T[]> =>
  map(sequence<[T, T[]]>(parser, many(right(separator, parser))), ([first, rest]) => [first, ...rest]);
export const separated = <T>(parser: Parser<T>, separator: Parser<unknown>): Parser<T[]> =>
  choice(separated1(parser, separator), pure<T[]>([]));
export const optional = <T>(parser: Parser<T>): Parser<T | undefined> => choice<T | undefined>(parser, pure(undefined));
/** For grammars that refer to themselves. */
export const lazy =
  <T>(make: () => Parser<T>): Parser<T> =>
  (text, at) =>
    make()(text, at);

/** Where and why a text could not be parsed. */
export class SyntaxFailure extends Error {
  readonly details: string;
  constructor(name: string, error: Failure) {
    super(`${`"${name}"`} (line 1, column ${error.at + 1})`);
    this.details = described(error.messages);
  }
}

/** Throws a SyntaxFailure that calls the text by `name`. */
export function parse<T>(parser: Parser<T>, name: string, text: string): T {
  const reply = parser(text, 0);
  if (reply.ok) return reply.value;
  throw new SyntaxFailure(name, reply.error);
}

function described(messages: readonly Message[]): string {
  const of = (kind: MessageKind) => messages.filter(([each]) => each === kind).map(([, text]) => text);
  const [system] = of(KIND.systemUnexpected);
  const unexpected = of(KIND.unexpected);
  const parts = [
    unexpected.length > 0 || system === undefined ? '' : `unexpected ${system === '' ? 'end of input' : shown(system)}`,
    listed('unexpected', unexpected),
    listed('expecting', of(KIND.expected)),
  ].filter((part) => part !== '');
  return messages.length === 0 ? 'unknown parse error' : parts.join(' ');
}

function listed(before: string, texts: readonly string[]): string {
  const unique = [...new Set(texts)].filter((text) => text !== '');
  if (unique.length === 0) return '';
  const last = unique.at(-1) as string;
  return `${before} ${unique.length === 1 ? last : `${unique.slice(0, -1).join(', ')} or ${last}`}`;
}
