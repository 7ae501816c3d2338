import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excludedBusinesses } from './business.ts';
import { ratiosOf, type ShariahRatios, screen } from './screen.ts';

const CLEAN: ShariahRatios = { debtToMarketCap: 10, cashToMarketCap: 10, interestIncome: 0, nonPermissibleRevenue: 0 };

test('the vector of section 16: 26 % debt, 0.5 % interest, 2 % forbidden, 10 % cash scores 80 and owes 2.5 %', () => {
  const ratios = ratiosOf({
    ...{ marketCap: 1000, totalDebt: 260, cash: 100 },
    ...{ revenue: 200, interestIncome: 1, nonPermissibleRevenue: 4 },
  });
  assert.deepEqual(ratios, { debtToMarketCap: 26, cashToMarketCap: 10, interestIncome: 0.5, nonPermissibleRevenue: 2 });
  assert.deepEqual(screen(ratios, []), {
    ...{ status: 'compliant', score: 80, violations: [] },
    ...{ requiresPurification: true, purificationPercentage: 2.5 },
  });
});

test('limits belong to what is allowed; the hundredth beyond does not', () => {
  const at = (change: Partial<ShariahRatios>) => screen({ ...CLEAN, ...change }, []);
  assert.deepEqual([at({ debtToMarketCap: 33 }).score, at({ debtToMarketCap: 33 }).status], [85, 'compliant']);
  assert.deepEqual(at({ debtToMarketCap: 33.01 }).violations, ['debtToMarketCap']);
  assert.equal(at({ interestIncome: 5 }).status, 'compliant');
  assert.deepEqual([at({ interestIncome: 5.01 }).status, at({ interestIncome: 5.01 }).score], ['non_compliant', 75]);
  assert.equal(at({ cashToMarketCap: 20 }).score, 100);
  assert.equal(at({ cashToMarketCap: 20.01 }).score, 95);
  assert.equal(at({ nonPermissibleRevenue: 0.1 }).requiresPurification, false);
  assert.equal(at({ nonPermissibleRevenue: 0.11 }).requiresPurification, true);
  const worn = at({ debtToMarketCap: 30, cashToMarketCap: 30, interestIncome: 2 });
  assert.deepEqual([worn.score, worn.status], [65, 'review_required']);
});

test('what is not known is pending, never compliant; what is known to be too much is enough', () => {
  for (const name of Object.keys(CLEAN) as (keyof ShariahRatios)[]) {
    const found = screen({ ...CLEAN, [name]: null }, []);
    assert.deepEqual([found.status, found.score], ['pending', null], name);
  }
  const partly = screen({ ...CLEAN, cashToMarketCap: null, debtToMarketCap: 40 }, []);
  assert.deepEqual([partly.status, partly.score], ['non_compliant', null]);
  const nothing = { marketCap: null, totalDebt: 1, cash: 1, revenue: 0, interestIncome: 1, nonPermissibleRevenue: 1 };
  assert.deepEqual(Object.values(ratiosOf(nothing)), [null, null, null, null]);
  assert.deepEqual([screen(CLEAN, ['alcohol']).status, screen(CLEAN, ['alcohol']).score], ['non_compliant', 0]);
});

test('businesses are found by whole words', () => {
  for (const [text, found] of [
    ['Brewers & Distillers', ['alcohol']],
    ['Casinos & Gaming', ['gambling']],
    ['Regional Banks', ['conventional_banking']],
    ['Property & Casualty Insurance', ['conventional_insurance']],
    ['Tobacco', ['tobacco']],
    ['pork, bacon and HAM products', ['pork']],
    ['Graham Holdings, Birmingham', []],
    ['Swinerton, Wineglass, Hamilton, Shams', []],
    ['Video Games', []],
    ['Islamic banking and takaful', []],
    ['Food bank logistics', []],
    ['Riverbank Software', []],
    ['Non-alcoholic beverages', []],
    ['Assurance IQ', ['conventional_insurance']],
  ] as const)
    assert.deepEqual(excludedBusinesses(text), found, text);
  assert.deepEqual(excludedBusinesses(null, undefined), []);
});
