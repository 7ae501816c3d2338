import { Link } from '../../app/link.tsx';
import { say } from './texts.ts';

/** What this plan lacks, and where the one is that has it. */
export function NeedsPlan() {
  return (
    <>
      {say('needsPlan', { plan: 'Professional' })} <Link to="/pricing">{say('seePlans')}</Link>
    </>
  );
}
