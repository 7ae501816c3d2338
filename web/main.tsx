import '@fontsource-variable/inter/wght.css';
import './style/tokens.css';
import './style/base.css';
import './style/header.css';
import './style/shell.css';
import './style/account.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { changeLanguage, preferredLanguage } from './app/language.ts';
import { followSession } from './app/session.ts';
import { mayHaveSession } from './app/supabase.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
// Without its texts a language cannot be shown: English is in the first script, the others are a small file each.
await changeLanguage(preferredLanguage()).catch(() => changeLanguage('en'));
if (mayHaveSession()) followSession().catch((error: unknown) => console.warn('the session could not be read', error));
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
