import { useState } from 'react';
import { send } from '../../app/api.ts';
import { ApiError } from '../../app/api-error.ts';
import { Field } from '../../app/field.tsx';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { Notice, Skeleton } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { useSession } from '../../app/session.ts';
import { leaveFor, supabase } from '../../app/supabase.ts';
import { CodeField } from './door/code-field.tsx';
import { Door, said } from './door/door.tsx';
import { redeemMailCode } from './door/enter.ts';
import { say } from './door/texts.ts';

/**
 * Reached by the link of the mail, which signs in (its session stands in the fragment), by a link with `token_hash`, or with the code
 * of the mail. A link that has expired says so in the fragment.
 */
export function ResetPasswordPage() {
  const session = useSession();
  const { search } = useAddress();
  const [failed] = useState(() => location.hash.includes('error='));
  const hash = search.get('token_hash');
  if (failed) return <Expired />;
  if (hash) return <NewPassword token={async () => hash} />;
  if (session.kind === 'loading') return <Skeleton rows={4} label={t('loading')} />;
  if (session.kind === 'in') return <NewPassword token={sessionToken} />;
  return <CodeOfMail email={search.get('email') ?? ''} />;
}

/** The session that the mail opened, as the server takes it for this. */
async function sessionToken(): Promise<string> {
  const { data } = await (await supabase()).auth.getSession();
  return `reset:${data.session?.access_token ?? ''}:${data.session?.refresh_token ?? ''}`;
}

function Expired() {
  return (
    <Notice title={say('expired')} action={<Link to="/forgot-password">{say('newLink')}</Link>}>
      <p>{say('expiredWhy')}</p>
    </Notice>
  );
}

function CodeOfMail({ email }: { email: string }) {
  return (
    <Door
      title={say('resetTitle')}
      button={say('goOn')}
      enter={async (form) => {
        await redeemMailCode(said(form, 'email').trim(), said(form, 'code'), 'recovery');
        return undefined;
      }}
      after={
        <p className="door-links">
          <Link to="/forgot-password">{say('newLink')}</Link>
        </p>
      }
    >
      <Field
        label={t('email')}
        name="email"
        type="email"
        dir="ltr"
        autoComplete="username"
        defaultValue={email}
        required
      />
      <CodeField label={say('mailCode')} digits />
    </Door>
  );
}

function NewPassword({ token }: { token: () => Promise<string> }) {
  const [expired, setExpired] = useState(false);
  /** Once the server has asked for the second factor: the token to go on with. */
  const [further, setFurther] = useState<string>();

  async function enter(form: FormData) {
    const twoFactorCode = said(form, 'code').trim();
    const body = { token: further ?? (await token()), password: said(form, 'password') };
    try {
      await send('POST', 'auth/reset-password', { ...body, ...(twoFactorCode && { twoFactorCode }) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'TOKEN_INVALID') setExpired(true);
      if (error.code !== 'TWO_FACTOR_REQUIRED') throw error;
      setFurther((error.details as { token: string }).token);
      if (twoFactorCode) throw error;
      return undefined;
    }
    // The server has ended every session, this one too.
    leaveFor('/sign-in?done=reset');
    return undefined;
  }

  if (expired) return <Expired />;
  return (
    <Door title={say('resetTitle')} lead={say('resetLead')} button={say('setPassword')} enter={enter}>
      <Field
        label={t('newPassword')}
        name="password"
        type="password"
        dir="ltr"
        autoComplete="new-password"
        minLength={8}
        maxLength={72}
        hint={say('resetHint')}
        required
      />
      {further !== undefined && <CodeField label={say('code')} hint={say('codeHint')} autoFocus />}
    </Door>
  );
}
