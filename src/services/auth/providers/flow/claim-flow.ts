import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../../context.ts';
import { deleteFlow, type FlowStateRow, findFlow } from '../../flows/flow-state.ts';
import { flowIdOf } from './state.ts';

/** The flow of this state, used up: the first who comes gets it. */
export async function claimFlow(context: AuthContext, tx: Session, state: string): Promise<FlowStateRow | undefined> {
  const id = flowIdOf(context, state);
  const flow = id === undefined ? undefined : await findFlow(tx, id);
  return flow && (await deleteFlow(tx, flow.id)) ? flow : undefined;
}
