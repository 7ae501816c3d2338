import type { Session } from '#kernel/postgres/database.ts';

export interface TradingSettings {
  readonly startingBalance: number;
  /** Percent of the account an order risks when it names no quantity. */
  readonly riskPercentage: number;
  readonly riskLevel: string;
  /** Whether an order that names no stop gets one. */
  readonly autoStopLoss: boolean;
}

export async function readTradingSettings(session: Session, userId: string): Promise<TradingSettings> {
  return await session.one<TradingSettings>(
    `select p.starting_balance::float8 as "startingBalance", u.risk_percentage::float8 as "riskPercentage",
            coalesce(s.trading ->> 'risk_level', 'medium') as "riskLevel",
            coalesce(s.trading -> 'auto_stop_loss' = 'true', true) as "autoStopLoss"
     from public.users u join public.user_portfolio p on p.user_id = u.id left join public.user_preferences s on s.user_id = u.id
     where u.id = $1`,
    [userId],
  );
}

/** What is undefined stays as it is. */
export async function changeTradingSettings(
  session: Session,
  userId: string,
  { riskPercentage, riskLevel, autoStopLoss }: Partial<TradingSettings>,
): Promise<void> {
  if (riskPercentage !== undefined)
    await session.execute('update public.users set risk_percentage = $2 where id = $1', [userId, riskPercentage]);
  const trading = {
    ...(riskLevel !== undefined && { risk_level: riskLevel }),
    ...(autoStopLoss !== undefined && { auto_stop_loss: autoStopLoss }),
  };
  await session.execute('update public.user_preferences set trading = trading || $2::jsonb where user_id = $1', [
    userId,
    JSON.stringify(trading),
  ]);
}
