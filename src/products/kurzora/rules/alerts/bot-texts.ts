/** What the Telegram bot says, in the language of the account, or of the Telegram app while the chat belongs to none. */
interface BotTexts {
  readonly help: string;
  readonly unknown: string;
  readonly on: string;
  readonly off: string;
  readonly connected: string;
  readonly connectedBefore: string;
  readonly staleLink: string;
  /** {state}, {least}, {sent} */
  readonly status: string;
  readonly stateOn: string;
  readonly stateOff: string;
  readonly planLacks: string;
  /** {least} */
  readonly leastSet: string;
  /** {ticker} */
  readonly noSignal: string;
  readonly chart: string;
  readonly trade: string;
  /** {score} */
  readonly from: string;
}

const en: BotTexts = {
  help: 'Commands: /subscribe, /unsubscribe, /status, /help. To connect your account, open the link in your Kurzora settings.',
  unknown: 'This chat belongs to no account yet. Open the link in your Kurzora settings.',
  on: 'Alerts will come here.',
  off: 'No more alerts will come here.',
  connected: 'Your account is connected. Alerts will come here.',
  connectedBefore: 'Your account is connected already.',
  staleLink: 'This link is too old or was used. Open a new one in your Kurzora settings.',
  status: 'Alerts here: {state}. Least score: {least}. Alerts of the last day: {sent}.',
  stateOn: 'on',
  stateOff: 'off',
  planLacks: 'Alerts by Telegram belong to the professional plan.',
  leastSet: 'Alerts come from score {least} on.',
  noSignal: 'There is no live signal for {ticker}.',
  chart: '📈 Chart',
  trade: '📝 Paper trade',
  from: '🔔 From {score}',
};

const de: BotTexts = {
  help: 'Befehle: /subscribe, /unsubscribe, /status, /help. Um Ihr Konto zu verbinden, öffnen Sie den Link in Ihren Kurzora-Einstellungen.',
  unknown: 'Dieser Chat gehört noch zu keinem Konto. Öffnen Sie den Link in Ihren Kurzora-Einstellungen.',
  on: 'Meldungen kommen nun hierher.',
  off: 'Hierher kommen keine Meldungen mehr.',
  connected: 'Ihr Konto ist verbunden. Meldungen kommen nun hierher.',
  connectedBefore: 'Ihr Konto ist bereits verbunden.',
  staleLink: 'Dieser Link ist zu alt oder wurde schon benutzt. Öffnen Sie einen neuen in Ihren Kurzora-Einstellungen.',
  status: 'Meldungen hier: {state}. Mindestpunktzahl: {least}. Meldungen des letzten Tages: {sent}.',
  stateOn: 'an',
  stateOff: 'aus',
  planLacks: 'Meldungen per Telegram gehören zum Tarif Professional.',
  leastSet: 'Meldungen kommen ab {least} Punkten.',
  noSignal: 'Für {ticker} gibt es kein laufendes Signal.',
  chart: '📈 Chart',
  trade: '📝 Übungshandel',
  from: '🔔 Ab {score}',
};

const ar: BotTexts = {
  help: 'الأوامر: /subscribe و /unsubscribe و /status و /help. لربط حسابك افتح الرابط من إعداداتك في Kurzora.',
  unknown: 'هذه المحادثة غير مرتبطة بأي حساب بعد. افتح الرابط من إعداداتك في Kurzora.',
  on: 'ستصل التنبيهات إلى هنا.',
  off: 'لن تصل تنبيهات أخرى إلى هنا.',
  connected: 'تم ربط حسابك. ستصل التنبيهات إلى هنا.',
  connectedBefore: 'حسابك مرتبط بالفعل.',
  staleLink: 'هذا الرابط قديم جداً أو استُخدم من قبل. افتح رابطاً جديداً من إعداداتك في Kurzora.',
  status: 'التنبيهات هنا: {state}. أدنى نتيجة: {least}. تنبيهات اليوم الأخير: {sent}.',
  stateOn: 'مفعّلة',
  stateOff: 'متوقفة',
  planLacks: 'التنبيهات عبر تيليغرام جزء من خطة Professional.',
  leastSet: 'تصل التنبيهات ابتداءً من النتيجة {least}.',
  noSignal: 'لا توجد إشارة نشطة لـ {ticker}.',
  chart: '📈 الرسم البياني',
  trade: '📝 صفقة تجريبية',
  from: '🔔 من {score}',
};

const TEXTS: Readonly<Record<string, BotTexts>> = { en, de, ar };

/** One text with its places filled in; `de-AT` reads German, what is not spoken here English. */
export function botText(language: string, key: keyof BotTexts, values: Readonly<Record<string, unknown>> = {}): string {
  const texts = TEXTS[language.slice(0, 2).toLowerCase()] ?? en;
  return texts[key].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}
