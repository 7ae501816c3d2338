/** Words that requests are made of: those of the fixture, those of the grammar, and those that mean harm. */

const words = (text: string) => text.split(/\s+/);

/** Tables and views with some of their columns. */
export const SHOWN: Readonly<Record<string, readonly string[]>> = {
  observatories: words('id name country place founded age'),
  telescopes: words('id observatory_id name aperture bands details retired label'),
  observers: words('id name mentor_id tags attributes rank active'),
  nights: words('telescope_id night weather'),
  exposures: words('id telescope_id night object band magnitude during'),
  certificates: words('observer_id telescope_id since'),
  awards: words('id observer_id observatory_id title'),
  transfers: words('id telescope_id from_id to_id'),
  readings: words('sensor at value'),
  night_log: words('telescope_id night weather telescope observatory_id observatory'),
  big_telescopes: words('id observatory_id name aperture'),
  reports: words('id author_id body'),
  stars: words('id tint'),
};
export const HIDDEN = words('payroll secrets tripped pg_class server_version band_counts readings_2024');
export const RELATIONS = [...Object.keys(SHOWN), ...HIDDEN, 'observer_profiles', 'mentor_id', 'headquarters'];
export const COLUMNS = words('salary amount secret a b n t numbers col.with.dots ctid xmin tableoid');
export const ROUTINES = words(
  'add total largest one_night pairs nothing echo over claims setting teapot raised with_headers me page picture root trip pg_sleep version',
);
export const OPERATORS =
  words(`eq eq neq gt gte lt lte like ilike match imatch in is isdistinct fts plfts phfts wfts cs cd ov sl
  sr nxl nxr adj eq(any) like(all) fts(english) fts(nonsense) eqq =`);
export const CASTS = [
  ...words('text int numeric json jsonb date bytea regclass text[] sky.band vault.secrets char(3)'),
  'text); select vault.trip(',
];
export const AGGREGATES = words('* count() aperture.avg() id.count() name.max()::text aperture.sum().avg()');
export const VALUES = words('1 2 Vera clear 2025-01-01 null true infrared {1,2} (1,2) ("a","b") [1,5) {"a":1} *e* 8.2');
export const TYPES = [
  ...words(`application/json text/csv application/x-www-form-urlencoded application/octet-stream text/plain text/xml x
    application/vnd.pgrst.object+json application/vnd.pgrst.array+json;nulls=stripped application/vnd.pgrst.plan+json
    */* application/geo+json application/* text/html image/png text/vnd.names ;; a/b;q=0.1,*/*;q=x`),
  'application/vnd.pgrst.plan+text; for="text/csv"; options=verbose',
];
export const PREFERENCES = [
  ...words(`return=representation return=minimal return=headers-only count=exact count=planned count=estimated
    resolution=merge-duplicates resolution=ignore-duplicates missing=default tx=commit tx=rollback handling=strict
    handling=lenient max-affected=0 max-affected=x timezone=America/Lima params=single-object ,,= return=nothing`),
  "timezone=X'; select vault.trip()",
];
export const METHODS = words('GET GET GET GET GET POST POST PATCH DELETE PUT HEAD OPTIONS PROPFIND TRACE');

export const HARM = [
  `'; select vault.trip(); --`,
  `"; select vault.trip(); --`,
  `') union select secret from vault.secrets --`,
  `1) or vault.trip() is not null --`,
  `$$; select vault.trip(); $$`,
  `\\'; select vault.trip(); --`,
  `"vault"."secrets"`,
  'vault"."secrets',
  ...words(
    'vault.secrets sky.payroll tableoid::regclass pg_catalog.pg_authid pgrst_source $1 %s /* -- null NaN Infinity',
  ),
  ...words(
    '1e400 -0 99999999999999999999999999 {} {{1},{2}} {"a": [] [,] empty \\ " \' * % __proto__ constructor toString',
  ),
  '('.repeat(40),
  '['.repeat(40),
  '\u202e',
  '\u0000',
  '😀',
  '\ud7ff',
  'é',
  'Звёзды & Co',
];
