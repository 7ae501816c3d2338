import type { AuthContext } from '../context.ts';
import type { Answer, AuthRequest } from './endpoint.ts';

/**
 * What POST /token?grant_type=<name> does; the body is JSON or a form and unchecked: use `checkedBody` of check-body.ts.
 * A group that brings grants exports `grants: Grants` from its endpoints/<group>/list.ts; http/routes.ts puts them together.
 */
export type Grant = (context: AuthContext, request: AuthRequest) => Promise<Answer>;
export type Grants = Readonly<Record<string, Grant>>;
