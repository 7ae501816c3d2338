export interface AlertTexts {
  readonly direction: 'ltr' | 'rtl';
  readonly alert: string;
  readonly score: string;
  readonly strength: string;
  readonly price: string;
  readonly entry: string;
  readonly stop: string;
  readonly target: string;
  readonly ratio: string;
  readonly open: string;
  readonly unsubscribe: string;
  readonly risk: string;
  readonly simulated: string;
  readonly ended: string;
  readonly digest: string;
}

const en: AlertTexts = {
  direction: 'ltr',
  alert: 'Signal',
  score: 'Score',
  strength: 'Strength',
  price: 'Price',
  entry: 'Entry',
  stop: 'Stop',
  target: 'Target',
  ratio: 'Reward to risk',
  open: 'Look at the signal',
  unsubscribe: 'No more of these mails',
  risk: 'Paper trading only. A score is no advice, and past results promise nothing.',
  simulated: 'SIMULATED: these prices come from a simulated exchange.',
  ended: 'This signal is no longer active.',
  digest: 'Your signals',
};

const de: AlertTexts = {
  direction: 'ltr',
  alert: 'Signal',
  score: 'Punkte',
  strength: 'Stärke',
  price: 'Kurs',
  entry: 'Einstieg',
  stop: 'Stopp',
  target: 'Ziel',
  ratio: 'Chance zu Risiko',
  open: 'Signal ansehen',
  unsubscribe: 'Keine solchen Mails mehr',
  risk: 'Nur Übungshandel. Eine Punktzahl ist kein Rat, und vergangene Ergebnisse versprechen nichts.',
  simulated: 'SIMULIERT: Diese Kurse kommen von einer simulierten Börse.',
  ended: 'Dieses Signal ist nicht mehr aktiv.',
  digest: 'Ihre Signale',
};

const ar: AlertTexts = {
  direction: 'rtl',
  alert: 'إشارة',
  score: 'النتيجة',
  strength: 'القوة',
  price: 'السعر',
  entry: 'الدخول',
  stop: 'وقف الخسارة',
  target: 'الهدف',
  ratio: 'العائد إلى المخاطرة',
  open: 'عرض الإشارة',
  unsubscribe: 'إيقاف هذه الرسائل',
  risk: 'تداول تجريبي فقط. النتيجة ليست نصيحة، والنتائج السابقة لا تضمن شيئاً.',
  simulated: 'محاكاة: هذه الأسعار من بورصة محاكاة.',
  ended: 'لم تعد هذه الإشارة نشطة.',
  digest: 'إشاراتك',
};

const TEXTS: Readonly<Record<string, AlertTexts>> = { en, de, ar };

/** `de-AT` reads German; what is not spoken here reads English. */
export const alertTexts = (language: string): AlertTexts => TEXTS[language.slice(0, 2).toLowerCase()] ?? en;
