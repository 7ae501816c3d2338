/**
 * Every key of config.toml that the Supabase CLI knows, so that a misspelt one is noticed. `*` stands for a name that the
 * project chooses; a key that ends in `.**` holds whatever it likes. Source: the CLI's config template and its reference.
 */
const SECTIONS: Readonly<Record<string, string>> = {
  '': 'project_id',
  api: 'enabled port schemas extra_search_path max_rows external_url auto_expose_new_tables tls.enabled tls.cert_path tls.key_path',
  db: 'port shadow_port health_timeout major_version root_key orioledb_version password ssl_enforcement.enabled',
  'db.pooler': 'enabled port pool_mode default_pool_size max_client_conn',
  'db.migrations': 'enabled schema_paths',
  'db.seed': 'enabled sql_paths',
  'db.network_restrictions': 'enabled allowed_cidrs allowed_cidrs_v6',
  'db.settings': '**',
  'db.vault': '**',
  realtime: 'enabled ip_version max_header_length',
  studio: 'enabled port api_url openai_api_key pgmeta_image image',
  inbucket: 'enabled port smtp_port pop3_port admin_email sender_name',
  mailpit: 'enabled port smtp_port pop3_port admin_email sender_name',
  storage: 'enabled file_size_limit image_transformation.enabled s3_protocol.enabled',
  'storage.buckets.*': 'public file_size_limit allowed_mime_types objects_path',
  'storage.s3_credentials': '**',
  'storage.analytics': '**',
  'storage.vector': '**',
  auth:
    'enabled external_url site_url additional_redirect_urls jwt_expiry jwt_issuer jwt_secret anon_key service_role_key publishable_key ' +
    'secret_key signing_keys_path enable_refresh_token_rotation refresh_token_reuse_interval enable_signup ' +
    'enable_anonymous_sign_ins enable_manual_linking minimum_password_length password_requirements image',
  'auth.rate_limit':
    'email_sent sms_sent anonymous_users token_refresh sign_in_sign_ups token_verifications web3 oauth_clients',
  'auth.captcha': 'enabled provider secret',
  'auth.passkey': '**',
  'auth.webauthn': '**',
  'auth.hook.*': 'enabled uri secrets',
  'auth.email':
    'enable_signup double_confirm_changes enable_confirmations secure_password_change max_frequency otp_length otp_expiry',
  'auth.email.smtp': 'enabled host port user pass admin_email sender_name',
  'auth.email.template.*': 'subject content_path content',
  'auth.email.notification.*': 'enabled subject content_path content',
  'auth.sms': 'enable_signup enable_confirmations template max_frequency otp_length otp_expiry test_otp.**',
  'auth.sms.*': 'enabled account_sid message_service_sid auth_token originator access_key api_key api_secret from',
  'auth.sessions': 'timebox inactivity_timeout',
  'auth.mfa': 'max_enrolled_factors',
  'auth.mfa.*': 'enroll_enabled verify_enabled otp_length template max_frequency',
  'auth.external.*': 'enabled client_id secret redirect_uri url skip_nonce_check email_optional additional_client_ids',
  'auth.third_party.*': '**',
  'auth.web3.*': 'enabled',
  'auth.oauth_server': 'enabled authorization_url_path allow_dynamic_registration',
  functions: '',
  'functions.*': 'enabled verify_jwt import_map entrypoint static_files env.**',
  edge_runtime: 'enabled policy inspector_port deno_version secrets.**',
  analytics: 'enabled port backend vector_port gcp_project_id gcp_project_number gcp_jwt_path',
  experimental: '**',
  workspace: '**',
  remotes: '**',
};

const KNOWN = Object.entries(SECTIONS).flatMap(([section, keys]) =>
  keys.split(' ').map((key) => (section === '' ? key : `${section}.${key}`).split('.')),
);

/** Paths (`auth.site_urll`) of the values in a parsed config.toml that nobody reads, in the order of the file. */
export function unknownKeys(config: Readonly<Record<string, unknown>>): string[] {
  const unknown: string[] = [];
  const visit = (value: unknown, path: readonly string[]) => {
    if (isKnown(path)) return;
    if (isTable(value) && leadsSomewhere(path)) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
      return;
    }
    unknown.push(path.join('.'));
  };
  for (const [key, value] of Object.entries(config)) visit(value, [key]);
  return unknown;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

const fits = (part: string | undefined, given: string | undefined) => part === '*' || part === given;

function isKnown(path: readonly string[]): boolean {
  return KNOWN.some((known) => {
    const open = known.at(-1) === '**';
    const parts = open ? known.slice(0, -1) : known;
    if (open ? path.length < parts.length : path.length !== parts.length) return false;
    return parts.every((part, index) => fits(part, path[index]));
  });
}

/** Whether a known key lies below this table. */
function leadsSomewhere(path: readonly string[]): boolean {
  return KNOWN.some((known) => known.length > path.length && path.every((part, index) => fits(known[index], part)));
}
