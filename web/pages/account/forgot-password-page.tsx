import { useState } from 'react';
import { send } from '../../app/api.ts';
import { Field } from '../../app/field.tsx';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { Notice } from '../../app/notice.tsx';
import { Door, said } from './door/door.tsx';
import { say } from './door/texts.ts';

/** Asks for the link; the answer is the same whether or not there is such an account. */
export function ForgotPasswordPage() {
  const [sent, setSent] = useState<string>();
  if (sent !== undefined) {
    const code = `/reset-password?${new URLSearchParams({ email: sent })}`;
    return (
      <Notice title={say('checkMail')} action={<Link to={code}>{say('haveCode')}</Link>}>
        <p role="status">{say('sentTo', { email: sent })}</p>
      </Notice>
    );
  }
  return (
    <Door
      title={say('forgotTitle')}
      lead={say('forgotLead')}
      button={say('sendLink')}
      enter={async (form) => {
        const email = said(form, 'email').trim();
        await send('POST', 'auth/forgot-password', { email });
        setSent(email);
        return undefined;
      }}
      after={
        <p className="door-links">
          <Link to="/sign-in">{say('signInInstead')}</Link>
        </p>
      }
    >
      <Field label={t('email')} name="email" type="email" dir="ltr" autoComplete="username" required />
    </Door>
  );
}
