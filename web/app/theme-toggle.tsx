import { useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components/Button';
import { saveTheme } from './account-choices.ts';
import { t } from './language.ts';
import { useSession } from './session.ts';
import { applyTheme, onThemeChange, storedTheme, THEMES } from './theme.ts';

const NAMES = { system: 'themeAuto', light: 'themeLight', dark: 'themeDark' } as const;

/** As the system has it, light, dark. Kept with the account of whoever is signed in. */
export function ThemeToggle() {
  const theme = useSyncExternalStore(onThemeChange, storedTheme);
  const signedIn = useSession().kind === 'in';
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const text = t('themeSwitch', { name: t(NAMES[theme]), next: t(NAMES[next]) });
  return (
    <Button
      className="header-button"
      aria-label={text}
      onPress={() => {
        applyTheme(next);
        if (signedIn) saveTheme(next);
      }}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
    </Button>
  );
}
