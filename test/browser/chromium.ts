import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const KNOWN_PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser on this machine, or the reason why a browser test cannot run. */
export function findChromium(): { readonly path: string; readonly skip: string | false } {
  const path = KNOWN_PLACES.find((place) => place && existsSync(place));
  return { path: path ?? '', skip: path ? false : 'no Chromium is installed (CHROMIUM_PATH names one elsewhere)' };
}

/** What a page is waited for at the most: the machine may be running other tests, and a wait that ends early tells of the machine. */
const PATIENCE_MS = 120_000;

export async function launchChromium(): Promise<Browser> {
  // Chromium's own sandbox refuses to run as root, as in most containers.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: findChromium().path, args });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return browser;
}
