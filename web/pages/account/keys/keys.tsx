import { useState } from 'react';
import { localTime } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { Part } from '../part.tsx';
import { type ApiKey, endKey, useChangeKeys, useKeys } from './keys.ts';
import { MadeKey } from './made-key.tsx';
import { NewKeyForm } from './new-key-form.tsx';
import { say } from './texts.ts';

type Step = { readonly kind: 'rest' } | { readonly kind: 'new' } | { readonly kind: 'made'; readonly key: string };
const REST: Step = { kind: 'rest' };

export function Keys({ userId }: { userId: string }) {
  const [step, setStep] = useState<Step>(REST);
  return (
    <Part title={say('keys')} lead={say('lead')}>
      <KeyList userId={userId} />
      {step.kind === 'rest' && (
        <button type="button" className="button" onClick={() => setStep({ kind: 'new' })}>
          {say('create')}
        </button>
      )}
      {step.kind === 'new' && (
        <NewKeyForm userId={userId} made={(key) => setStep({ kind: 'made', key })} cancel={() => setStep(REST)} />
      )}
      {step.kind === 'made' && <MadeKey value={step.key} done={() => setStep(REST)} />}
    </Part>
  );
}

function KeyList({ userId }: { userId: string }) {
  const keys = useKeys(userId);
  if (keys.error) return <FailureNotice what={t('notLoaded')} error={keys.error} retry={() => void keys.refetch()} />;
  if (!keys.data) return <Skeleton rows={2} label={t('loading')} />;
  if (keys.data.length === 0) return <p className="quiet small">{say('none')}</p>;
  return (
    <ul className="row-list">
      {keys.data.map((key) => (
        <Row key={key.id} userId={userId} item={key} />
      ))}
    </ul>
  );
}

function Row({ userId, item }: { userId: string; item: ApiKey }) {
  const [asking, setAsking] = useState(false);
  const end = useChangeKeys(userId, endKey);
  const expired = item.expiresAt !== null && Date.parse(item.expiresAt) <= Date.now();
  return (
    <li>
      <span className="what">
        <span>
          <bdi>{item.name}</bdi>
          {!item.isActive && <span className="tag off">{say('off')}</span>}
          {expired && <span className="tag off">{say('expired')}</span>}
        </span>
        <span className="quiet small">
          <bdi dir="ltr">{item.prefix}…</bdi> · {say(item.permissions.includes('write') ? 'readWrite' : 'read')} ·{' '}
          {item.lastUsed ? say('used', { time: localTime(item.lastUsed) }) : say('neverUsed')}
          {item.expiresAt && ` · ${say('until', { time: localTime(item.expiresAt) })}`}
        </span>
      </span>
      <span className="actions">
        {asking ? (
          <>
            <button
              type="button"
              className="button danger"
              // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
              autoFocus
              disabled={end.isPending}
              onClick={() => end.mutate(item.id)}
            >
              {say('sure')}
            </button>
            <button type="button" className="button plain" onClick={() => setAsking(false)}>
              {say('keep')}
            </button>
          </>
        ) : (
          <button
            type="button"
            className="button"
            aria-label={say('revokeOf', { name: item.name })}
            onClick={() => setAsking(true)}
          >
            {say('revoke')}
          </button>
        )}
      </span>
    </li>
  );
}
