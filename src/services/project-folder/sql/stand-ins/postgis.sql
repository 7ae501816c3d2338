-- Stands in for PostGIS where only storing and showing geometries matters: the types keep the text they were given (WKT, EWKT or
-- GeoJSON) and read as GeoJSON. The first three functions have the names of Postgres' own text functions behind them, because
-- the input of a type cannot be written in SQL; `geometry(Point, 4326)` accepts its arguments and does not hold values to them.
do $stand_in$
begin
  if to_regtype('@schema@.geometry') is not null then
    return;
  end if;

  create type @schema@.geometry;
  create function @schema@.geometry_in(cstring) returns @schema@.geometry language internal immutable strict parallel safe as 'textin';
  create function @schema@.geometry_out(@schema@.geometry) returns cstring language internal immutable strict parallel safe as 'textout';
  create function @schema@.geometry_typmod_in(cstring[]) returns integer language internal immutable strict parallel safe as 'array_ndims';
  create type @schema@.geometry (
    input = @schema@.geometry_in, output = @schema@.geometry_out, typmod_in = @schema@.geometry_typmod_in, like = text
  );
  comment on type @schema@.geometry is 'Freehold''s stand-in for PostGIS: text that reads as GeoJSON';
  create cast (text as @schema@.geometry) without function as implicit;
  create cast (@schema@.geometry as text) without function as implicit;

  create type @schema@.geography;
  create function @schema@.geography_in(cstring) returns @schema@.geography language internal immutable strict parallel safe as 'textin';
  create function @schema@.geography_out(@schema@.geography) returns cstring language internal immutable strict parallel safe as 'textout';
  create type @schema@.geography (
    input = @schema@.geography_in, output = @schema@.geography_out, typmod_in = @schema@.geometry_typmod_in, like = text
  );
  create cast (text as @schema@.geography) without function as implicit;
  create cast (@schema@.geography as text) without function as implicit;
  create cast (@schema@.geometry as @schema@.geography) without function as implicit;
  create cast (@schema@.geography as @schema@.geometry) without function;

  create function @schema@.freehold_geojson(shape text) returns json language plpgsql immutable strict parallel safe as $f$
  declare
    wkt text := regexp_replace(trim(shape), '^srid\s*=\s*\d+\s*;\s*', '', 'i');
    parts text[] := regexp_match(wkt, '^([a-z]+)\s*(?:z|m|zm)?\s*(\(.*\))$', 'is');
    kind text;
    body text;
  begin
    if wkt like '{%' then
      return wkt::json;
    end if;
    kind := case upper(parts[1])
      when 'POINT' then 'Point' when 'LINESTRING' then 'LineString' when 'POLYGON' then 'Polygon'
      when 'MULTIPOINT' then 'MultiPoint' when 'MULTILINESTRING' then 'MultiLineString'
      when 'MULTIPOLYGON' then 'MultiPolygon'
    end;
    if kind is null then
      raise exception 'the stand-in for PostGIS does not read this geometry: %', left(shape, 80) using errcode = 'feature_not_supported';
    end if;
    body := regexp_replace(parts[2], '\s*([(),])\s*', '\1', 'g');
    if kind = 'MultiPoint' then
      body := regexp_replace(body, '\(([^()]*)\)(?=[,)])', '\1', 'g');
    end if;
    body := regexp_replace(body, '([^(),]+)', '[\1]', 'g');
    body := translate(regexp_replace(body, '\s+', ',', 'g'), '()', '[]');
    if kind = 'Point' then
      body := substr(body, 2, length(body) - 2);
    end if;
    return format('{"type":"%s","coordinates":%s}', kind, body)::json;
  end
  $f$;

  create function @schema@.json(@schema@.geometry) returns json language sql immutable strict parallel safe
    as $f$ select @schema@.freehold_geojson($1::text) $f$;
  create function @schema@.jsonb(@schema@.geometry) returns jsonb language sql immutable strict parallel safe
    as $f$ select @schema@.freehold_geojson($1::text)::jsonb $f$;
  create function @schema@.json(@schema@.geography) returns json language sql immutable strict parallel safe
    as $f$ select @schema@.freehold_geojson($1::text) $f$;
  create function @schema@.jsonb(@schema@.geography) returns jsonb language sql immutable strict parallel safe
    as $f$ select @schema@.freehold_geojson($1::text)::jsonb $f$;
  create cast (@schema@.geometry as json) with function @schema@.json(@schema@.geometry);
  create cast (@schema@.geometry as jsonb) with function @schema@.jsonb(@schema@.geometry);
  create cast (@schema@.geography as json) with function @schema@.json(@schema@.geography);
  create cast (@schema@.geography as jsonb) with function @schema@.jsonb(@schema@.geography);

  create function @schema@.st_asgeojson(geom @schema@.geometry, maxdecimaldigits integer default 9, options integer default 8)
    returns text language sql immutable strict parallel safe as $f$ select @schema@.freehold_geojson(geom::text)::text $f$;

  -- A row as a feature: its first geometry, and the other columns as properties.
  create function @schema@.st_asgeojson(
    r record, geom_column text default '', maxdecimaldigits integer default 9, pretty_bool boolean default false
  ) returns text language plpgsql stable strict parallel safe as $f$
  declare
    fields json := row_to_json(r);
    shape text := nullif(geom_column, '');
  begin
    if shape is null then
      select key into shape from json_each(fields)
      where json_typeof(value) = 'object' and value ->> 'type' in (
        'Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon', 'GeometryCollection'
      ) limit 1;
    end if;
    return format(
      '{"type": "Feature", "geometry": %s, "properties": {%s}}',
      coalesce((fields -> shape)::text, 'null'),
      (select string_agg(format('%s: %s', to_json(key), value), ', ') from json_each(fields) where key is distinct from shape)
    );
  end
  $f$;

  create function @schema@.st_astext(@schema@.geometry) returns text language sql immutable strict parallel safe
    as $f$ select regexp_replace($1::text, '^srid\s*=\s*\d+\s*;\s*', '', 'i') $f$;
  create function @schema@.st_srid(@schema@.geometry) returns integer language sql immutable strict parallel safe
    as $f$ select coalesce((regexp_match($1::text, '^srid\s*=\s*(\d+)\s*;', 'i'))[1]::integer, 0) $f$;
  create function @schema@.st_setsrid(@schema@.geometry, integer) returns @schema@.geometry language sql immutable strict parallel safe
    as $f$ select format('SRID=%s;%s', $2, @schema@.st_astext($1))::@schema@.geometry $f$;
  create function @schema@.st_geomfromtext(text) returns @schema@.geometry language sql immutable strict parallel safe
    as $f$ select $1::@schema@.geometry $f$;
  create function @schema@.st_geomfromtext(text, integer) returns @schema@.geometry language sql immutable strict parallel safe
    as $f$ select @schema@.st_setsrid($1::@schema@.geometry, $2) $f$;
  create function @schema@.st_geomfromgeojson(text) returns @schema@.geometry language sql immutable strict parallel safe
    as $f$ select $1::json::text::@schema@.geometry $f$;
  create function @schema@.st_makepoint(double precision, double precision) returns @schema@.geometry language sql immutable strict parallel safe
    as $f$ select format('POINT(%s %s)', $1, $2)::@schema@.geometry $f$;
  create function @schema@.st_point(double precision, double precision) returns @schema@.geometry language sql immutable strict parallel safe
    as $f$ select @schema@.st_makepoint($1, $2) $f$;
  create function @schema@.st_point(double precision, double precision, integer) returns @schema@.geometry language sql immutable strict parallel safe
    as $f$ select @schema@.st_setsrid(@schema@.st_makepoint($1, $2), $3) $f$;
  create function @schema@.st_x(@schema@.geometry) returns double precision language sql immutable strict parallel safe
    as $f$ select (@schema@.freehold_geojson($1::text) -> 'coordinates' ->> 0)::double precision $f$;
  create function @schema@.st_y(@schema@.geometry) returns double precision language sql immutable strict parallel safe
    as $f$ select (@schema@.freehold_geojson($1::text) -> 'coordinates' ->> 1)::double precision $f$;
end
$stand_in$
