/**
 * The companies of the simulated exchange: all invented, the same for every seed. A ticker has five letters and ends in J,
 * as no share listed in the United States does, so that nobody mistakes one for a real company.
 */
import type { Stock } from '../api.ts';
import { keyOf, mix, uniform } from './randomness.ts';

export const UNIVERSE_SIZE = 6000;

/** What the price process needs to know of a company beyond what `Stock` tells. */
export interface Company {
  readonly stock: Stock;
  readonly sectorIndex: number;
  /** Price around which the stock moves over the years, in dollars. */
  readonly basePrice: number;
  /** How much of a move of the market and of the sector the stock makes. */
  readonly marketBeta: number;
  readonly sectorBeta: number;
  /** Standard deviation of the stock's own daily log return. */
  readonly volatility: number;
  /** Shares traded on an ordinary day. */
  readonly dailyVolume: number;
}

interface Sector {
  readonly name: string;
  readonly share: number;
  readonly industries: readonly (readonly [industry: string, suffix: string])[];
}

export const SECTORS: readonly Sector[] = [
  sector('Technology', 0.17, ['Software', 'Systems'], ['Semiconductors', 'Devices'], ['IT Services', 'Digital']),
  sector(
    'Health Care',
    0.16,
    ['Biotechnology', 'Therapeutics'],
    ['Medical Devices', 'Medical'],
    ['Care Providers', 'Health'],
  ),
  sector('Financials', 0.15, ['Banks', 'Bancorp'], ['Insurance', 'Assurance'], ['Capital Markets', 'Capital']),
  sector(
    'Consumer Discretionary',
    0.11,
    ['Retail', 'Stores'],
    ['Casinos & Gaming', 'Resorts'],
    ['Automobiles', 'Motors'],
  ),
  sector('Industrials', 0.13, ['Machinery', 'Works'], ['Aerospace & Defense', 'Aeronautics'], ['Freight', 'Logistics']),
  sector(
    'Communication Services',
    0.05,
    ['Media', 'Media'],
    ['Telecommunications', 'Networks'],
    ['Games', 'Interactive'],
  ),
  sector(
    'Consumer Staples',
    0.05,
    ['Food Products', 'Foods'],
    ['Brewers & Distillers', 'Brewing'],
    ['Household Products', 'Home'],
  ),
  sector(
    'Energy',
    0.05,
    ['Oil & Gas', 'Petroleum'],
    ['Energy Equipment', 'Drilling'],
    ['Renewable Energy', 'Renewables'],
  ),
  sector('Materials', 0.05, ['Chemicals', 'Chemical'], ['Metals & Mining', 'Mining'], ['Packaging', 'Packaging']),
  sector(
    'Real Estate',
    0.05,
    ['Office REITs', 'Properties'],
    ['Residential REITs', 'Homes'],
    ['Industrial REITs', 'Realty'],
  ),
  sector('Utilities', 0.03, ['Electric Utilities', 'Power'], ['Gas Utilities', 'Gas'], ['Water Utilities', 'Water']),
];

function sector(name: string, share: number, ...industries: (readonly [string, string])[]): Sector {
  return { name, share, industries };
}

