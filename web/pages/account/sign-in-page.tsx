import { type FormEvent, useEffect, useState } from 'react';
import { Field, type Outcome, OutcomeLine } from '../../app/field.tsx';
import { currentLanguage, t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { navigate } from '../../app/router.tsx';
import { followSession, useSession } from '../../app/session.ts';
import { supabase } from '../../app/supabase.ts';

const LEAST_PASSWORD = 8;

export function SignInPage() {
  return <Door title={t('signIn')} enter={signIn} kind="in" />;
}

export function SignUpPage() {
  return <Door title={t('signUp')} enter={signUp} kind="up" />;
}

interface Credentials {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** What to tell, when one is not simply in. */
async function signIn({ email, password }: Credentials): Promise<Outcome> {
  await followSession();
  const { error } = await (await supabase()).auth.signInWithPassword({ email, password });
  if (!error) return undefined;
  return { kind: 'failed', text: error.code === 'invalid_credentials' ? t('wrongPassword') : error.message };
}

async function signUp({ name, email, password }: Credentials): Promise<Outcome> {
  await followSession();
  const options = { data: { name, language: currentLanguage() }, emailRedirectTo: `${location.origin}/` };
  const { data, error } = await (await supabase()).auth.signUp({ email, password, options });
  if (error) return { kind: 'failed', text: error.code === 'user_already_exists' ? t('accountExists') : error.message };
  return data.session ? undefined : { kind: 'done', text: t('confirmMail', { email }) };
}

interface DoorProps {
  readonly title: string;
  readonly kind: 'in' | 'up';
  readonly enter: (credentials: Credentials) => Promise<Outcome>;
}

function Door({ title, kind, enter }: DoorProps) {
  const session = useSession();
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${title} · Kurzora`;
  }, [title]);
  useEffect(() => {
    if (session.kind === 'in') navigate('/', { replace: true });
  }, [session.kind]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const said = (name: string) => String(form.get(name) ?? '');
    setBusy(true);
    setOutcome(
      await enter({ name: said('name'), email: said('email').trim(), password: said('password') }).catch(
        (): Outcome => ({ kind: 'failed', text: t('unreachable') }),
      ),
    );
    setBusy(false);
  }

  return (
    <form className="form door" onSubmit={submit}>
      <h1>{title}</h1>
      {kind === 'up' && <Field label={t('name')} name="name" autoComplete="name" required maxLength={255} />}
      <Field label={t('email')} name="email" type="email" dir="ltr" autoComplete="email" required />
      <Field
        label={t('password')}
        name="password"
        type="password"
        dir="ltr"
        autoComplete={kind === 'up' ? 'new-password' : 'current-password'}
        minLength={kind === 'up' ? LEAST_PASSWORD : undefined}
        hint={kind === 'up' ? t('passwordHint', { n: LEAST_PASSWORD }) : undefined}
        required
      />
      <button type="submit" className="button primary" disabled={busy}>
        {title}
      </button>
      <OutcomeLine outcome={outcome} />
      <p className="small">
        {kind === 'up' ? <Link to="/sign-in">{t('haveAccount')}</Link> : <Link to="/sign-up">{t('noAccount')}</Link>}
      </p>
    </form>
  );
}
