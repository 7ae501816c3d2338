import { useState } from 'react';
import { send } from '../../../app/api.ts';
import { type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { CodeField } from './code-field.tsx';
import { Door, said } from './door.tsx';
import { redeemMailCode } from './enter.ts';
import { refusalText } from './refusal.ts';
import { say } from './texts.ts';

/** A mail is on its way: its link leads back here, its code can be entered, and another can be sent. */
export function ConfirmMail({ email }: { email: string }) {
  return (
    <Door
      title={say('checkMail')}
      lead={t('confirmMail', { email })}
      button={say('confirm')}
      enter={async (form) => {
        await redeemMailCode(email, said(form, 'code'), 'signup');
        return undefined;
      }}
      after={<SendAgain email={email} />}
    >
      <CodeField label={say('mailCode')} hint={say('mailCodeHint')} digits />
    </Door>
  );
}

/** The answer is the same whoever has the address. */
export function SendAgain({ email }: { email: string }) {
  const [outcome, setOutcome] = useState<Outcome>();
  const again = () =>
    send('POST', 'auth/resend-verification', { email }).then(
      () => setOutcome({ kind: 'done', text: say('sentAgain') }),
      (error) => setOutcome({ kind: 'failed', text: refusalText(error) }),
    );
  return (
    <>
      <button type="button" className="button" onClick={() => void again()}>
        {say('sendAgain')}
      </button>
      <OutcomeLine outcome={outcome} />
    </>
  );
}