const IDENTITY = keyOf(0, 'companies of the simulated exchange');
const ONSETS = [
  'B',
  'Br',
  'C',
  'D',
  'Dr',
  'F',
  'G',
  'Gr',
  'H',
  'K',
  'L',
  'M',
  'N',
  'P',
  'Qu',
  'R',
  'S',
  'St',
  'T',
  'Tr',
  'V',
  'W',
  'Z',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ae', 'ia', 'eo'];
const MIDDLES = ['l', 'lm', 'n', 'nd', 'r', 'rv', 'st', 'v', 'x', 'z', 'b', 'd', 'm', 'th', 'k', 'sk'];
const ENDINGS = ['a', 'or', 'is', 'ent', 'ara', 'ion', 'ex', 'um', 'eth', 'ova', 'ine', 'us', 'ell', 'ia', 'ort', 'yn'];

let companies: readonly Company[] | undefined;
let byTicker: ReadonlyMap<string, Company> | undefined;

/** All 6,000 companies, largest first; built once, in some 15 ms. */
export function simulatedCompanies(): readonly Company[] {
  companies ??= foundCompanies();
  return companies;
}

export function simulatedCompany(ticker: string): Company | undefined {
  byTicker ??= new Map(simulatedCompanies().map((company) => [company.stock.ticker, company]));
  return byTicker.get(ticker);
}

function foundCompanies(): Company[] {
  const takenNames = new Set<string>();
  const takenTickers = new Set<string>();
  return Array.from({ length: UNIVERSE_SIZE }, (_, rank) => {
    const key = mix(IDENTITY, rank);
    const name = unusedName(key, takenNames);
    return found(rank, key, name, unusedTicker(name, key, takenTickers));
  });
}

function found(rank: number, key: number, name: string, ticker: string): Company {
  const draw = (index: number) => uniform(key, 100 + index);
  const sectorIndex = pickSector(draw(0));
  const { name: sectorName, industries } = SECTORS[sectorIndex]!;
  const [industry, suffix] = industries[Math.floor(draw(1) * industries.length)]!;
  // Sizes fall off as a power of the rank, as they do on real exchanges: from some $2 trillion to $150 million.
  const marketCap = Math.round((2e12 * (0.9 + 0.2 * draw(2))) / (rank + 1) ** 1.08 / 1e6) * 1e6;
  const basePrice = Math.exp(2 + 2.6 * draw(3) - 1.2 * (rank / UNIVERSE_SIZE));
  const thin = rank > 400 && draw(4) < 0.12;
  const turnover = thin ? 0.0001 + 0.0003 * draw(5) : 0.002 + 0.008 * draw(5);
  return {
    stock: {
      ticker,
      companyName: `${name} ${suffix}`,
      sector: sectorName,
      industry,
      marketCap,
      priority: rank + 1,
      source: 'simulated',
    },
    sectorIndex,
    basePrice,
    marketBeta: 0.4 + 1.2 * draw(6),
    sectorBeta: 0.5 + draw(7),
    volatility: 0.009 + 0.012 * draw(8) + 0.016 * (rank / UNIVERSE_SIZE) * draw(9),
    dailyVolume: Math.max(500, (marketCap / basePrice) * turnover),
  };
}

function pickSector(draw: number): number {
  let rest = draw;
  const index = SECTORS.findIndex(({ share }) => {
    rest -= share;
    return rest < 0;
  });
  return index < 0 ? SECTORS.length - 1 : index;
}

function unusedName(key: number, taken: Set<string>): string {
  for (let attempt = 0; ; attempt++) {
    const pick = (list: readonly string[], part: number) => list[mix(key, attempt * 8 + part) % list.length]!;
    const name = pick(ONSETS, 0) + pick(VOWELS, 1) + pick(MIDDLES, 2) + pick(ENDINGS, 3);
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** Four letters of the name, its first among them, and J. When all such choices are taken, any letters. */
function unusedTicker(name: string, key: number, taken: Set<string>): string {
  const letters = name.toUpperCase();
  for (let attempt = 0; ; attempt++) {
    const ticker = `${attempt < 40 ? thinned(letters, mix(key, 500 + attempt)) : anyLetters(mix(key, 500 + attempt))}J`;
    if (taken.has(ticker)) continue;
    taken.add(ticker);
    return ticker;
  }
}

/** Drops letters other than the first until four are left. */
function thinned(letters: string, bits: number): string {
  let left = letters;
  for (let rest = bits; left.length > 4; rest = mix(rest, left.length)) {
    const drop = 1 + (rest % (left.length - 1));
    left = left.slice(0, drop) + left.slice(drop + 1);
  }
  return left.padEnd(4, 'X');
}

function anyLetters(bits: number): string {
  return Array.from({ length: 4 }, (_, index) => String.fromCharCode(65 + (mix(bits, index) % 26))).join('');
}
