-- What may stand in an expression, and what is refused before it can do harm.
\set SHOW_CONTEXT never
CREATE TYPE expr_mood AS ENUM ('good', 'bad');
CREATE DOMAIN expr_short AS text CHECK (length(VALUE) < 5);
CREATE TABLE expr_row (a text, n numeric(10,2), d date, ts timestamptz, tags text[], "Odd Name" varchar(5), j jsonb, m expr_mood, s expr_short);

-- Allowed.
SELECT e, meso_audit.check_expression('expr_row', e)
FROM unnest(ARRAY[
	'a', 'n', '"Odd Name"', 'expr_row.a', 'n * 2 + 1', '''x''', 'NULL', 'a || n::text',
	'CASE WHEN n > 0 THEN a ELSE upper(a) END', 'COALESCE(a, ''none'')', 'NULLIF(a, ''NA'')',
	'GREATEST(n, 5)', 'd + 30', 'extract(year FROM d)', 'ts AT TIME ZONE ''Asia/Shanghai''',
	'a IN (''1'', ''2'')', 'a = ANY (tags)', 'tags[1]', 'ARRAY[a, ''b'']', 'j ->> ''k''', 'a IS NULL',
	'n BETWEEN 1 AND 2 AND NOT a LIKE ''x%''', 's', 'a COLLATE "C"', '(a)', '/* why */ a -- trailing',
	'pg_catalog.substr(a, 1, 6)', 'meso_audit.library_version()', 'a = ''nowhere''']) WITH ORDINALITY AS t(e, n)
ORDER BY t.n;

