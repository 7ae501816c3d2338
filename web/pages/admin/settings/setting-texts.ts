import type { Language } from '../../../app/language.ts';

type Text = Readonly<Record<Language, readonly [name: string, description: string]>>;

/** The settings of section 12 and the engine's own: what each is called and what it does. */
export const SETTING_TEXTS = {
  public_signals: {
    en: [
      'Signals for visitors',
      'Whether visitors without an account see active signals, at once or that many hours later.',
    ],
    de: [
      'Signale für Besucher',
      'Ob Besucher ohne Konto aktive Signale sehen, sofort oder um so viele Stunden später.',
    ],
    ar: ['الإشارات للزوار', 'هل يرى الزوار بلا حساب الإشارات النشطة، فورًا أو بعد هذا العدد من الساعات.'],
  },
  active_phase: {
    en: ['Phase', '1: 500 stocks every 15 minutes; 2: 1,000 every 10; 3: 6,000 every 5. Holds from the next scan on.'],
    de: ['Phase', '1: 500 Aktien alle 15 Minuten; 2: 1.000 alle 10; 3: 6.000 alle 5. Gilt ab dem nächsten Lauf.'],
    ar: ['المرحلة', '1: ‏500 سهم كل 15 دقيقة، 2: ‏1000 كل 10، 3: ‏6000 كل 5. تسري من الفحص التالي.'],
  },
  gate: {
    en: ['Gate', 'Least scores of the timeframes: 1H, 4H, and 1D or 1W. End of day: 1D short, 1W long.'],
    de: ['Schwelle', 'Mindestwerte der Zeiträume: 1H, 4H und 1D oder 1W. Zum Tagesende: 1D kurz, 1W lang.'],
    ar: ['البوابة', 'أدنى درجات الأطر الزمنية: 1H و4H و1D أو 1W. في نهاية اليوم: 1D قصير و1W طويل.'],
  },
  levels_rule: {
    en: ['Levels', 'How entry, stop and target are set.'],
    de: ['Kursmarken', 'Wie Einstieg, Stop und Ziel gesetzt werden.'],
    ar: ['المستويات', 'كيف يُحدَّد الدخول والوقف والهدف.'],
  },
  risk: {
    en: ['Account of the sizes', 'The account that position sizes on signals are worked out for.'],
    de: ['Konto der Größen', 'Das Konto, für das die Stückzahlen an Signalen berechnet werden.'],
    ar: ['حساب الأحجام', 'الحساب الذي تُحسب له أحجام المراكز في الإشارات.'],
  },
  allow_new_signups: {
    en: ['New accounts', 'Whether people may make accounts, through whichever door.'],
    de: ['Neue Konten', 'Ob neue Konten angelegt werden können, auf welchem Weg auch immer.'],
    ar: ['حسابات جديدة', 'هل يمكن للناس إنشاء حسابات، من أي باب كان.'],
  },
  confidence_threshold: {
    en: ['Score for alerts', 'Score from which a signal is announced.'],
    de: ['Punktzahl für Hinweise', 'Ab welcher Punktzahl ein Signal gemeldet wird.'],
    ar: ['درجة التنبيه', 'الدرجة التي يُعلَن عن الإشارة ابتداءً منها.'],
  },
  max_signals_per_day: {
    en: [
      'Signals announced a day',
      'At most so many signals of scans are announced on one day (New York), the best first.',
    ],
    de: [
      'Gemeldete Signale am Tag',
      'Höchstens so viele Signale werden an einem Tag (New York) gemeldet, die besten zuerst.',
    ],
    ar: ['الإشارات المعلنة يوميًا', 'أقصى عدد من الإشارات يُعلَن في اليوم (نيويورك)، الأفضل أولًا.'],
  },
  default_risk_percentage: {
    en: [
      'Risk of new accounts',
      'Percent of the account that a new account risks on a trade until its owner says otherwise.',
    ],
    de: ['Risiko neuer Konten', 'Wie viel Prozent ein neues Konto je Trade riskiert, bis sein Besitzer es ändert.'],
    ar: ['مخاطرة الحسابات الجديدة', 'نسبة ما يخاطر به الحساب الجديد في الصفقة حتى يغيّرها صاحبه.'],
  },
  signal_expiry_hours: {
    en: ['Life of a signal', 'Hours a signal stays current at most; the close of the session comes first.'],
    de: ['Lebensdauer eines Signals', 'Stunden, die ein Signal höchstens gilt; der Handelsschluss geht vor.'],
    ar: ['عمر الإشارة', 'أقصى ساعات تبقى فيها الإشارة سارية؛ إغلاق الجلسة يسبق.'],
  },
  require_email_verification: {
    en: ['Confirmed address', 'Whether a new address must be confirmed by mail before its first sign-in.'],
    de: ['Bestätigte Adresse', 'Ob eine neue Adresse per Mail bestätigt sein muss, ehe man sich anmelden kann.'],
    ar: ['تأكيد العنوان', 'هل يجب تأكيد العنوان الجديد بالبريد قبل أول دخول.'],
  },
  email_notifications_enabled: {
    en: ['Alerts by mail', 'Whether alerts leave by mail.'],
    de: ['Hinweise per Mail', 'Ob Hinweise per Mail hinausgehen.'],
    ar: ['التنبيهات بالبريد', 'هل تُرسل التنبيهات بالبريد الإلكتروني.'],
  },
  telegram_notifications_enabled: {
    en: ['Alerts by Telegram', 'Whether alerts leave by Telegram.'],
    de: ['Hinweise per Telegram', 'Ob Hinweise per Telegram hinausgehen.'],
    ar: ['التنبيهات عبر تيليجرام', 'هل تُرسل التنبيهات عبر تيليجرام.'],
  },
  notification_frequency: {
    en: ['Frequency of mails', 'How mails of alerts come to people who have not chosen.'],
    de: ['Häufigkeit der Mails', 'Wie Hinweise per Mail zu denen kommen, die nichts gewählt haben.'],
    ar: ['تواتر الرسائل', 'كيف تصل رسائل التنبيه إلى من لم يختر.'],
  },
  polygon_enabled: {
    en: ['Polygon', 'Whether Polygon is asked for bars; without it scans look at the bars that are stored.'],
    de: ['Polygon', 'Ob Polygon nach Kursen gefragt wird; sonst gelten die gespeicherten.'],
    ar: ['Polygon', 'هل يُسأل Polygon عن الأسعار؛ بدونه يُنظر في المخزَّن منها.'],
  },
  make_enabled: {
    en: ['Make.com', 'Whether alerts are handed to Make.com where an address of it is configured.'],
    de: ['Make.com', 'Ob Hinweise an Make.com gehen, wo eine Adresse dafür konfiguriert ist.'],
    ar: ['Make.com', 'هل تُسلَّم التنبيهات إلى Make.com حيث ضُبط عنوان له.'],
  },
  session_timeout_minutes: {
    en: ['End of idle sessions', 'Minutes without use after which a session ends; empty: 7 days, 30 when remembered.'],
    de: ['Ende ruhender Sitzungen', 'Minuten ohne Nutzung, nach denen eine Sitzung endet; leer: 7 Tage, gemerkt 30.'],
    ar: ['انتهاء الجلسات الخاملة', 'دقائق بلا استخدام تنتهي بعدها الجلسة؛ فارغ: 7 أيام، أو 30 عند التذكّر.'],
  },
  max_login_attempts: {
    en: ['Tries to sign in', 'Tries in a quarter of an hour before an account is locked for as long.'],
    de: ['Anmeldeversuche', 'Versuche in einer Viertelstunde, ehe ein Konto ebenso lange gesperrt wird.'],
    ar: ['محاولات الدخول', 'المحاولات خلال ربع ساعة قبل قفل الحساب للمدة نفسها.'],
  },
  require_2fa_for_admin: {
    en: ['Second factor for staff', 'Whether staff must have shown a second factor.'],
    de: ['Zweiter Faktor für Mitarbeiter', 'Ob Mitarbeiter einen zweiten Faktor gezeigt haben müssen.'],
    ar: ['عامل ثانٍ للموظفين', 'هل على الموظفين إثبات عامل ثانٍ.'],
  },
} as const satisfies Readonly<Record<string, Text>>;
