/** A row of auth.sessions. */
export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly factor_id: string | null;
  readonly aal: 'aal1' | 'aal2' | 'aal3' | null;
  readonly not_after: Date | null;
  readonly refreshed_at: string | null;
  readonly user_agent: string | null;
  readonly ip: string | null;
  readonly tag: string | null;
  readonly oauth_client_id: string | null;
  readonly scopes: string | null;
}
