import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testDatabase } from '../../../test/database.ts';
import { kurzora } from './product.ts';
import { readAccount, resetPortfolio } from './queries/portfolio.ts';
import { openTrades, settle } from './queries/settle-trades.ts';
import { summaryOf } from './rules/portfolio.ts';
import { testCustomer } from './test-customer.ts';

const price = fc.integer({ min: 100, max: 99_999_999 }).map((n) => n / 10_000);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('buy' as const),
    quantity: fc.integer({ min: 1, max: 500 }),
    price,
    sale: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('close' as const), price }),
  fc.record({ kind: fc.constant('mark' as const), price }),
  fc.record({ kind: fc.constant('stop' as const), price }),
  fc.constant({ kind: 'reset' as const }),
);

test('whatever people, bars and resets do, the database’s cash is the rules’ cash', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { id, identity } = await testCustomer(db);
      for (const each of steps) {
        if (each.kind === 'buy')
          await db.database.as(identity, (session) =>
            session.execute(
              `insert into public.paper_trades (user_id, ticker, trade_type, quantity, entry_price) values ($1, 'T', $2, $3, $4)`,
              [id, each.sale ? 'sell' : 'buy', each.quantity, each.price],
            ),
          );
        else if (each.kind === 'close')
          await db.database.as(identity, (session) =>
            session.execute(
              `update public.paper_trades set is_open = false, exit_price = $2
               where id = (select id from public.paper_trades where user_id = $1 and is_open limit 1)`,
              [id, each.price],
            ),
          );
        else if (each.kind === 'reset')
          await db.database.asService((session) => resetPortfolio(session, id, Date.now()));
        else
          await db.database.asService(async (session) => {
            const trades = (await openTrades(session, Date.now() + 60_000)).slice(0, 3);
            const exit =
              each.kind === 'stop'
                ? { reason: 'stop_loss' as const, at: new Date().toISOString() }
                : { reason: null, at: null };
            await settle(
              session,
              trades.map((trade) => ({ id: trade.id, since: trade.since, price: each.price, ...exit })),
            );
          });
      }
      const account = await db.database.as(identity, (session) => readAccount(session, id));
      const { cash, totalValue, marketValue } = summaryOf(account.startingBalance, account.trades);
      const stored = await db.database.as(identity, (session) =>
        session.one(
          `select p.balance::float8 as balance, u.current_balance::float8 as current
           from public.user_portfolio p join public.users u on u.id = p.user_id where p.user_id = $1`,
          [id],
        ),
      );
      assert.deepEqual(stored, { balance: cash, current: cash });
      assert.equal(Math.round(totalValue * 100), Math.round(cash * 100) + Math.round(marketValue * 100));
    }),
    { numRuns: 25 },
  );
});
