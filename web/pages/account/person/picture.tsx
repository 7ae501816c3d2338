import { useState } from 'react';
import { type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { refusalText } from '../door/refusal.ts';
import { Part } from '../part.tsx';
import { type Profile, removePicture, uploadPicture, useChange } from './profile.ts';
import { say } from './texts.ts';

export function Picture({ userId, profile }: { userId: string; profile: Profile }) {
  const upload = useChange(userId, uploadPicture);
  const remove = useChange(userId, removePicture);
  const [outcome, setOutcome] = useState<Outcome>();
  const telling = (work: Promise<unknown>) =>
    work.then(
      () => setOutcome({ kind: 'done', text: t('saved') }),
      (error) => setOutcome({ kind: 'failed', text: why(error) }),
    );
  return (
    <Part title={t('picture')}>
      <div className="picture">
        {profile.profilePicture ? (
          <img className="avatar" src={profile.profilePicture} alt={t('picture')} width={72} height={72} />
        ) : (
          <span className="avatar" aria-hidden="true">
            {[...profile.name.trim()][0]?.toUpperCase()}
          </span>
        )}
        <div className="form">
          {/* The browser's own words beside a file field are in its language, not the page's. */}
          <label className="button file-button">
            {say('choosePicture')}
            <input
              type="file"
              className="hidden-visually"
              accept="image/png,image/jpeg,image/webp"
              aria-describedby="picture-hint"
              disabled={upload.isPending}
              onChange={({ target }) => {
                const file = target.files?.[0];
                if (file) void telling(upload.mutateAsync(file));
                target.value = '';
              }}
            />
          </label>
          <span id="picture-hint" className="quiet small">
            {t('pictureHint')}
          </span>
          {profile.profilePicture && (
            <button type="button" className="button" onClick={() => void telling(remove.mutateAsync(undefined))}>
              {say('removePicture')}
            </button>
          )}
          <OutcomeLine outcome={outcome} />
        </div>
      </div>
    </Part>
  );
}

function why(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'UNSUPPORTED_MEDIA_TYPE' || code === 'VALIDATION_ERROR') return say('noPicture');
  return code === 'PAYLOAD_TOO_LARGE' ? say('largePicture') : refusalText(error);
}
