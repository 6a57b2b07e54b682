-- What the other scripts share: the seed, draws, names of keys.
--
-- psql variables: seed, persons, cases (of each planted kind). Everything is a
-- function of the three: a draw is a hash of (seed, what is drawn, whose), so
-- neither the plan nor the order of rows nor the number of sessions matters.
-- No row of a real person enters it.
CREATE SCHEMA demo;
SELECT format('CREATE FUNCTION demo.seed() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %s::bigint', :seed) \gexec

CREATE FUNCTION demo.r(what integer, who bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(who, what::bigint * 1000003 + demo.seed()) & 281474976710655)::float8 / 281474976710656::float8;
COMMENT ON FUNCTION demo.r(integer, bigint) IS 'A draw from [0, 1) for one question about one subject';
-- a draw from the whole numbers of lo to hi
CREATE FUNCTION demo.whole(what integer, who bigint, lo integer, hi integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lo + floor(demo.r(what, who) * (hi - lo + 1))::integer;

-- Fifteen months of data; the last twelve are audited.
CREATE FUNCTION demo.since() RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN date '2025-07-01';
CREATE FUNCTION demo.days() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 457;

CREATE FUNCTION demo.psn_no(p bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (990000000000 + p)::text;
CREATE FUNCTION demo.mdtrt_id(v bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'M' || (1000000000000000 + v)::text;
CREATE FUNCTION demo.setl_id(v bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'S' || (1000000000000000 + v)::text;
CREATE FUNCTION demo.sn(sn integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (100000000 + sn)::text;

-- The facts are loaded without index, key or log and get them afterwards:
-- what the DBA of a real one has, this one has made up and can make again.
CREATE TABLE demo.ddl AS
SELECT row_number() OVER (ORDER BY pg_relation_size(i.indrelid), i.indrelid::regclass::text, i.indexrelid) AS n, i.indrelid::regclass AS relation,
	i.indexrelid::regclass AS index, c.conname,
	CASE WHEN c.conname IS NULL THEN pg_get_indexdef(i.indexrelid)
		ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END AS command
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid::regclass::text LIKE 'province.%';
SELECT CASE WHEN conname IS NULL THEN format('DROP INDEX %s', index) ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', relation, conname) END FROM demo.ddl \gexec
SELECT DISTINCT format('ALTER TABLE %s SET UNLOGGED', relation) FROM demo.ddl UNION SELECT 'ALTER TABLE province.presence_event SET UNLOGGED' \gexec
-- Drugs cost the same in every hospital, services less at lower levels.
CREATE FUNCTION demo.price(price numeric, cls text, lv integer, ftype text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
	WHEN ftype = '2' THEN round(price * 1.04, 2)
	WHEN cls <> 'S' OR lv = 3 THEN price
	WHEN lv = 2 THEN round(price * .9, 2)
	ELSE round(price * .8, 2) END;

-- the few visits to tertiary hospitals that were made through the internet
CREATE FUNCTION demo.internet(setting text, lv integer, v bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN setting = 'op' AND lv = 3 AND demo.r(91, v) < .03;
