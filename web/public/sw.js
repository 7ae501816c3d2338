// Shows what is pushed and opens its page; keeps nothing and answers no request of the page.
self.addEventListener('push', (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Not ours to read: still shown, since a browser ends subscriptions whose pushes show nothing.
  }
  const { title = 'Kurzora', body = '', tag, url = '/alerts' } = told;
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url }, icon: '/favicon.svg' }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const target = new URL(event.notification.data?.url ?? '/alerts', self.location.origin);
  const page = target.origin === self.location.origin ? target.href : self.location.origin;
  event.waitUntil(open(page));
});

async function open(page) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const shown = windows.find(({ url }) => url === page);
  return shown ? shown.focus() : self.clients.openWindow(page);
}
