import { useEffect, useState } from 'react';
import { ApiError } from '../../app/api-error.ts';
import { explain } from '../../app/notice.tsx';
import { type PushState, pushState, subscribePush, unsubscribePush } from './push.ts';
import { say } from './texts.ts';

const TEXTS = { unsupported: 'pushUnsupported', denied: 'pushDenied', off: 'pushOff', on: 'pushOn' } as const;

/** Whether this very browser shows notifications, and the button that changes it. */
export function PushDevice({ publicKey }: { publicKey: string }) {
  const [state, setState] = useState<PushState>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    let shown = true;
    pushState().then(
      (now) => shown && setState(now),
      () => shown && setState('unsupported'),
    );
    return () => {
      shown = false;
    };
  }, []);
  if (!state) return null;
  const change = (work: Promise<PushState>) => {
    setBusy(true);
    setFailure(undefined);
    work
      .then(setState, (error: Error) => setFailure(error instanceof ApiError ? explain(error) : say('pushFailed')))
      .finally(() => setBusy(false));
  };
  return (
    <div className="small way-state">
      <p role="status">{say(TEXTS[state])}</p>
      {state === 'off' && (
        <button type="button" className="button" disabled={busy} onClick={() => change(subscribePush(publicKey))}>
          {say('subscribe')}
        </button>
      )}
      {state === 'on' && (
        <button type="button" className="button" disabled={busy} onClick={() => change(unsubscribePush())}>
          {say('unsubscribeDevice')}
        </button>
      )}
      {failure && (
        <p className="down" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}
