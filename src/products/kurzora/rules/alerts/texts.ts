export interface AlertTexts {
  readonly direction: 'ltr' | 'rtl';
  readonly alert: string;
  readonly score: string;
  readonly strength: string;
  /** By class. */
  readonly strengths: Readonly<Record<string, string>>;
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
  readonly openAll: string;
  /** A trade that the market closed: subject and sentence, {ticker}. */
  readonly targetReached: string;
  readonly stopReached: string;
  readonly shares: string;
  readonly closedAt: string;
  readonly result: string;
  readonly openPositions: string;
  readonly summary: string;
  readonly value: string;
  readonly change: string;
  readonly cash: string;
  readonly positions: string;
  readonly closedTrades: string;
  /** {percent} below the highest value. */
  readonly drawdown: string;
}

const en: AlertTexts = {
  direction: 'ltr',
  alert: 'Signal',
  score: 'Score',
  strength: 'Strength',
  strengths: {
    STR_BUY: 'Strong buy',
    BUY: 'Buy',
    WEAK_BUY: 'Weak buy',
    NEUTRAL: 'Neutral',
    WEAK_SELL: 'Weak sell',
    SELL: 'Sell',
    STR_SELL: 'Strong sell',
  },
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
  openAll: 'All live signals',
  targetReached: '{ticker} reached its target',
  stopReached: '{ticker} reached its stop',
  shares: 'Shares',
  closedAt: 'Closed at',
  result: 'Gain or loss',
  openPositions: 'Your positions',
  summary: 'Your portfolio',
  value: 'Value',
  change: 'Since the last summary',
  cash: 'Cash',
  positions: 'Open positions',
  closedTrades: 'Closed trades',
  drawdown: 'Your portfolio is {percent} below its highest value',
};

const de: AlertTexts = {
  direction: 'ltr',
  alert: 'Signal',
  score: 'Punkte',
  strength: 'Stärke',
  strengths: {
    STR_BUY: 'Klarer Kauf',
    BUY: 'Kauf',
    WEAK_BUY: 'Schwacher Kauf',
    NEUTRAL: 'Neutral',
    WEAK_SELL: 'Schwacher Verkauf',
    SELL: 'Verkauf',
    STR_SELL: 'Klarer Verkauf',
  },
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
  openAll: 'Alle laufenden Signale',
  targetReached: '{ticker} hat das Ziel erreicht',
  stopReached: '{ticker} hat den Stopp erreicht',
  shares: 'Aktien',
  closedAt: 'Geschlossen bei',
  result: 'Gewinn oder Verlust',
  openPositions: 'Ihre Positionen',
  summary: 'Ihr Depot',
  value: 'Wert',
  change: 'Seit der letzten Übersicht',
  cash: 'Guthaben',
  positions: 'Offene Positionen',
  closedTrades: 'Geschlossene Trades',
  drawdown: 'Ihr Depot liegt {percent} unter seinem höchsten Wert',
};

const ar: AlertTexts = {
  direction: 'rtl',
  alert: 'إشارة',
  score: 'النتيجة',
  strength: 'القوة',
  strengths: {
    STR_BUY: 'شراء قوي',
    BUY: 'شراء',
    WEAK_BUY: 'شراء ضعيف',
    NEUTRAL: 'محايد',
    WEAK_SELL: 'بيع ضعيف',
    SELL: 'بيع',
    STR_SELL: 'بيع قوي',
  },
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
  openAll: 'كل الإشارات النشطة',
  targetReached: 'بلغ {ticker} هدفه',
  stopReached: 'بلغ {ticker} حد وقف الخسارة',
  shares: 'الأسهم',
  closedAt: 'أُغلقت عند',
  result: 'الربح أو الخسارة',
  openPositions: 'مراكزك',
  summary: 'محفظتك',
  value: 'القيمة',
  change: 'منذ الملخص السابق',
  cash: 'النقد',
  positions: 'المراكز المفتوحة',
  closedTrades: 'الصفقات المغلقة',
  drawdown: 'محفظتك أدنى من أعلى قيمة لها بنسبة {percent}',
};

const TEXTS: Readonly<Record<string, AlertTexts>> = { en, de, ar };

/** `de-AT` reads German; what is not spoken here reads English. */
export const alertTexts = (language: string): AlertTexts => TEXTS[language.slice(0, 2).toLowerCase()] ?? en;
