import type { Vendor } from '../vendor.ts';
import { apple } from './apple.ts';
import { azure } from './azure.ts';
import { bitbucket } from './bitbucket.ts';
import { discord } from './discord.ts';
import { facebook } from './facebook.ts';
import { figma } from './figma.ts';
import { fly } from './fly.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { google } from './google.ts';
import { kakao } from './kakao.ts';
import { linkedin } from './linkedin.ts';
import { notion } from './notion.ts';
import { keycloak } from './oidc-standard.ts';
import { slack } from './slack.ts';
import { spotify } from './spotify.ts';
import { twitch } from './twitch.ts';
import { workos } from './workos.ts';
import { x } from './x.ts';
import { zoom } from './zoom.ts';

/** By the name that config.toml ([auth.external.<name>]) and clients use. */
export const VENDORS: Readonly<Record<string, Vendor>> = {
  apple,
  azure,
  bitbucket,
  discord,
  facebook,
  figma,
  fly,
  github,
  gitlab,
  google,
  kakao,
  keycloak,
  linkedin_oidc: linkedin,
  notion,
  slack_oidc: slack,
  spotify,
  // OAuth 1.0a, which `twitter` used to be, is switched off by the vendor for new apps: the name goes to its successor.
  twitter: x,
  twitch,
  workos,
  x,
  zoom,
};
