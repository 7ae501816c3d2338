import { textsOf } from '../../app/language.ts';

/** The eleven sectors as exchanges name them. */
export const TEXTS = {
  en: {
    Technology: 'Technology',
    'Information Technology': 'Information technology',
    'Health Care': 'Health care',
    Healthcare: 'Health care',
    Financials: 'Financials',
    'Financial Services': 'Financial services',
    'Consumer Discretionary': 'Consumer discretionary',
    'Consumer Staples': 'Consumer staples',
    Industrials: 'Industrials',
    'Communication Services': 'Communication services',
    Energy: 'Energy',
    Materials: 'Materials',
    'Real Estate': 'Real estate',
    Utilities: 'Utilities',
  },
  de: {
    Technology: 'Technologie',
    'Information Technology': 'Informationstechnik',
    'Health Care': 'Gesundheit',
    Healthcare: 'Gesundheit',
    Financials: 'Finanzen',
    'Financial Services': 'Finanzdienstleistungen',
    'Consumer Discretionary': 'Zyklischer Konsum',
    'Consumer Staples': 'Basiskonsumgüter',
    Industrials: 'Industrie',
    'Communication Services': 'Kommunikation',
    Energy: 'Energie',
    Materials: 'Grundstoffe',
    'Real Estate': 'Immobilien',
    Utilities: 'Versorger',
  },
  ar: {
    Technology: 'التكنولوجيا',
    'Information Technology': 'تقنية المعلومات',
    'Health Care': 'الرعاية الصحية',
    Healthcare: 'الرعاية الصحية',
    Financials: 'القطاع المالي',
    'Financial Services': 'الخدمات المالية',
    'Consumer Discretionary': 'السلع الكمالية',
    'Consumer Staples': 'السلع الأساسية',
    Industrials: 'الصناعة',
    'Communication Services': 'خدمات الاتصالات',
    Energy: 'الطاقة',
    Materials: 'المواد الأساسية',
    'Real Estate': 'العقارات',
    Utilities: 'المرافق',
  },
} as const;

const say = textsOf<string>(TEXTS);

/** A sector in the reader's language; one that is not known here as its source names it. */
export const sectorName = (sector: string): string => (Object.hasOwn(TEXTS.en, sector) ? say(sector) : sector);
