/** Watchlists of who asks: the policies show nobody another's. */
import type { Session } from '#kernel/postgres/database.ts';
import type { Watchlist, WatchlistItem } from '../portfolio-contract.ts';

interface WatchlistRow extends Omit<Watchlist, 'createdAt' | 'updatedAt'> {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
/** An item as the database knows it: prices come from the market data. */
export type ListedItem = Omit<WatchlistItem, 'price' | 'changePercent'>;
interface ItemRow extends Omit<ListedItem, 'addedAt'> {
  readonly addedAt: Date;
}

const LISTS = `
  select l.id, l.name, l.description, l.is_default as "isDefault", l.created_at as "createdAt", l.updated_at as "updatedAt",
         (select count(*)::int from public.watchlist_items i where i.watchlist_id = l.id) as "itemCount"
  from public.user_watchlists l`;

const listOf = ({ createdAt, updatedAt, ...row }: WatchlistRow): Watchlist => ({
  ...row,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
const itemOf = ({ addedAt, ...row }: ItemRow): ListedItem => ({ ...row, addedAt: addedAt.toISOString() });

/** The default list first, then by name. */
export async function listWatchlists(session: Session): Promise<Watchlist[]> {
  return (await session.query<WatchlistRow>(`${LISTS} order by l.is_default desc, l.name`)).map(listOf);
}

export async function findWatchlist(session: Session, id: string): Promise<Watchlist | undefined> {
  const row = await session.maybeOne<WatchlistRow>(`${LISTS} where l.id = $1`, [id]);
  return row && listOf(row);
}

export interface WatchlistChange {
  readonly name?: string;
  readonly description?: string | null;
  readonly isDefault?: boolean;
}

/** 23505 when there is a list of this name. */
export async function createWatchlist(
  session: Session,
  userId: string,
  { name, description = null, isDefault = false }: WatchlistChange & { name: string },
): Promise<Watchlist> {
  if (isDefault) await clearDefault(session);
  const { id } = await session.one<{ id: string }>(
    'insert into public.user_watchlists (user_id, name, description, is_default) values ($1, $2, $3, $4) returning id',
    [userId, name, description, isDefault],
  );
  return (await findWatchlist(session, id))!;
}

/** Changes what is given; undefined when there is no such list. */
export async function changeWatchlist(
  session: Session,
  id: string,
  change: WatchlistChange,
): Promise<Watchlist | undefined> {
  if (!(await findWatchlist(session, id))) return undefined;
  if (change.isDefault) await clearDefault(session);
  await session.execute(
    `update public.user_watchlists
     set name = coalesce($2, name), description = case when $3 then $4 else description end, is_default = is_default or $5
     where id = $1`,
    [id, change.name ?? null, change.description !== undefined, change.description ?? null, change.isDefault ?? false],
  );
  return await findWatchlist(session, id);
}

/** There is one default list at most: the old one gives way. */
async function clearDefault(session: Session): Promise<void> {
  await session.execute('update public.user_watchlists set is_default = false where is_default');
}

export async function deleteWatchlist(session: Session, id: string): Promise<void> {
  await session.execute('delete from public.user_watchlists where id = $1', [id]);
}

const ITEMS = `
  select i.ticker as symbol, i.notes, i.added_at as "addedAt", s.company_name as "companyName", s.sector, live.signal
  from public.watchlist_items i left join public.active_stocks s on s.ticker = i.ticker
  left join lateral (
    select jsonb_build_object('id', t.id, 'signalType', t.signal_type, 'finalScore', t.final_score) as signal
    from public.trading_signals t where t.ticker = i.ticker and t.status in ('active', 'triggered')
    order by t.final_score desc, t.id limit 1) live on true`;

/** Newest first. */
export async function listItems(session: Session, listId: string): Promise<ListedItem[]> {
  const rows = await session.query<ItemRow>(`${ITEMS} where i.watchlist_id = $1 order by i.added_at desc, i.ticker`, [
    listId,
  ]);
  return rows.map(itemOf);
}

export async function findItem(session: Session, listId: string, symbol: string): Promise<ListedItem | undefined> {
  const row = await session.maybeOne<ItemRow>(`${ITEMS} where i.watchlist_id = $1 and i.ticker = upper($2)`, [
    listId,
    symbol,
  ]);
  return row && itemOf(row);
}

/** Adds what is not there yet, in one statement, and says which those were. */
export async function addItems(
  session: Session,
  listId: string,
  items: readonly { readonly symbol: string; readonly notes?: string | null }[],
): Promise<string[]> {
  const rows = await session.query<{ ticker: string }>(
    `insert into public.watchlist_items (watchlist_id, ticker, notes)
     select $1, upper(symbol), max(notes) from jsonb_to_recordset($2::jsonb) as i(symbol text, notes text) group by upper(symbol)
     on conflict (watchlist_id, ticker) do nothing returning ticker`,
    [listId, JSON.stringify(items)],
  );
  return rows.map(({ ticker }) => ticker).sort();
}

/** How many of them were there. */
export async function removeItems(session: Session, listId: string, symbols: readonly string[]): Promise<number> {
  return await session.execute('delete from public.watchlist_items where watchlist_id = $1 and ticker = any ($2)', [
    listId,
    symbols.map((symbol) => symbol.toUpperCase()),
  ]);
}

export async function noteItem(
  session: Session,
  listId: string,
  symbol: string,
  notes: string | null,
): Promise<number> {
  return await session.execute(
    'update public.watchlist_items set notes = $3 where watchlist_id = $1 and ticker = upper($2)',
    [...[listId, symbol, notes]],
  );
}
