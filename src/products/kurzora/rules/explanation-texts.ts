import type { Dimensions } from './dimensions.ts';

/** How an explanation reads in one language. Numbers are the signal's own, with a point as everywhere in its data. */
export interface ExplanationTexts {
  readonly comma: string;
  readonly withoutScore: string;
  readonly strengths: Readonly<Record<string, string>>;
  readonly patterns: Readonly<Record<string, string>>;
  /** Names that differ from those the rows are stored under. */
  readonly indicators: Readonly<Record<string, string>>;
  score(of: { ticker: string; finalScore: number; strength: string; scores: string }): string;
  dimensions(of: Dimensions & { readonly baseScore: number }): string;
  divergence(pattern: string, bonus: number): string;
  lead(of: { name: string; timeframe: string; points: number }): string;
}

const NAMES = { Bollinger: 'Bollinger %B', Stochastic: 'Stochastic %K', Williams_R: 'Williams %R' };

const en: ExplanationTexts = {
  comma: ', ',
  withoutScore: 'without score',
  strengths: {
    STR_BUY: 'strong buy',
    BUY: 'buy',
    WEAK_BUY: 'weak buy',
    NEUTRAL: 'neutral',
    WEAK_SELL: 'weak sell',
    SELL: 'sell',
    STR_SELL: 'strong sell',
  },
  patterns: {
    bullish_regular: 'bullish regular',
    bearish_regular: 'bearish regular',
    bullish_hidden: 'bullish hidden',
    bearish_hidden: 'bearish hidden',
  },
  indicators: { ...NAMES, Volume: 'volume', SUPPORT_RESISTANCE: 'nearness to support or resistance' },
  score: ({ ticker, finalScore, strength, scores }) => `${ticker} scores ${finalScore} (${strength}): ${scores}.`,
  dimensions: ({ strength, confidence, quality, risk, baseScore }) =>
    `Strength ${strength}, confidence ${confidence}, quality ${quality}, risk ${risk} make ${baseScore}.`,
  divergence: (pattern, bonus) =>
    `A ${pattern} RSI divergence on 1D ${bonus < 0 ? `takes ${-bonus} away` : `adds ${bonus}`}.`,
  lead: ({ name, timeframe, points }) => `The largest single contribution is ${name} on ${timeframe} with +${points}.`,
};

const de: ExplanationTexts = {
  comma: ', ',
  withoutScore: 'ohne Wert',
  strengths: {
    STR_BUY: 'starker Kauf',
    BUY: 'Kauf',
    WEAK_BUY: 'schwacher Kauf',
    NEUTRAL: 'neutral',
    WEAK_SELL: 'schwacher Verkauf',
    SELL: 'Verkauf',
    STR_SELL: 'starker Verkauf',
  },
  patterns: {
    bullish_regular: 'reguläre bullische',
    bearish_regular: 'reguläre bärische',
    bullish_hidden: 'verdeckte bullische',
    bearish_hidden: 'verdeckte bärische',
  },
  indicators: { ...NAMES, Volume: 'Volumen', SUPPORT_RESISTANCE: 'Nähe zu Unterstützung oder Widerstand' },
  score: ({ ticker, finalScore, strength, scores }) =>
    `${ticker} erreicht ${finalScore} Punkte (${strength}): ${scores}.`,
  dimensions: ({ strength, confidence, quality, risk, baseScore }) =>
    `Stärke ${strength}, Konfidenz ${confidence}, Qualität ${quality} und Risiko ${risk} ergeben ${baseScore}.`,
  divergence: (pattern, bonus) =>
    `Eine ${pattern} RSI-Divergenz auf 1D ${bonus < 0 ? `nimmt ${-bonus} weg` : `bringt ${bonus} hinzu`}.`,
  lead: ({ name, timeframe, points }) =>
    `Den größten einzelnen Beitrag mit +${points} leistet ${name} auf ${timeframe}.`,
};

/** U+200E keeps a Latin run such as `1H 72` whole where Arabic surrounds it. */
const ltr = (text: string | number) => `\u200e${text}\u200e`;

const ar: ExplanationTexts = {
  comma: '، ',
  withoutScore: 'بلا درجة',
  strengths: {
    STR_BUY: 'شراء قوي',
    BUY: 'شراء',
    WEAK_BUY: 'شراء ضعيف',
    NEUTRAL: 'محايد',
    WEAK_SELL: 'بيع ضعيف',
    SELL: 'بيع',
    STR_SELL: 'بيع قوي',
  },
  patterns: {
    bullish_regular: 'صاعد عادي',
    bearish_regular: 'هابط عادي',
    bullish_hidden: 'صاعد خفي',
    bearish_hidden: 'هابط خفي',
  },
  indicators: { ...NAMES, Volume: 'حجم التداول', SUPPORT_RESISTANCE: 'القرب من الدعم أو المقاومة' },
  score: ({ ticker, finalScore, strength, scores }) =>
    `درجة ${ltr(ticker)} هي ${ltr(finalScore)} (${strength}): ${scores}.`,
  dimensions: ({ strength, confidence, quality, risk, baseScore }) =>
    `القوة ${ltr(strength)} والثقة ${ltr(confidence)} والجودة ${ltr(quality)} والمخاطرة ${ltr(risk)} تعطي معًا ${ltr(baseScore)}.`,
  divergence: (pattern, bonus) =>
    `تباعد ${pattern} في RSI على الإطار ${ltr('1D')} ${bonus < 0 ? `يخصم ${ltr(-bonus)}` : `يضيف ${ltr(bonus)}`}.`,
  lead: ({ name, timeframe, points }) =>
    `أكبر مساهمة منفردة من ${name} على الإطار ${ltr(timeframe)} بمقدار ${ltr(`+${points}`)}.`,
};

export const EXPLANATION_TEXTS = { en, de, ar } as const satisfies Record<string, ExplanationTexts>;
export type ExplanationLanguage = keyof typeof EXPLANATION_TEXTS;
