import * as account from './account.ts';
import * as admin from './admin.ts';
import * as auth from './auth.ts';
import { supabase } from './client.ts';
import * as signals from './signals.ts';
import * as trades from './trades.ts';

const app = { account, admin, auth, signals, supabase, trades };
export type App = typeof app;
Object.assign(globalThis, { app });
await auth.start();
