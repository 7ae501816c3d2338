import { words } from '../../../app/format.ts';
import { currentLanguage, textsOf } from '../../../app/language.ts';
import { SETTING_TEXTS } from './setting-texts.ts';
import type { Setting } from './settings.ts';

export const TEXTS = {
  en: {
    readOnly: 'Your role may look at settings, not change them.',
    changedBy: 'changed by {who}, {at}',
    undo: 'Undo',
    range: '{from} to {to}',
    least: '{from} or more',
    above: 'more than {from}',
    whole: 'a whole number',
    orEmpty: 'or empty',
    platform: 'Platform',
    newState: 'State',
    message: 'Message',
    messageHint: 'What people read while the platform is not operational.',
    operationalWhy: 'Everything works.',
    limitedWhy: 'Signals can be read; nothing is executed.',
    maintenanceWhy: 'Everybody but staff is turned away with the message below.',
    operational: 'Operational',
    limited: 'Limited',
    maintenance: 'Maintenance',
    on: 'On',
    off: 'Off',
    unset: 'As configured',
    immediate: 'At once',
    hourly: 'Hourly',
    daily: 'Daily',
    scoreBand: 'By score band',
    legacy: 'First engine',
    empty: 'Empty',
    afterHours: 'After hours:',
    public: 'Public',
    engine: 'Engine',
    platformSettings: 'Accounts and services',
    short: 'Short',
    medium: 'Medium',
    long: 'Long',
    balance: 'Balance',
    riskPercent: 'Risk, percent',
    positionCapPercent: 'Position at most, percent',
  },
  de: {
    readOnly: 'Ihre Rolle darf Einstellungen ansehen, nicht ändern.',
    changedBy: 'geändert von {who}, {at}',
    undo: 'Verwerfen',
    range: '{from} bis {to}',
    least: '{from} oder mehr',
    above: 'mehr als {from}',
    whole: 'eine ganze Zahl',
    orEmpty: 'oder leer',
    platform: 'Plattform',
    newState: 'Zustand',
    message: 'Mitteilung',
    messageHint: 'Was zu lesen ist, solange die Plattform nicht in Betrieb ist.',
    operationalWhy: 'Alles arbeitet.',
    limitedWhy: 'Signale sind lesbar; nichts wird ausgeführt.',
    maintenanceWhy: 'Alle außer Mitarbeitern werden mit der Mitteilung unten abgewiesen.',
    operational: 'In Betrieb',
    limited: 'Eingeschränkt',
    maintenance: 'Wartung',
    on: 'An',
    off: 'Aus',
    unset: 'Wie konfiguriert',
    immediate: 'Sofort',
    hourly: 'Stündlich',
    daily: 'Täglich',
    scoreBand: 'Nach Punktzahl',
    legacy: 'Erste Fassung',
    empty: 'Leer',
    afterHours: 'Nach Stunden:',
    public: 'Öffentlich',
    engine: 'Bewertung',
    platformSettings: 'Konten und Dienste',
    short: 'Kurz',
    medium: 'Mittel',
    long: 'Lang',
    balance: 'Kontostand',
    riskPercent: 'Risiko in Prozent',
    positionCapPercent: 'Position höchstens, in Prozent',
  },
  ar: {
    readOnly: 'دورك يسمح بالاطلاع على الإعدادات لا بتغييرها.',
    changedBy: 'غيّره {who}، {at}',
    undo: 'تراجع',
    range: 'من {from} إلى {to}',
    least: '{from} أو أكثر',
    above: 'أكثر من {from}',
    whole: 'عدد صحيح',
    orEmpty: 'أو فارغ',
    platform: 'المنصة',
    newState: 'الحالة',
    message: 'الرسالة',
    messageHint: 'ما يقرؤه الناس ما دامت المنصة لا تعمل كاملة.',
    operationalWhy: 'كل شيء يعمل.',
    limitedWhy: 'يمكن قراءة الإشارات ولا يُنفَّذ شيء.',
    maintenanceWhy: 'يُرَدّ الجميع عدا الموظفين بالرسالة أدناه.',
    operational: 'تعمل',
    limited: 'محدودة',
    maintenance: 'صيانة',
    on: 'مفعّل',
    off: 'معطّل',
    unset: 'كما في الإعداد',
    immediate: 'فورًا',
    hourly: 'كل ساعة',
    daily: 'يوميًا',
    scoreBand: 'حسب الدرجة',
    legacy: 'المحرك الأول',
    empty: 'فارغ',
    afterHours: 'بعد ساعات:',
    public: 'عام',
    engine: 'المحرك',
    platformSettings: 'الحسابات والخدمات',
    short: 'قصير',
    medium: 'متوسط',
    long: 'طويل',
    balance: 'الرصيد',
    riskPercent: 'المخاطرة بالمئة',
    positionCapPercent: 'أقصى مركز بالمئة',
  },
} as const;

export const say = textsOf(TEXTS);
type Key = keyof (typeof TEXTS)['en'];
const isKey = (code: string): code is Key => code in TEXTS.en;

const settingText = (key: string) =>
  Object.hasOwn(SETTING_TEXTS, key) ? SETTING_TEXTS[key as keyof typeof SETTING_TEXTS][currentLanguage()] : undefined;

/** What a setting, a category or a part of a value is called; the code in words where it is new. */
export function nameOf(code: string): string {
  if (code === 'platform') return say('platformSettings');
  return settingText(code)?.[0] ?? (isKey(code) ? say(code) : words(code));
}

/** What a setting does; in the server's words where it is new. */
export const describe = (setting: Setting): string => settingText(setting.key)?.[1] ?? setting.description ?? '';

const WORDS: Readonly<Record<string, Key>> = {
  'score-band': 'scoreBand',
  null: 'unset',
  true: 'on',
  false: 'off',
  '': 'empty',
};

export function valueWord(value: string | boolean | null): string {
  const code = String(value);
  const known = WORDS[code];
  if (known) return say(known);
  return isKey(code) ? say(code) : code;
}
