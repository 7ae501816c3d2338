import type { UserRow } from '../../store/users.ts';

export const LANGUAGES = ['en', 'de', 'ar', 'ru', 'ky'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the user's metadata says (`language`, `lang` or `locale`, e.g. `de-AT`), else English. */
export function languageOf(user: Pick<UserRow, 'raw_user_meta_data'>): Language {
  const said = ['language', 'lang', 'locale'].map((field) => user.raw_user_meta_data?.[field]);
  for (const each of said) {
    const [language] = typeof each === 'string' ? each.toLowerCase().split(/[-_]/) : [];
    const known = LANGUAGES.find((one) => one === language);
    if (known) return known;
  }
  return 'en';
}
