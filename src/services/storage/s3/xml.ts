/** XML as S3 writes and reads it: elements and text, no attributes that matter. */

export type XmlValue = string | number | boolean | Date | null | undefined | XmlNode | readonly XmlValue[];
export interface XmlNode {
  readonly [element: string]: XmlValue;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document; a list becomes repeated elements, what is undefined is left out. */
export function toXml(root: string, value: XmlNode, namespace = true): string {
  const opening = namespace ? `<${root} xmlns="${NAMESPACE}">` : `<${root}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${opening}${children(value)}</${root}>`;
}

function children(node: XmlNode): string {
  return Object.entries(node)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((each) => element(name, each)).join('');
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  return `<${name}>${typeof value === 'object' ? children(value as XmlNode) : escaped(String(value))}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};
const escaped = (text: string) => text.replace(/[&<>"\r]/g, (each) => ENTITIES[each]!);

/**
 * The texts of every element of this name, in order, whatever they stand in. Elements within are left as they are. Reads the text once,
 * however it is broken.
 */
export function elementsOf(xml: string, name: string): string[] {
  const found: string[] = [];
  const opening = new RegExp(`<((?:\\w+:)?${name})(?:\\s[^<>]*)?/?>`, 'g');
  for (let match = opening.exec(xml); match; match = opening.exec(xml)) {
    const isEmpty = match[0].endsWith('/>');
    const end = isEmpty ? opening.lastIndex : endOf(xml, match[1]!, opening.lastIndex);
    if (end < 0) break;
    found.push(isEmpty ? '' : xml.slice(opening.lastIndex, end));
    opening.lastIndex = end;
  }
  return found;
}

/** Where the element ends; `</Part` is not the end of `<Part>` when it goes on as `</PartNumber>`. */
function endOf(xml: string, name: string, from: number): number {
  for (let at = xml.indexOf(`</${name}`, from); at >= 0; at = xml.indexOf(`</${name}`, at + 1))
    if (/[\s>]/.test(xml[at + name.length + 2] ?? '')) return at;
  return -1;
}

/** The text of the first element of this name. */
export function textOf(xml: string, name: string): string | undefined {
  const [first] = elementsOf(xml, name);
  return first === undefined ? undefined : unescaped(first);
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name) return NAMED[name.toLowerCase()]!;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
