import { useEffect, useState } from 'react';
import { ApiError } from '../../app/api-error.ts';
import { Field } from '../../app/field.tsx';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { navigate, useAddress } from '../../app/router.tsx';
import { useSession } from '../../app/session.ts';
import { CodeField } from './door/code-field.tsx';
import { ConfirmMail } from './door/confirm-mail.tsx';
import { Door, said } from './door/door.tsx';
import { type Credentials, destination, doorAt, signIn } from './door/enter.ts';
import { say } from './door/texts.ts';

type Step =
  | { readonly kind: 'password' }
  | { readonly kind: 'code'; readonly credentials: Credentials }
  | { readonly kind: 'unconfirmed'; readonly email: string };

/** Password, then the second factor where there is one. */
export function SignInPage() {
  const session = useSession();
  const { search } = useAddress();
  const [step, setStep] = useState<Step>({ kind: 'password' });
  const next = destination(search);
  useEffect(() => {
    if (session.kind === 'in') navigate(next, { replace: true });
  }, [session.kind, next]);
  if (step.kind === 'code')
    return <CodeStep credentials={step.credentials} back={() => setStep({ kind: 'password' })} />;
  if (step.kind === 'unconfirmed') return <ConfirmMail email={step.email} />;
  return <PasswordStep search={search} further={setStep} />;
}

function PasswordStep({ search, further }: { search: URLSearchParams; further: (step: Step) => void }) {
  async function enter(form: FormData) {
    const email = said(form, 'email').trim();
    const credentials = { email, password: said(form, 'password'), rememberMe: form.has('remember') };
    await signIn(credentials).catch((error: unknown) => {
      const code = error instanceof ApiError ? error.code : undefined;
      if (code === 'TWO_FACTOR_REQUIRED') return further({ kind: 'code', credentials });
      if (code === 'EMAIL_NOT_VERIFIED') return further({ kind: 'unconfirmed', email });
      throw error;
    });
    return undefined;
  }
  const done = search.get('done') === 'reset' ? say('resetDone') : undefined;
  return (
    <Door
      title={t('signIn')}
      lead={done}
      button={t('signIn')}
      enter={enter}
      after={
        <p className="door-links">
          <Link to={doorAt('/sign-up', search)}>{t('noAccount')}</Link>
          <Link to="/forgot-password">{say('forgot')}</Link>
        </p>
      }
    >
      <Field label={t('email')} name="email" type="email" dir="ltr" autoComplete="username" required />
      <Field
        label={t('password')}
        name="password"
        type="password"
        dir="ltr"
        autoComplete="current-password"
        maxLength={1000}
        required
      />
      <label className="check-line">
        <input type="checkbox" name="remember" />
        {say('remember')}
      </label>
    </Door>
  );
}

function CodeStep({ credentials, back }: { credentials: Credentials; back: () => void }) {
  return (
    <Door
      title={say('codeTitle')}
      lead={say('codeLead')}
      button={say('confirm')}
      enter={async (form) => {
        await signIn({ ...credentials, twoFactorCode: said(form, 'code').trim() });
        return undefined;
      }}
      after={
        <>
          <p className="quiet small">{say('recoveryWarning')}</p>
          <button type="button" className="button plain" onClick={back}>
            {say('back')}
          </button>
        </>
      }
    >
      <CodeField label={say('code')} hint={say('codeHint')} autoFocus />
    </Door>
  );
}
