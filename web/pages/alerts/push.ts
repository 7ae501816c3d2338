import { send } from '../../app/api.ts';

export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

const WORKER = '/sw.js';

const supported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** What this browser says of notifications from this site; asks nothing of the person. */
export async function pushState(): Promise<PushState> {
  if (!supported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription()) ? 'on' : 'off';
}

/** Asks for permission, subscribes at the browser's push service and tells the server. `publicKey` is base64url. */
export async function subscribePush(publicKey: string): Promise<PushState> {
  if ((await Notification.requestPermission()) !== 'granted') return pushState();
  await navigator.serviceWorker.register(WORKER);
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(publicKey),
  });
  try {
    const { endpoint, keys } = subscription.toJSON();
    await send('POST', 'notifications/devices', { endpoint, keys });
  } catch (error) {
    // What the server does not know must not look subscribed.
    await subscription.unsubscribe();
    throw error;
  }
  return 'on';
}

export async function unsubscribePush(): Promise<PushState> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) {
    await send('DELETE', `notifications/devices/${encodeURIComponent(subscription.endpoint)}`);
    await subscription.unsubscribe();
  }
  return pushState();
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
