/** What the script registered as its handler, by whichever of the ways that Deno and Supabase know. */
export type Handler = (request: Request, info?: unknown) => Response | Promise<Response>;

let handler: Handler | undefined;

export function registerHandler(given: Handler): void {
  if (typeof given !== 'function') throw new TypeError('A handler must be a function that takes a Request');
  handler = given;
}

/** Of Deno.serve and the like, or the module's default export. */
export function registeredHandler(module: { readonly default?: unknown }): Handler | undefined {
  if (handler) return handler;
  const exported = module.default as Handler | { fetch?: Handler } | undefined;
  if (typeof exported === 'function') return exported;
  const fetcher = exported?.fetch;
  return typeof fetcher === 'function' ? (request, info) => fetcher.call(exported, request, info) : undefined;
}
