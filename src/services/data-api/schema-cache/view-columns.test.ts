import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { originsOf, resolveOrigins } from './view-columns.ts';

const target = (resno: number, table: number, column: number, junk = 'false') =>
  `{TARGETENTRY :expr {VAR :varno 1 :varattno ${column}} :resno ${resno} :resname a\\ name :ressortgroupref 0 :resorigtbl ${table} :resorigcol ${column} :resjunk ${junk}}`;

test('columns of a view are read from its query tree: computed ones and junk are left out', () => {
  const tree = `({QUERY :commandType 1 :cteList ({COMMONTABLEEXPR :ctequery {QUERY :targetList (${target(1, 9, 9)})}}) :targetList (${target(1, 100, 2)} ${target(2, 0, 0)} ${target(3, 100, 1, 'true')}) :constvalue 4 [ 1 0 0 0 ] :jointree <>})`;
  deepEqual([...originsOf(tree)], [[1, { table: 100, column: 2 }]]);
});

test('views over views are followed to the table, and a circle ends', () => {
  const at = (table: number, column: number) => new Map([[1, { table, column }]]);
  const resolved = resolveOrigins(
    new Map([
      [1, at(2, 1)],
      [2, at(100, 7)],
      [3, at(4, 1)],
      [4, at(3, 1)],
    ]),
  );
  deepEqual(resolved.get(1)?.get(1), { table: 100, column: 7 });
  deepEqual(resolved.get(3)?.get(1), undefined);
});
