import type { Cycle } from './billing.ts';
import { say } from './texts.ts';

/** Monthly or yearly. */
export function CycleChoice({ cycle, choose }: { cycle: Cycle; choose: (cycle: Cycle) => void }) {
  return (
    <fieldset className="cycle">
      <legend className="hidden-visually">{say('cycle')}</legend>
      {(['monthly', 'yearly'] as const).map((each) => (
        <label key={each} className={each === cycle ? 'button chosen' : 'button'}>
          <input
            type="radio"
            name="cycle"
            className="hidden-visually"
            checked={each === cycle}
            onChange={() => choose(each)}
          />
          {say(each)}
        </label>
      ))}
    </fieldset>
  );
}
