import { useState } from 'react';
import { number } from '../../app/format.ts';
import { explain } from '../../app/notice.tsx';
import { type AlertSettings, askForTelegramLink, type TelegramLink, useUnlinkTelegram } from './settings.ts';
import { say } from './texts.ts';

const MINUTE_MS = 60_000;

/** Connects a chat: whoever opens the link in Telegram has shown that account and chat are his. */
export function TelegramChat({ settings, waitForChat }: { settings: AlertSettings; waitForChat: () => void }) {
  const [link, setLink] = useState<TelegramLink>();
  const [failure, setFailure] = useState<Error>();
  const unlink = useUnlinkTelegram();
  if (!settings.telegramAvailable) return <p className="quiet small way-state">{say('telegramOff')}</p>;
  if (settings.telegramLinked)
    return (
      <p className="small way-state">
        {say('telegramLinked')}{' '}
        <button type="button" className="button" disabled={unlink.isPending} onClick={() => unlink.mutate()}>
          {say('disconnect')}
        </button>
      </p>
    );
  const connect = () =>
    askForTelegramLink().then(
      (made) => {
        setFailure(undefined);
        setLink(made);
        waitForChat();
      },
      (error: Error) => setFailure(error),
    );
  return (
    <div className="small way-state">
      <p>
        {say('telegramNotLinked')}{' '}
        <button type="button" className="button" disabled={!settings.allowed.telegram} onClick={() => void connect()}>
          {say('connect')}
        </button>
      </p>
      {link && <HowToLink link={link} />}
      {failure && (
        <p className="down" role="alert">
          {explain(failure)}
        </p>
      )}
    </div>
  );
}

function HowToLink({ link: { code, url, expiresAt } }: { link: TelegramLink }) {
  const minutes = number(Math.max(1, Math.round((Date.parse(expiresAt) - Date.now()) / MINUTE_MS)), 0);
  return (
    <p role="status">
      {url ? (
        <>
          <a className="button primary" href={url} target="_blank" rel="noopener noreferrer">
            {say('openTelegram')}
          </a>{' '}
          {say('telegramHow', { minutes })}
        </>
      ) : (
        <>
          {say('telegramCode', { minutes })} <code className="ltr">/start {code}</code>
        </>
      )}
    </p>
  );
}
