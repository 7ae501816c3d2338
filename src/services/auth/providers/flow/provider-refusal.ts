import { withError } from '../../rules/redirects.ts';

/** What the provider itself said (`access_denied`: the person pressed "cancel"), handed on as it is. */
export function withProviderError(
  target: string,
  error: string,
  description: string,
  options: { readonly pkce: boolean },
): string {
  const address = withError(target, { status: 400, code: '', message: description }, options);
  const rewrite = (fields: URLSearchParams) => {
    fields.set('error', error);
    fields.delete('error_code');
    return fields;
  };
  const [base = '', fragment = ''] = address.split('#');
  const [path = '', query] = base.split(/\?(.*)/s);
  const shown = options.pkce && query !== undefined ? `${path}?${rewrite(new URLSearchParams(query))}` : base;
  return `${shown}#${rewrite(new URLSearchParams(fragment))}`;
}
