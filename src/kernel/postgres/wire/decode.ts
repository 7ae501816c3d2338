import type { Field, RawResult, Row } from '../database.ts';

type Decode = (text: string) => unknown;

const SCALARS: Readonly<Record<number, Decode>> = {
  16: (text) => text === 't',
  17: bytea,
  20: int8,
  21: Number,
  23: Number,
  26: Number,
  114: JSON.parse,
  700: Number,
  701: Number,
  1184: timestamptz,
  3802: JSON.parse,
};

/** Array type -> element type, for the scalars above and the string types that are common in arrays (pg_type.dat). */
const ARRAYS: Readonly<Record<number, number>> = {
  1000: 16,
  1001: 17,
  1016: 20,
  1005: 21,
  1007: 23,
  1028: 26,
  199: 114,
  1021: 700,
  1022: 701,
  1185: 1184,
  3807: 3802,
  1009: 25,
  1002: 18,
  1014: 1042,
  1015: 1043,
  1003: 19,
  1231: 1700,
  2951: 2950,
  1115: 1114,
  1182: 1082,
  1183: 1083,
  1187: 1186,
  1041: 869,
  651: 650,
  1040: 829,
};

const asText: Decode = (text) => text;

function decoderOf(oid: number): Decode {
  const scalar = SCALARS[oid];
  if (scalar) return scalar;
  const element = ARRAYS[oid];
  return element === undefined ? asText : (text) => arrayOf(text, SCALARS[element] ?? asText);
}

/** Decoders by the field list, which a prepared statement keeps as one object. */
const decodersByFields = new WeakMap<readonly Field[], readonly Decode[]>();

function decodersOf(fields: readonly Field[]): readonly Decode[] {
  let decoders = decodersByFields.get(fields);
  if (!decoders) {
    decoders = fields.map((field) => decoderOf(field.oid));
    decodersByFields.set(fields, decoders);
  }
  return decoders;
}

/** Rows as objects, decoded as the contract of `Session` says. Of two columns with one name the later wins. */
export function decodeRows(result: RawResult): Row[] {
  const { fields } = result;
  const decoders = decodersOf(fields);
  return result.rows.map((values) => {
    const row: Row = {};
    for (let index = 0; index < fields.length; index++) {
      const bytes = values[index];
      const value = bytes ? (decoders[index] as Decode)(bytes.toString('utf8')) : null;
      const name = (fields[index] as Field).name;
      if (name === '__proto__') Object.defineProperty(row, name, { value, enumerable: true });
      else row[name] = value;
    }
    return row;
  });
}

function int8(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function bytea(text: string): Buffer {
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex');
  const escaped = text.replace(/\\(\\|[0-7]{3})/g, (_, code: string) =>
    code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code, 8)),
  );
  return Buffer.from(escaped, 'latin1');
}

const TIMESTAMPTZ = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d+)?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/;

/** Microseconds are cut to milliseconds; `infinity` becomes the number, which compares with a Date as it should. */
function timestamptz(text: string): Date | number | string {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '-infinity') return Number.NEGATIVE_INFINITY;
  const match = TIMESTAMPTZ.exec(text);
  if (!match) return text;
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHours, zoneMinutes, zoneSeconds, era] = match;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes ?? 0)) * 60 + Number(zoneSeconds ?? 0);
  const date = new Date(0);
  date.setUTCFullYear(era ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  const milliseconds = fraction ? Number(fraction.slice(1, 4).padEnd(3, '0')) : 0;
  date.setUTCHours(Number(hour), Number(minute), Number(second) - (sign === '+' ? zone : -zone), milliseconds);
  return date;
}

/** Reads an array literal: `{1,NULL,"a \"b\""}`, nested, with or without bounds in front (`[0:1]={1,2}`). */
function arrayOf(text: string, decode: Decode): unknown[] {
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  const quoted = (): string => {
    let value = '';
    for (at++; text[at] !== '"' && at < text.length; at++) value += text[at] === '\\' ? text[++at] : text[at];
    at++;
    return value;
  };
  const bare = (): string => {
    const start = at;
    while (text[at] !== ',' && text[at] !== '}' && at < text.length) at++;
    return text.slice(start, at);
  };
  const level = (): unknown[] => {
    const values: unknown[] = [];
    for (at++; text[at] !== '}' && at < text.length; ) {
      if (text[at] === '{') values.push(level());
      else if (text[at] === '"') values.push(decode(quoted()));
      else {
        const word = bare();
        values.push(word === 'NULL' ? null : decode(word));
      }
      if (text[at] === ',') at++;
    }
    at++;
    return values;
  };
  return level();
}
