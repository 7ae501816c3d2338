-- Stands in for pgjwt: JSON web tokens signed with HMAC (RFC 7515), made with pgcrypto.
create or replace function @schema@.url_encode(data bytea) returns text language sql immutable strict as $f$
  select translate(encode(data, 'base64'), E'+/=\n', '-_')
$f$;

create or replace function @schema@.url_decode(data text) returns bytea language sql immutable strict as $f$
  select decode(rpad(translate(data, '-_', '+/'), ((length(data) + 3) / 4) * 4, '='), 'base64')
$f$;

create or replace function @schema@.algorithm_sign(signables text, secret text, algorithm text) returns text
language sql immutable strict as $f$
  select @schema@.url_encode(extensions.hmac(
    signables, secret, case algorithm when 'HS256' then 'sha256' when 'HS384' then 'sha384' when 'HS512' then 'sha512' end
  ))
$f$;

create or replace function @schema@.sign(payload json, secret text, algorithm text default 'HS256') returns text
language sql immutable strict as $f$
  select signables || '.' || @schema@.algorithm_sign(signables, secret, algorithm)
  from (select
    @schema@.url_encode(convert_to(format('{"alg":"%s","typ":"JWT"}', algorithm), 'utf8')) || '.' ||
    @schema@.url_encode(convert_to(payload::text, 'utf8')) as signables
  ) as parts
$f$;

create or replace function @schema@.verify(token text, secret text, algorithm text default 'HS256')
returns table (header json, payload json, valid boolean) language sql immutable strict as $f$
  select
    convert_from(@schema@.url_decode(parts[1]), 'utf8')::json,
    convert_from(@schema@.url_decode(parts[2]), 'utf8')::json,
    parts[3] = @schema@.algorithm_sign(parts[1] || '.' || parts[2], secret, algorithm)
  from string_to_array(token, '.') as parts
$f$
