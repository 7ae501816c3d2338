import { useState } from 'react';
import { type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { takeSession } from '../door/enter.ts';
import { refusalText } from '../door/refusal.ts';
import { CodeForm } from './code-form.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { beginTwoFactor, type Enrolment, endTwoFactor, type SecurityState, useChangeSecurity } from './security.ts';
import { SetUp } from './set-up.tsx';
import { say } from './texts.ts';

type Step =
  | { readonly kind: 'rest' }
  | { readonly kind: 'set up'; readonly enrolment: Enrolment }
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  | { readonly kind: 'switch off' };

const REST: Step = { kind: 'rest' };

export function TwoFactor({ userId, state }: { userId: string; state: SecurityState }) {
  const [step, setStep] = useState<Step>(REST);
  const [outcome, setOutcome] = useState<Outcome>();
  const end = useChangeSecurity(userId, async (code: string) => {
    const { accessToken, refreshToken } = await endTwoFactor(code);
    // A session that showed its factor goes on with other tokens; those of before are used up.
    if (accessToken && refreshToken) await takeSession({ accessToken, refreshToken });
  });
  const begin = () =>
    beginTwoFactor().then(
      (enrolment) => setStep({ kind: 'set up', enrolment }),
      (error) => setOutcome({ kind: 'failed', text: refusalText(error) }),
    );
  if (step.kind === 'set up')
    return (
      <SetUp
        userId={userId}
        enrolment={step.enrolment}
        done={(codes) => setStep({ kind: 'codes', codes })}
        cancel={() => setStep(REST)}
      />
    );
  if (step.kind === 'codes') return <RecoveryCodes codes={step.codes} done={() => setStep(REST)} />;
  if (step.kind === 'switch off')
    return (
      <CodeForm
        button={say('switchOff')}
        hint={say('codeHint')}
        enter={async (code) => {
          await end.mutateAsync(code);
          setStep(REST);
        }}
        cancel={() => setStep(REST)}
      />
    );
  return (
    <>
      <p>
        <span className={state.twoFactorEnabled ? 'tag' : 'tag off'}>
          {state.twoFactorEnabled ? say('isOn') : say('isOff')}
        </span>{' '}
        {state.twoFactorEnabled && (
          <span className="quiet small">{say('codesLeft', { n: state.recoveryCodesLeft })}</span>
        )}
      </p>
      {state.twoFactorEnabled ? (
        <button type="button" className="button" onClick={() => setStep({ kind: 'switch off' })}>
          {say('switchOff')}
        </button>
      ) : (
        <button type="button" className="button" onClick={() => void begin()}>
          {say('setUp')}
        </button>
      )}
      <OutcomeLine outcome={outcome} />
    </>
  );
}
