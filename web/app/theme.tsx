import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { t } from './language.ts';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const NAMES = { system: 'themeAuto', light: 'themeLight', dark: 'themeDark' } as const;

function storedTheme(): Theme {
  const stored = localStorage.getItem('theme');
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  localStorage.setItem('theme', theme);
  window.dispatchEvent(new Event('themechange'));
}

/** Calls back whenever the colours on screen changed: by the toggle or by the system. Returns the unsubscribe. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', listener);
  window.addEventListener('themechange', listener);
  return () => {
    system.removeEventListener('change', listener);
    window.removeEventListener('themechange', listener);
  };
}

export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const text = t('themeSwitch', { name: t(NAMES[theme]), next: t(NAMES[next]) });
  return (
    <Button
      className="header-button"
      aria-label={text}
      onPress={() => {
        applyTheme(next);
        setTheme(next);
      }}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
    </Button>
  );
}
