import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { userIdOf } from '../../paper-trading.ts';
import { dropIslamicPreferences, islamicPreferences, setIslamicPreferences } from '../../queries/shariah.ts';
import type { KurzoraServices } from '../../services.ts';

const URL_PATH = '/api/v1/user/islamic-preferences';
const Preferences = Type.Object({
  /** Whether the person asks for the screen. */
  enabled: Type.Boolean(),
  /** Lists of signals show compliant stocks unless asked otherwise. */
  strictMode: Type.Boolean(),
  /** Interest income or forbidden revenue between 3 and 5 percent is taken. */
  acceptMarginal: Type.Boolean(),
  purificationEnabled: Type.Boolean(),
});
const DEFAULTS = { strictMode: true, acceptMarginal: false, purificationEnabled: true };

const read = { response: Preferences };
export const getIslamicPreferencesRoute = defineRoute<KurzoraServices, typeof read>({
  method: 'GET',
  url: URL_PATH,
  scope: 'signed-in',
  summary: 'What one asks of the Shariah screen',
  schema: read,
  async handle({ as, identity }) {
    const found = await as((session) => islamicPreferences(session, userIdOf(identity)));
    return { enabled: found !== null, ...(found ?? DEFAULTS) };
  },
});

const change = { body: Type.Partial(Preferences, { minProperties: 1 }), response: Preferences };
export const putIslamicPreferencesRoute = defineRoute<KurzoraServices, typeof change>({
  method: 'PUT',
  url: URL_PATH,
  scope: 'signed-in',
  summary: 'Asks for the Shariah screen, says how strict it is, or ends it',
  schema: change,
  async handle({ as, identity, body }) {
    const userId = userIdOf(identity);
    return await as(async (session) => {
      const known = await islamicPreferences(session, userId);
      const { enabled = true, ...given } = body;
      if (!enabled) {
        await dropIslamicPreferences(session, userId);
        return { enabled, ...DEFAULTS };
      }
      const wanted = { ...DEFAULTS, ...known, ...given };
      await setIslamicPreferences(session, userId, wanted);
      return { enabled, ...wanted };
    });
  },
});
