import { changeLanguage, currentLanguage, isLanguage, LANGUAGES, t } from './language.ts';

/** Each language by its own name, so that whoever cannot read this page finds his. */
export function LanguageChoice({ onChoice }: { onChoice?: (language: string) => void }) {
  return (
    <select
      className="field-input language-choice"
      aria-label={t('language')}
      value={currentLanguage()}
      onChange={({ target }) => {
        if (!isLanguage(target.value)) return;
        onChoice?.(target.value);
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
