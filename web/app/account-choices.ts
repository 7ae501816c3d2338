import { useEffect } from 'react';
import { send } from './api.ts';
import { changeLanguage, currentLanguage, isLanguage, type Language } from './language.ts';
import { type OwnAccount, useOwnAccount } from './own-account.ts';
import { applyTheme, storedTheme, type Theme } from './theme.ts';

/**
 * Language and theme belong to the account: what it says is put on when somebody signs in, and what is chosen while signed in is
 * told to it. A new account says nothing yet (its row holds the defaults of the database), so that it takes over what this
 * device shows: whoever signed up on a German page goes on reading German.
 */
export function useAccountChoices(userId: string | undefined): void {
  const account = useOwnAccount(userId).data;
  useEffect(() => {
    if (userId === undefined) {
      obeyed = undefined;
      chosen.clear();
    }
    // Once a sign-in: what is read later is older than what may have been chosen here since.
    if (!account || obeyed === userId) return;
    obeyed = userId;
    obey(account);
  }, [userId, account]);
}

let obeyed: string | undefined;
/** While signed in on this page: newer than what the account says when it comes only now. */
const chosen = new Set<'language' | 'theme'>();

function obey(account: OwnAccount): void {
  if (!hasChosen(account)) {
    saveLanguage(currentLanguage());
    saveTheme(storedTheme());
    return;
  }
  if (!chosen.has('language') && isLanguage(account.language) && account.language !== currentLanguage())
    void changeLanguage(account.language, { remember: true }).catch(warn);
  const theme = themeOf(account.user_preferences?.ui.theme);
  if (!chosen.has('theme') && theme && theme !== storedTheme()) applyTheme(theme);
}

function hasChosen({ language, user_preferences: preferences }: OwnAccount): boolean {
  return language !== 'en' || (preferences !== null && preferences.updated_at !== preferences.created_at);
}

const themeOf = (stored: unknown): Theme | undefined =>
  stored === 'light' || stored === 'dark' ? stored : stored === 'auto' ? 'system' : undefined;

const warn = (error: unknown) => console.warn('the choice could not be kept with the account', error);

/** Where mails are written by, and where the front end looks: both places. */
export function saveLanguage(language: Language): void {
  chosen.add('language');
  void Promise.all([
    send('PUT', 'user/profile', { language }),
    send('PUT', 'user/preferences', { ui: { language } }),
  ]).catch(warn);
}

export function saveTheme(theme: Theme): void {
  chosen.add('theme');
  void send('PUT', 'user/preferences', { ui: { theme: theme === 'system' ? 'auto' : theme } }).catch(warn);
}
