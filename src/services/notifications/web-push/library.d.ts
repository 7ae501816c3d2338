/** The part of web-push that is used. */
declare module 'web-push' {
  export interface RequestDetails {
    readonly endpoint: string;
    readonly headers: Record<string, string | number>;
    readonly body: Buffer | null;
  }
  function generateRequestDetails(
    subscription: { endpoint: string; keys: { p256dh: string; auth: string } },
    payload: string,
    options: {
      vapidDetails: { subject: string; publicKey: string; privateKey: string };
      TTL?: number;
      topic?: string;
      urgency?: 'very-low' | 'low' | 'normal' | 'high';
    },
  ): RequestDetails;
  const library: { generateRequestDetails: typeof generateRequestDetails };
  export default library;
}
