import { t } from '../../app/language.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { Keys } from './keys/keys.tsx';
import { OwnData } from './own-data/own-data.tsx';
import { AboutForm } from './person/about-form.tsx';
import { LanguagePart } from './person/language-part.tsx';
import { PasswordForm } from './person/password-form.tsx';
import { Picture } from './person/picture.tsx';
import { useProfile } from './person/profile.ts';
import { SignOut } from './person/sign-out.tsx';
import { Security } from './security/security-part.tsx';
import './profile.css';

/** Everything of one's own account but plans and alerts, part by part. */
export function ProfilePage() {
  return <SignedIn title={t('profile')}>{({ userId }) => <Parts userId={userId} />}</SignedIn>;
}

function Parts({ userId }: { userId: string }) {
  const profile = useProfile(userId);
  if (profile.error)
    return <FailureNotice what={t('notLoaded')} error={profile.error} retry={() => void profile.refetch()} />;
  if (!profile.data) return <Skeleton rows={10} label={t('loading')} />;
  return (
    <div className="profile-parts">
      <Picture userId={userId} profile={profile.data} />
      <AboutForm userId={userId} profile={profile.data} />
      <LanguagePart />
      <PasswordForm />
      <Security userId={userId} />
      <Keys userId={userId} />
      <OwnData email={profile.data.email} />
      <SignOut />
    </div>
  );
}
