-- What the other scripts share: the schema, the seed, names of keys.
CREATE SCHEMA demo;
SELECT format('CREATE FUNCTION demo.seed() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %s::bigint', :seed) \gexec

CREATE FUNCTION demo.psn_no(p bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN '99' || lpad(p::text, 10, '0');
CREATE FUNCTION demo.mdtrt_id(v bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'M' || lpad(v::text, 15, '0');
CREATE FUNCTION demo.setl_id(v bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'S' || lpad(v::text, 15, '0');
CREATE FUNCTION demo.sn(sn integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lpad(sn::text, 8, '0');

-- Drugs cost the same in every hospital, services less at lower levels.
CREATE FUNCTION demo.price(price numeric, cls text, lv integer, ftype text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
	WHEN ftype = '2' THEN round(price * 1.04, 2)
	WHEN cls <> 'S' OR lv = 3 THEN price
	WHEN lv = 2 THEN round(price * .9, 2)
	ELSE round(price * .8, 2) END;
