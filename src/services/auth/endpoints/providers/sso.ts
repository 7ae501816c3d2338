import { Type } from 'typebox';
import { AuthError } from '../../errors.ts';
import { type Endpoint, endpoint } from '../../http/endpoint.ts';

/** SAML is left out: every route of it answers as a GoTrue does whose SAML is switched off. */
const disabled = async (): Promise<never> => {
  throw new AuthError(404, 'saml_provider_disabled', 'SAML 2.0 is disabled');
};
const Anything = Type.Object({});

export const ssoEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/sso', 'public', Anything, disabled),
  endpoint('GET', '/sso/saml/metadata', 'public', Anything, disabled),
  endpoint('POST', '/sso/saml/acs', 'public', Anything, disabled),
  endpoint('GET', '/admin/sso/providers', 'admin', Anything, disabled),
  endpoint('POST', '/admin/sso/providers', 'admin', Anything, disabled),
  endpoint('GET', '/admin/sso/providers/:id', 'admin', Anything, disabled),
  endpoint('PUT', '/admin/sso/providers/:id', 'admin', Anything, disabled),
  endpoint('DELETE', '/admin/sso/providers/:id', 'admin', Anything, disabled),
];
