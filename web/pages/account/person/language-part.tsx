import { t } from '../../../app/language.ts';
import { LanguageChoice } from '../../../app/language-choice.tsx';
import { Part } from '../part.tsx';
import { say } from './texts.ts';

export function LanguagePart() {
  return (
    <Part title={t('language')} lead={say('languageLead')}>
      <LanguageChoice />
    </Part>
  );
}
