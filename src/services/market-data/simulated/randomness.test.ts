import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, mix, normal, uniform } from './randomness.ts';

const draws = 200_000;
const moment = (power: number) => {
  let sum = 0;
  for (let index = 0; index < draws; index++) sum += normal(7, index) ** power;
  return sum / draws;
};

test('normal draws have the moments of the normal distribution', () => {
  assert.ok(Math.abs(moment(1)) < 0.01);
  assert.ok(Math.abs(moment(2) - 1) < 0.02);
  assert.ok(Math.abs(moment(3)) < 0.03);
  assert.ok(Math.abs(moment(4) - 3) < 0.1);
});

test('uniform draws fill [0, 1) evenly', () => {
  const cells = new Int32Array(20);
  for (let index = 0; index < draws; index++) cells[Math.floor(uniform(3, index) * 20)]!++;
  for (const count of cells) assert.ok(Math.abs(count / (draws / 20) - 1) < 0.05);
});

test('neighbouring indices and neighbouring keys are independent', () => {
  let alongIndex = 0;
  let alongKey = 0;
  for (let index = 0; index < draws; index++) {
    alongIndex += normal(11, index) * normal(11, index + 1);
    alongKey += normal(index, 5) * normal(index + 1, 5);
  }
  assert.ok(Math.abs(alongIndex / draws) < 0.01);
  assert.ok(Math.abs(alongKey / draws) < 0.01);
});

test('a flipped bit of the index flips about half of the result', () => {
  let flipped = 0;
  for (let index = 0; index < 1000; index++)
    for (let bit = 0; bit < 32; bit++) {
      const difference = mix(99, index) ^ mix(99, index ^ (1 << bit));
      flipped += (difference >>> 0).toString(2).replaceAll('0', '').length;
    }
  assert.ok(Math.abs(flipped / 32_000 - 16) < 0.2);
});

test('a text gives another key in another order or under another seed', () => {
  assert.notEqual(keyOf(1, 'AB'), keyOf(1, 'BA'));
  assert.notEqual(keyOf(1, 'AB'), keyOf(2, 'AB'));
});
