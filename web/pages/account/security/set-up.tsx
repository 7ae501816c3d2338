import { CopyLine } from '../copy-line.tsx';
import { takeSession } from '../door/enter.ts';
import { CodeForm } from './code-form.tsx';
import { type Enrolment, useChangeSecurity, verifyTwoFactor } from './security.ts';
import { say } from './texts.ts';

interface SetUpProps {
  readonly userId: string;
  readonly enrolment: Enrolment;
  readonly done: (recoveryCodes: readonly string[]) => void;
  readonly cancel: () => void;
}

/** The secret goes into the authenticator; its first code proves that it arrived. */
export function SetUp({ userId, enrolment, done, cancel }: SetUpProps) {
  const verify = useChangeSecurity(userId, async (code: string) => {
    const { accessToken, refreshToken, recoveryCodes } = await verifyTwoFactor(code);
    if (accessToken && refreshToken) await takeSession({ accessToken, refreshToken });
    return recoveryCodes;
  });
  return (
    <>
      <p className="small">{say('scan')}</p>
      <img className="qr" alt={say('qr')} src={`data:image/svg+xml;utf-8,${encodeURIComponent(enrolment.qrCode)}`} />
      <div className="form">
        <CopyLine label={say('secret')} value={enrolment.secret} copy={say('copy')} copied={say('copied')} />
      </div>
      <CodeForm
        button={say('switchOn')}
        digits
        enter={async (code) => done(await verify.mutateAsync(code))}
        cancel={cancel}
      />
    </>
  );
}
