import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { sharedData } from '../../../../test/shared-data.ts';
import { SECTORS, simulatedCompanies, simulatedCompany, UNIVERSE_SIZE } from './universe.ts';

const companies = simulatedCompanies();
const listed = sharedData('reference/us_listed_symbols.csv.gz');

test('there are 6,000 companies, each with a name and ticker of its own', () => {
  assert.equal(companies.length, UNIVERSE_SIZE);
  assert.equal(new Set(companies.map(({ stock }) => stock.ticker)).size, UNIVERSE_SIZE);
  assert.equal(new Set(companies.map(({ stock }) => stock.companyName)).size, UNIVERSE_SIZE);
  for (const { stock } of companies) assert.match(stock.ticker, /^[A-Z]{4}J$/);
});

test('no ticker is one of a listed company', { skip: listed.skip }, () => {
  const real = new Set(
    gunzipSync(readFileSync(listed.path))
      .toString()
      .split('\n')
      .map((line) => line.slice(0, line.indexOf(','))),
  );
  assert.ok(real.has('AAPL') && real.size > 5000);
  assert.deepEqual(
    companies.filter(({ stock }) => real.has(stock.ticker)),
    [],
  );
});

test('every sector is there with every one of its industries, roughly by its share', () => {
  for (const { name, share, industries } of SECTORS) {
    const members = companies.filter(({ stock }) => stock.sector === name);
    assert.ok(Math.abs(members.length / UNIVERSE_SIZE - share) < 0.02, name);
    assert.equal(new Set(members.map(({ stock }) => stock.industry)).size, industries.length);
  }
});

test('priority follows size, and a company is found by its ticker', () => {
  assert.deepEqual(
    companies.map(({ stock }) => stock.priority),
    companies.map((_, index) => index + 1),
  );
  assert.ok(companies[0]!.stock.marketCap! > 100 * companies[3000]!.stock.marketCap!);
  assert.equal(simulatedCompany(companies[17]!.stock.ticker), companies[17]);
  assert.equal(simulatedCompany('AAPL'), undefined);
});
