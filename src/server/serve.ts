import type { FastifyInstance } from 'fastify';
import type { Config } from '#kernel/config.ts';
import { mountProject, mountWeb } from '#kernel/http/server.ts';
import type { Logger } from '#kernel/log.ts';
import type { AccountRules } from '#kernel/product.ts';
import { openSecrets } from '#kernel/secrets.ts';
import { configTable, type ProjectKeys, projectKeys } from '#services/project-folder/api.ts';
import { listenOn } from './listen.ts';
import type { OpenProject } from './open-project.ts';
import { createProjectApp } from './project-app.ts';
import type { ServiceSettings } from './supabase-services.ts';

/** What a product's services are set to: /rest/v1 shows `public` with the limits that Supabase sets, mails lead to its own pages. */
function productSettings(config: Config): ServiceSettings {
  const { host, port, publicUrl } = config;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const site_url = publicUrl ?? `http://${shown}:${port}`;
  const auth = {
    site_url,
    jwt_expiry: 900,
    minimum_password_length: 8,
    email: {
      enable_confirmations: config.confirmEmail,
      ...(config.smtpUrl && { smtp: smtpTable(config.smtpUrl, config.mailFrom) }),
    },
    ...(config.smtpUrl && { rate_limit: { email_sent: 1000 } }),
    mfa: { totp: { enroll_enabled: true, verify_enabled: true } },
  };
  return {
    api: { enabled: true, schemas: ['public'], extraSearchPath: ['public', 'extensions'], maxRows: 1000 },
    table: configTable({ auth }, 'the product'),
    functions: [],
    keptSessions: 5,
    // A front end's admin makes accounts with the public sign-up: a session would take the place of his own.
    signUpWithoutSession: (data) => data['created_by_admin'] === true,
    // Otherwise a stolen password would read everything through /rest/v1, second factor or not.
    roleBeforeSecondFactor: 'anon',
  };
}

/** SMTP_URL and MAIL_FROM (`Name <address>` or an address) as config.toml has them. */
function smtpTable(smtpUrl: string, mailFrom: string) {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const [, name = '', address] = /^(.*?)\s*<([^>]+)>$/.exec(mailFrom) ?? [];
  return {
    host: hostname,
    port: Number(port) || (protocol === 'smtps:' ? 465 : 587),
    user: decodeURIComponent(username),
    pass: decodeURIComponent(password),
    admin_email: address ?? mailFrom,
    sender_name: name.replace(/^"|"$/g, ''),
  };
}

/** Keys of a product's project, from the secret of the environment or of the data folder. */
export function keysOf(config: Config): ProjectKeys {
  const secret = config.jwtSecret ?? openSecrets(config.dataFolder, config.mode).obtain('jwtSecret');
  return projectKeys({}, '', secret);
}

/** The product's functions, each with what its routes find around them. */
function handlersOf({ product, project, services }: OpenProject<unknown>): NonNullable<ServiceSettings['handlers']> {
  return Object.fromEntries(
    Object.entries(product.functions ?? {}).map(([name, { verifyJwt, handle }]) => [
      name,
      { verifyJwt, handle: (request, caller) => handle(request, { project, services, ...caller }) },
    ]),
  );
}

function rulesOf({ product, services }: OpenProject<unknown>): AccountRules | undefined {
  return product.accountRules?.(services);
}

export interface Serving {
  readonly config: Config;
  readonly log: Logger;
  readonly open: OpenProject<unknown>;
  readonly keys: ProjectKeys;
  /** Folder of the built pages. */
  readonly web: string;
}

/** The product's address: its API, its pages, the data API and what operators look at. Listening when it resolves; `running` undoes it. */
export async function serve(serving: Serving, running: AsyncDisposableStack): Promise<FastifyInstance> {
  const { config, log, open, keys, web } = serving;
  const { project, services } = open;
  const { app, tokens, platform } = await createProjectApp(
    {
      config,
      log,
      ...open,
      keys,
      settings: { ...productSettings(config), handlers: handlersOf(open), accountRules: rulesOf(open) },
    },
    running,
  );
  open.product.connect?.(services, platform);
  mountProject(app, { project, services, product: open.product, tokens });
  if (open.product.web) {
    // What our own pages open the client with; the anonymous key is public by design.
    app.get('/client.json', { schema: { hide: true } }, async () => ({ anonKey: keys.anonKey }));
    mountWeb(app, web);
  }
  await listenOn(app, config);
  return app;
}
