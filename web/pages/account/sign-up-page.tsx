import { useEffect, useState } from 'react';
import { Field } from '../../app/field.tsx';
import { currentLanguage, t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { navigate, useAddress } from '../../app/router.tsx';
import { followSession, useSession } from '../../app/session.ts';
import { supabase } from '../../app/supabase.ts';
import { ConfirmMail } from './door/confirm-mail.tsx';
import { Door, said } from './door/door.tsx';
import { destination, doorAt } from './door/enter.ts';

const LEAST_PASSWORD = 8;

/** A new account: in at once, or by a mail where addresses are confirmed first. */
export function SignUpPage() {
  const session = useSession();
  const { search } = useAddress();
  const [waiting, setWaiting] = useState<string>();
  const next = destination(search);
  useEffect(() => {
    if (session.kind === 'in') navigate(next, { replace: true });
  }, [session.kind, next]);

  async function enter(form: FormData) {
    const email = said(form, 'email').trim();
    await followSession();
    const { auth } = await supabase();
    const { data, error } = await auth.signUp({
      email,
      password: said(form, 'password'),
      options: {
        data: { name: said(form, 'name').trim(), language: currentLanguage() },
        emailRedirectTo: `${location.origin}/verify`,
      },
    });
    if (error) throw error;
    if (!data.session) setWaiting(email);
    return undefined;
  }

  if (waiting !== undefined) return <ConfirmMail email={waiting} />;
  return (
    <Door
      title={t('signUp')}
      button={t('signUp')}
      enter={enter}
      after={
        <p className="door-links">
          <Link to={doorAt('/sign-in', search)}>{t('haveAccount')}</Link>
        </p>
      }
    >
      <Field label={t('name')} name="name" autoComplete="name" pattern=".*\S.*" maxLength={255} required />
      <Field label={t('email')} name="email" type="email" dir="ltr" autoComplete="email" maxLength={255} required />
      <Field
        label={t('password')}
        name="password"
        type="password"
        dir="ltr"
        autoComplete="new-password"
        minLength={LEAST_PASSWORD}
        maxLength={72}
        hint={t('passwordHint', { n: LEAST_PASSWORD })}
        required
      />
    </Door>
  );
}
