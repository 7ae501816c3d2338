import { Type } from 'typebox';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, OAuthError, validationFailed } from '../../errors.ts';
import { checkedBody } from '../../http/check-body.ts';
import type { Answer, AuthRequest } from '../../http/endpoint.ts';
import { externalAccount, needsVerification } from '../../providers/linking/external-account.ts';
import type { ProviderProfile } from '../../providers/provider.ts';
import { issueSession } from '../../sessions/issue-session.ts';
import { assertMessageFits } from '../../web3/check-message.ts';
import { ethereumAddress, ethereumSignature, signedByEthereum } from '../../web3/ethereum.ts';
import { type Chain, parseSignedMessage, type SignedMessage } from '../../web3/signed-message.ts';
import { signedBySolana, solanaKey, solanaSignature } from '../../web3/solana.ts';

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({ chain: text, message: text, signature: text });

const SHORTEST = 64;
const LONGEST = 20 * 1024;

interface Wallet {
  /** Throws validation_failed (400). */
  assertForm(signature: string): void;
  /** The address as identities keep it. */
  address(text: string): string;
  signed(address: string, message: string, signature: string): boolean;
}

const WALLETS: Readonly<Record<Chain, Wallet>> = {
  solana: {
    assertForm: (signature) => void solanaSignature(signature),
    address: (address) => {
      solanaKey(address);
      return address;
    },
    signed: signedBySolana,
  },
  ethereum: {
    assertForm: (signature) => void ethereumSignature(signature),
    address: ethereumAddress,
    signed: signedByEthereum,
  },
};

/** POST /token?grant_type=web3: a message that a Solana or Ethereum wallet signed. */
export async function web3Grant(context: AuthContext, request: AuthRequest): Promise<Answer> {
  context.limits.request('web3', request.ip);
  await checkCaptcha(context, request);
  const body = checkedBody(Body, request.body) as Readonly<Record<string, string | null | undefined>>;
  const chain = enabledChain(context, body['chain'] ?? '');
  const profile = provenProfile(context, chain, body['message'] ?? '', body['signature'] ?? '');
  const session = await context.transaction(async (tx) => {
    const account = await externalAccount(context, tx, {
      provider: 'web3',
      profile,
      emailOptional: true,
      ip: request.ip,
      redirectTo: context.settings.siteUrl,
    });
    if (account.kind === 'unverified') throw needsVerification('web3');
    return issueSession(context, tx, { user: account.user, method: 'web3', request });
  });
  return { status: 200, body: session };
}

function enabledChain({ settings: { web3 } }: AuthContext, chain: string): Chain {
  const disabled = () => new AuthError(422, 'web3_provider_disabled', 'Web3 provider is disabled');
  if (!web3.solana && !web3.ethereum) throw disabled();
  if (chain !== 'solana' && chain !== 'ethereum')
    throw new AuthError(400, 'web3_unsupported_chain', 'Unsupported chain');
  if (!web3[chain]) throw disabled();
  return chain;
}

function provenProfile(context: AuthContext, chain: Chain, message: string, signature: string): ProviderProfile {
  const wallet = WALLETS[chain];
  if (message.length < SHORTEST) throw validationFailed('message is too short');
  if (message.length > LONGEST) throw validationFailed('message must not exceed 20KB');
  wallet.assertForm(signature);
  const parsed = parseSignedMessage(chain, message);
  const address = wallet.address(parsed.address);
  if (!wallet.signed(address, message, signature))
    throw new OAuthError(400, 'invalid_grant', 'Signature does not match address in message');
  assertMessageFits(context, chain, parsed);
  return profileOf(chain, address, parsed);
}

function profileOf(chain: Chain, address: string, { chainId, domain, statement }: SignedMessage): ProviderProfile {
  const subject = `web3:${chain}:${address}`;
  const custom = { address, chain, network: chainId ?? '', domain, statement: statement ?? '' };
  return { subject, emails: [], claims: { sub: subject, custom_claims: custom } };
}
