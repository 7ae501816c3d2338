import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { mostSimilar, similarNames } from './similar-names.ts';

const NAMES = ['clients', 'projects', 'projects_view', 'tasks'];

test('the closest name by letters is meant, whatever its case', () => {
  equal(mostSimilar(NAMES, 'clientz'), 'clients');
  equal(mostSimilar(NAMES, 'Project'), 'projects');
  equal(mostSimilar(NAMES, 'projectsview'), 'projects_view');
});

test('a name that equals another but for case is that one', () => {
  deepEqual(similarNames(NAMES, 'TASKS'), [{ score: 1, name: 'tasks' }]);
});

test('what resembles nothing gets no hint', () => {
  equal(mostSimilar(NAMES, 'xyz'), undefined);
  equal(mostSimilar([], 'clients'), undefined);
});
