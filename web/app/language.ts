import { en } from '../messages/en.ts';

export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;

type Values = Readonly<Record<string, string | number>>;

export const LANGUAGES = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const;
export type Language = keyof typeof LANGUAGES;
export type PageTexts<K extends string> = Readonly<Record<Language, Readonly<Record<K, string>>>>;

/** Digits stay Latin in every language: prices are compared with charts and brokers. */
const LOCALES: Record<Language, string> = { en: 'en-US', de: 'de-DE', ar: 'ar-EG-u-nu-latn' };
const STORED = 'language';

let messages: Messages = en;
let language: Language = 'en';
let wanted: Language = language;
const listeners = new Set<() => void>();

export const currentLanguage = (): Language => language;
export const currentLocale = (): string => LOCALES[language];
export const isLanguage = (value: unknown): value is Language => typeof value === 'string' && value in LANGUAGES;

/** A text of the current language, `{name}` filled in. The whole page is drawn anew when the language changes, so that this needs no hook. */
export function t(key: MessageKey, values: Values = {}): string {
  return filled(messages[key], values);
}

/**
 * The texts of one part of the site, in every language, which load with it: `web/pages/<part>/texts.ts` exports them as `TEXTS` (a
 * test holds the languages to the same places to fill in) and what this returns as `say`. What every page shows stands in
 * `web/messages` instead.
 */
export function textsOf<K extends string>(texts: PageTexts<K>): (key: K, values?: Values) => string {
  return (key, values = {}) => filled(texts[language][key], values);
}

const filled = (text: string, values: Values) =>
  text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));

/** What somebody chose, otherwise the first of the browser's languages that we speak. */
export function preferredLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  const wanted = stored ? [stored] : navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? 'en';
}

/** Loads the texts, sets language and direction of the document, and tells whoever listens. */
export async function changeLanguage(next: Language, options: { remember?: boolean } = {}): Promise<void> {
  wanted = next;
  const loaded = await load(next);
  // Another was chosen while this one came over the network.
  if (wanted !== next) return;
  messages = loaded;
  language = next;
  if (options.remember) localStorage.setItem(STORED, next);
  const root = document.documentElement;
  root.lang = next;
  root.dir = next === 'ar' || new URLSearchParams(location.search).get('dir') === 'rtl' ? 'rtl' : 'ltr';
  for (const listener of listeners) listener();
}

export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function load(next: Language): Promise<Messages> {
  if (next === 'de') return (await import('../messages/de.ts')).de;
  if (next === 'ar') return (await import('../messages/ar.ts')).ar;
  return en;
}
