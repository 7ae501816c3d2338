import { type FormEvent, useState } from 'react';
import { Field, type Outcome, OutcomeLine } from '../../app/field.tsx';
import { t } from '../../app/language.ts';
import { LanguageChoice } from '../../app/language-choice.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { navigate } from '../../app/router.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { changePassword, type Profile, signOut, uploadPicture, useChangeProfile, useProfile } from './profile.ts';

export function ProfilePage() {
  return <SignedIn title={t('profile')}>{(account) => <LoadedProfile {...account} />}</SignedIn>;
}

interface Account {
  readonly userId: string;
  readonly email: string;
}

function LoadedProfile({ userId, email }: Account) {
  const profile = useProfile(userId);
  if (profile.error)
    return <FailureNotice what={t('notLoaded')} error={profile.error} retry={() => void profile.refetch()} />;
  if (!profile.data) return <Skeleton rows={6} label={t('loading')} />;
  return (
    <div className="profile">
      <Picture userId={userId} profile={profile.data} />
      <NameForm userId={userId} email={email} profile={profile.data} />
      <Language userId={userId} />
      <PasswordForm />
      <button type="button" className="button" onClick={() => void signOut().then(() => navigate('/'))}>
        {t('signOut')}
      </button>
    </div>
  );
}

const failed = (error: unknown): Outcome => ({ kind: 'failed', text: (error as Error).message });

function Picture({ userId, profile }: { userId: string; profile: Profile }) {
  const change = useChangeProfile(userId);
  const [outcome, setOutcome] = useState<Outcome>();
  async function choose(file: File | undefined): Promise<void> {
    if (!file) return;
    try {
      await change.mutateAsync({ avatar_url: await uploadPicture(userId, file) });
      setOutcome({ kind: 'done', text: t('saved') });
    } catch (error) {
      setOutcome(failed(error));
    }
  }
  return (
    <div className="picture">
      {profile.avatar_url ? (
        <img className="avatar" src={profile.avatar_url} alt={t('picture')} width={72} height={72} />
      ) : (
        <span className="avatar" aria-hidden="true">
          {profile.name.slice(0, 1).toUpperCase()}
        </span>
      )}
      <div className="form">
        <Field
          label={t('picture')}
          type="file"
          accept="image/png,image/jpeg,image/webp"
          hint={t('pictureHint')}
          onChange={(event) => void choose(event.target.files?.[0])}
        />
        <OutcomeLine outcome={outcome} />
      </div>
    </div>
  );
}

function NameForm({ userId, email, profile }: Account & { profile: Profile }) {
  const change = useChangeProfile(userId);
  const [outcome, setOutcome] = useState<Outcome>();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    change.mutateAsync({ name }).then(
      () => setOutcome({ kind: 'done', text: t('saved') }),
      (error) => setOutcome(failed(error)),
    );
  }
  return (
    <form className="form" onSubmit={submit}>
      <Field label={t('name')} name="name" defaultValue={profile.name} required maxLength={255} autoComplete="name" />
      <p className="small quiet">
        {t('email')}: <span className="ltr">{email}</span> · {t('plan')}: {profile.subscription_tier} (
        {profile.subscription_status})
      </p>
      <button type="submit" className="button" disabled={change.isPending}>
        {t('save')}
      </button>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}

function Language({ userId }: { userId: string }) {
  const change = useChangeProfile(userId);
  return (
    <section className="form">
      <h2>{t('language')}</h2>
      <LanguageChoice onChoice={(language) => change.mutate({ language })} />
    </section>
  );
}

function PasswordForm() {
  const [outcome, setOutcome] = useState<Outcome>();
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    try {
      await changePassword(String(new FormData(form).get('password')));
      form.reset();
      setOutcome({ kind: 'done', text: t('passwordChanged') });
    } catch (error) {
      setOutcome(failed(error));
    }
  }
  return (
    <form className="form" onSubmit={submit}>
      <Field
        label={t('newPassword')}
        name="password"
        type="password"
        dir="ltr"
        autoComplete="new-password"
        minLength={8}
        hint={t('passwordHint', { n: 8 })}
        required
      />
      <button type="submit" className="button">
        {t('changePassword')}
      </button>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}
