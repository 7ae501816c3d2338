import { textsOf } from '../../../app/language.ts';

export const TEXTS = {
  en: {
    users: 'Users',
    signals: 'Signals',
    trades: 'Paper trades',
    revenue: 'Revenue a month (estimate)',
    activeOf: '{n} active',
    liveOf: '{n} active',
    openOf: '{n} open',
    last24h: '{n} in the last 24 h',
    subscriptions: '{n} paid subscriptions',
  },
  de: {
    users: 'Nutzer',
    signals: 'Signale',
    trades: 'Trades',
    revenue: 'Umsatz im Monat (Schätzung)',
    activeOf: '{n} aktiv',
    liveOf: '{n} aktiv',
    openOf: '{n} offen',
    last24h: '{n} in den letzten 24 h',
    subscriptions: '{n} bezahlte Abos',
  },
  ar: {
    users: 'المستخدمون',
    signals: 'الإشارات',
    trades: 'صفقات تجريبية',
    revenue: 'الإيراد الشهري (تقدير)',
    activeOf: '{n} نشط',
    liveOf: '{n} نشطة',
    openOf: '{n} مفتوحة',
    last24h: '{n} خلال 24 ساعة',
    subscriptions: '{n} اشتراكات مدفوعة',
  },
} as const;

export const say = textsOf(TEXTS);
