import { ApiError } from '../../app/api-error.ts';
import { money, number, price } from '../../app/format.ts';
import { explain } from '../../app/notice.tsx';
import { say } from './texts.ts';

interface Broken {
  readonly rule: string;
  readonly limit: number;
  readonly actual: number;
  readonly message: string;
}

const percent = (value: number) => `${number(value, 1)}%`;
const SENTENCES = {
  stop_loss: ['rule_stop_loss', price],
  take_profit: ['rule_take_profit', price],
  cash: ['rule_cash', money],
  risk_per_trade: ['rule_risk_per_trade', percent],
  position_size: ['rule_position_size', percent],
  sector_exposure: ['rule_sector_exposure', percent],
  portfolio_at_risk: ['rule_portfolio_at_risk', percent],
  liquidity: ['rule_liquidity', (value: number) => number(value, 0)],
  short_selling: ['rule_short_selling', String],
  no_price: ['rule_no_price', String],
} as const;

/** Why an order or a level was refused: each rule that it breaks, with what is allowed and what it would be. */
export function Refused({ error }: { error: Error | null }) {
  if (!error) return null;
  const rules = error instanceof ApiError && Array.isArray(error.details) ? (error.details as Broken[]) : [];
  if (rules.length === 0 || rules.some(({ rule }) => !rule))
    return (
      <p className="small down" role="alert">
        {explain(error)}
      </p>
    );
  return (
    <div className="small down" role="alert">
      <p>{say('rulesBroken')}</p>
      <ul className="plain-list">
        {rules.map((broken) => (
          <li key={broken.rule}>{sentence(broken)}</li>
        ))}
      </ul>
    </div>
  );
}

function sentence({ rule, limit, actual, message }: Broken): string {
  if (!Object.hasOwn(SENTENCES, rule)) return message;
  const [key, format] = SENTENCES[rule as keyof typeof SENTENCES];
  return say(key, { limit: format(limit), actual: format(actual) });
}
