/** The account that asks; only for routes whose scope is signed in. */
export const caller = ({
  identity,
}: {
  readonly identity: { readonly claims: Readonly<Record<string, unknown>> };
}): string => identity.claims['sub'] as string;