-- Refused: each with its reason.
CREATE FUNCTION expr_reason(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM meso_audit.check_expression('expr_row', expression);
	RETURN 'allowed';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || SQLERRM || COALESCE(': ' || NULLIF(detail, ''), '');
END
$$;
CREATE FUNCTION expr_mine(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION expr_writes(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN EXECUTE 'DROP TABLE expr_row'; RETURN $1; END $$;
CREATE OPERATOR ||| (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat);
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
CREATE AGGREGATE expr_sum(numeric) (SFUNC = numeric_add, STYPE = numeric);

SELECT e, expr_reason(e)
FROM unnest(ARRAY[
	'', 'a; DROP TABLE expr_row', 'a); DROP TABLE expr_row; SELECT (1', 'a, n', 'a) , (n', 'a) AS b, (n',
	'1) FROM expr_row WHERE (true', '1) UNION SELECT (2', 'a) INTO (b', '*', 'a AS b', 'DEFAULT',
	'(SELECT 1)', 'EXISTS (SELECT FROM expr_row)', 'ARRAY(SELECT a FROM expr_row)', 'a IN (SELECT a FROM expr_row)',
	'sum(n)', 'count(*)', 'row_number() OVER ()', 'expr_sum(n)', 'unnest(tags)', 'generate_series(1, 2)', '$1',
	'now()', 'CURRENT_DATE', 'current_user', 'random()', 'clock_timestamp()', 'd > ''today''', 'date '' Now ''',
	'ts::date', 'ts::text', 'd::text', 'to_char(ts, ''YYYY'')', 'current_setting(''is_superuser'')',
	'set_config(''role'', ''postgres'', false)', 'pg_read_file(''/etc/passwd'')', 'lo_import(''/etc/passwd'')',
	'query_to_xml(''DROP TABLE expr_row'', true, true, '''')', 'nextval(''x'')', 'txid_current()::text', 'pg_sleep(1)',
	'expr_mine(a)', 'public.expr_mine(a)', 'public.expr_writes(a)', 'a OPERATOR(public.|||) a', 'a === a', 'm', 'm::text',
	'a::expr_short', 'a::public.expr_short', 'expr_row', 'expr_row.*', 'ROW(a, n)', 'ctid', 'tableoid', 'xmin', 'nothing', 'nothing.a',
	'XMLELEMENT(NAME x)', 'GROUPING(a)', 'meso_audit.setup()', 'a /* open']) WITH ORDINALITY AS t(e, n)
ORDER BY t.n;

-- A hostile search path changes nothing: names are those of pg_catalog.
CREATE SCHEMA expr_hostile;
CREATE FUNCTION expr_hostile.upper(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''captured''';
CREATE FUNCTION expr_hostile.eq(text, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR expr_hostile.= (LEFTARG = text, RIGHTARG = varchar, FUNCTION = expr_hostile.eq);
SET search_path = expr_hostile, pg_catalog, public;
SELECT expression FROM meso_audit.fit_expression('expr_row', 'upper(a)', 'text', 'UTC');
SELECT expression FROM meso_audit.fit_expression('expr_row', 'a = "Odd Name"', 'boolean', 'UTC');
RESET search_path;

-- Nor do settings: a literal means the same in every session.
SET datestyle = 'SQL, DMY';
SET timezone = 'Asia/Shanghai';
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SET transform_null_equals = on;
SET extra_float_digits = -10;
SELECT expression
FROM unnest(ARRAY['d > ''2024-01-02''', 'd > ''01/02/03''', 'ts > ''2024-01-01 08:00''', 'a = NULL', 'a = E''\\\\''', 'n > 0.1::float8 + 0.2']) WITH ORDINALITY AS t(e, n),
	LATERAL meso_audit.fit_expression('expr_row', e, 'boolean', 'UTC')
ORDER BY t.n;
RESET datestyle;
RESET timezone;
RESET standard_conforming_strings;
RESET escape_string_warning;
RESET transform_null_equals;
RESET extra_float_digits;

-- How a value becomes a column of the contract.
SELECT e, t, f.*
FROM (VALUES (1, 'a', 'text'), (2, '"Odd Name"', 'text'), (3, 'n', 'numeric'), (4, 's', 'text'), (5, 'ts', 'timestamp without time zone'),
	(6, 'd', 'timestamp without time zone'), (7, 'd', 'date'), (8, 'NULL', 'numeric'), (9, '2', 'numeric'), (10, 'a COLLATE "C"', 'text'),
	(11, 'n', 'text'), (12, '''1''', 'text')) v(i, e, t),
	LATERAL meso_audit.fit_expression('expr_row', e, t::regtype, 'Asia/Shanghai') f
ORDER BY i;
SELECT meso_audit.fit_expression('expr_row', 'n', 'integer', 'UTC');
SELECT meso_audit.fit_expression('expr_row', 'ts', 'date', 'UTC');
SELECT meso_audit.fit_expression('expr_row', 'ts', 'text', 'UTC');
SELECT meso_audit.fit_expression('expr_row', 'm', 'text', 'UTC');
SELECT meso_audit.fit_expression('expr_row', 'a', 'numeric', 'UTC');

-- Too much of it is an error, not a crash.
SELECT meso_audit.check_expression('expr_row', '1' || repeat(' + 1', 1000));
DO $$ BEGIN PERFORM meso_audit.check_expression('expr_row', '1' || repeat(' + 1', 1000000)); EXCEPTION WHEN program_limit_exceeded OR syntax_error OR out_of_memory OR statement_too_complex THEN RAISE NOTICE 'refused'; END $$;
DO $$ BEGIN PERFORM meso_audit.check_expression('expr_row', repeat('(', 1000000) || '1' || repeat(')', 1000000)); EXCEPTION WHEN program_limit_exceeded OR syntax_error OR out_of_memory OR statement_too_complex THEN RAISE NOTICE 'refused'; END $$;

-- An index on the very expression is found; a partial one is not enough.
CREATE INDEX ON expr_row ((n::text)) WHERE a IS NOT NULL;
SELECT indexed FROM meso_audit.fit_expression('expr_row', 'n', 'text', 'UTC');
CREATE INDEX ON expr_row ((n::text));
SELECT indexed FROM meso_audit.fit_expression('expr_row', 'n', 'text', 'UTC');

SET client_min_messages = warning;
DROP SCHEMA expr_hostile CASCADE;
DROP TABLE expr_row;
DROP FUNCTION expr_reason(text), expr_mine(text), expr_writes(text);
DROP OPERATOR ||| (text, text);
DROP OPERATOR === (text, text);
DROP AGGREGATE expr_sum(numeric);
DROP TYPE expr_mood;
DROP DOMAIN expr_short;
