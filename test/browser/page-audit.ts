import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

/** Pixels by which the page is wider than its window. */
export const sidewaysOverflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Bytes of script, gzipped, that a page loads from now on; fails when it loads none. */
export function countScript(page: Page): () => Promise<number> {
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body());
  });
  return async () => {
    const sizes = (await Promise.all(scripts)).map((script) => gzipSync(script).length);
    assert.ok(sizes.length > 0, 'no script was loaded');
    return sizes.reduce((sum, size) => sum + size, 0);
  };
}

/** Controls and pictures without a name, headings that skip a level, ids that stand twice. */
export async function faultsOf(page: Page): Promise<string[]> {
  const { checked, found } = await page.evaluate(findFaults);
  assert.ok(checked > 5, 'there was hardly anything to check');
  return found;
}

/** Runs in the page. */
function findFaults(): { checked: number; found: string[] } {
  let checked = 0;
  const found: string[] = [];
  const visible = (element: Element) => element.getClientRects().length > 0;
  for (const element of document.querySelectorAll('a, button, input, select, textarea, [role=slider], [role=img]')) {
    const labels = (element as HTMLInputElement).labels;
    const name =
      element.getAttribute('aria-label') ??
      element.getAttribute('aria-labelledby') ??
      (labels?.length ? labels[0]?.textContent : element.textContent);
    if (!visible(element)) continue;
    checked += 1;
    if (!name?.trim()) found.push(`no name: ${element.outerHTML.slice(0, 120)}`);
  }
  for (const image of document.querySelectorAll('img:not([alt])')) found.push(`no alt: ${image.outerHTML}`);
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) found.push(`h${level} is followed by h${next}: ${heading.textContent}`);
    level = next;
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`id twice: ${id}`);
  return { checked, found };
}
