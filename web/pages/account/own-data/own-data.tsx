import { useState } from 'react';
import { type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { refusalText } from '../door/refusal.ts';
import { Part } from '../part.tsx';
import { CloseAccount } from './close-account.tsx';
import { download } from './download.ts';
import { say } from './texts.ts';

export function OwnData({ email }: { email: string }) {
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  async function take(): Promise<void> {
    setBusy(true);
    await download().catch((error) => setOutcome({ kind: 'failed', text: refusalText(error) }));
    setBusy(false);
  }
  return (
    <>
      <Part title={say('data')} lead={say('lead')}>
        <button type="button" className="button" disabled={busy} onClick={() => void take()}>
          {say('download')}
        </button>
        <OutcomeLine outcome={outcome} />
      </Part>
      <Part title={say('close')} lead={say('closeLead')}>
        <CloseAccount email={email} />
      </Part>
    </>
  );
}
