/** Why changes cannot be subscribed to; `message` is what the client is told. `not yet`: trying again may help. */
export class SubscribeRefusal extends Error {
  override readonly name = 'SubscribeRefusal';
  readonly kind: 'off' | 'not yet' | 'unusable';

  constructor(kind: 'off' | 'not yet' | 'unusable', message: string) {
    super(message);
    this.kind = kind;
  }
}
