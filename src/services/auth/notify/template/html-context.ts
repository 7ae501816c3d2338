import { escapeHtml } from './functions.ts';

const URL_ATTRIBUTES = /^(href|src|action|formaction|background|poster|cite)$/i;
/** What Go's html/template writes in place of an address that runs code. */
const REFUSED = '#ZgotmplZ';

/**
 * Escapes values by where they stand in HTML, as Go's html/template does for text, attributes and addresses: in the query of an
 * address a value is percent-encoded, at its beginning it may not be `javascript:` and the like. Follows the text that was written so
 * far. Templates of mails have no scripts; what is inside `<script>` or `<style>` is escaped as text.
 */
export class HtmlContext {
  #state: 'text' | 'tag' | 'value' = 'text';
  #quote = '';
  #attribute = '';
  /** What stands in the attribute's value so far. */
  #value = '';

  /** Takes note of literal text of the template. */
  literal(text: string): string {
    for (let at = 0; at < text.length; at++) {
      const char = text[at]!;
      if (this.#state === 'text') {
        if (char === '<' && /[a-zA-Z/]/.test(text[at + 1] ?? '')) this.#state = 'tag';
      } else if (this.#state === 'tag') at = this.#insideTag(text, at);
      else if (this.#quote === '' ? /[\s>]/.test(char) : char === this.#quote) {
        this.#state = this.#quote === '' && char === '>' ? 'text' : 'tag';
      } else this.#value += char;
    }
    return text;
  }

  /** The value, escaped for the place that was reached. */
  escape(value: string): string {
    if (this.#state !== 'value' || !URL_ATTRIBUTES.test(this.#attribute)) return escapeHtml(value);
    const before = this.#value;
    this.#value += value;
    if (/[?#]/.test(before)) return encodeURIComponent(value.toWellFormed()).replace(/'/g, '%27');
    if (before.trim() === '' && /^\s*(javascript|vbscript|data)\s*:/i.test(value)) return REFUSED;
    return escapeHtml(
      encodeURI(value.toWellFormed()).replaceAll('%25', '%').replaceAll('%5B', '[').replaceAll('%5D', ']'),
    );
  }

  #insideTag(text: string, at: number): number {
    if (text[at] === '>') {
      this.#state = 'text';
      return at;
    }
    const found = /^([\w:-]+)\s*=\s*(["']?)/.exec(text.slice(at, at + 200));
    if (!found || /[\w:-]/.test(text[at - 1] ?? ' ')) return at;
    [, this.#attribute = '', this.#quote = ''] = found;
    this.#value = '';
    this.#state = 'value';
    return at + found[0].length - 1;
  }
}
