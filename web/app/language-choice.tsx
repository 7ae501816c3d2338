import { saveLanguage } from './account-choices.ts';
import { changeLanguage, currentLanguage, isLanguage, LANGUAGES, t } from './language.ts';
import { useSession } from './session.ts';

/** Each language by its own name, so that whoever cannot read this page finds his. Kept with the account of whoever is signed in. */
export function LanguageChoice({ onChoice }: { onChoice?: (language: string) => void }) {
  const signedIn = useSession().kind === 'in';
  return (
    <select
      className="field-input language-choice"
      aria-label={t('language')}
      value={currentLanguage()}
      onChange={({ target }) => {
        if (!isLanguage(target.value)) return;
        onChoice?.(target.value);
        if (signedIn) saveLanguage(target.value);
        void changeLanguage(target.value, { remember: true });
      }}
    >
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
