-- tools/fingerprint.sql: all that makes the installed extension, a line each,
-- in byte order. Two installations with equal output behave alike.
-- Run with psql -X -A -t -q.
SET search_path = pg_catalog;
SET extra_float_digits = 0;

CREATE TEMPORARY TABLE member AS
SELECT d.classid, d.objid, i.type, i.identity
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
WHERE e.extname = 'meso_audit' AND d.deptype = 'e'
	-- from 17 on the row and array types of members are members, too
	AND NOT EXISTS (
		SELECT FROM pg_type t
		WHERE d.classid = 'pg_type'::regclass AND t.oid = d.objid
			AND (t.typelem <> 0 AND t.typcategory = 'A'
				OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')));

CREATE TEMPORARY VIEW member_relation AS
SELECT c.*, m.identity
FROM pg_class c
JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
UNION ALL
SELECT c.*, m.identity
FROM pg_class c
JOIN pg_type t ON t.typrelid = c.oid AND c.relkind = 'c'
JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid;

-- An access list in a fixed order.
CREATE FUNCTION pg_temp.acl(aclitem[]) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(a::text, ',' ORDER BY a::text COLLATE "C") FROM unnest($1) a $$;

CREATE TEMPORARY TABLE line (kind text, subject text, what text);

INSERT INTO line SELECT 'object', type, identity FROM member;

INSERT INTO line
SELECT 'extension', extname, concat_ws(' ', extrelocatable, extnamespace::regnamespace, extversion)
FROM pg_extension WHERE extname = 'meso_audit';

INSERT INTO line
SELECT 'config', c.table::text, c.condition
FROM pg_extension e, unnest(e.extconfig::regclass[], e.extcondition) AS c("table", condition)
WHERE e.extname = 'meso_audit';

INSERT INTO line
SELECT 'function', m.identity, jsonb_build_object(
	'kind', p.prokind, 'language', l.lanname, 'owner', p.proowner::regrole,
	'arguments', pg_get_function_arguments(p.oid), 'result', pg_get_function_result(p.oid),
	'volatile', p.provolatile, 'strict', p.proisstrict, 'definer', p.prosecdef,
	'leakproof', p.proleakproof, 'parallel', p.proparallel, 'cost', p.procost,
	'rows', p.prorows, 'support', p.prosupport, 'config', p.proconfig,
	'acl', pg_temp.acl(p.proacl), 'source', md5(p.prosrc), 'library', p.probin,
	'body', md5(pg_get_function_sqlbody(p.oid)))::text
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;

INSERT INTO line
SELECT 'aggregate', m.identity, concat_ws(' ', a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn,
	a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn,
	a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify, a.aggmfinalmodify,
	a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.aggmtranstype::regtype,
	a.aggmtransspace, coalesce(a.agginitval, 'NULL'), coalesce(a.aggminitval, 'NULL'))
FROM pg_aggregate a
JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = a.aggfnoid;

INSERT INTO line
SELECT 'relation', identity, concat_ws(' ', relkind, relpersistence, relowner::regrole,
	relrowsecurity, relforcerowsecurity, relreplident, relispartition,
	reloptions::text, pg_temp.acl(relacl))
FROM member_relation;

INSERT INTO line
SELECT 'column', r.identity || '.' || a.attname, concat_ws(' ',
	row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum),
	format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
	a.attstorage, a.attcompression, a.attcollation::regcollation,
	-- some builds stamp each column with a version of their own
	(SELECT string_agg(o, ',') FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%'),
	pg_temp.acl(a.attacl), pg_get_expr(d.adbin, d.adrelid))
FROM member_relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum;

INSERT INTO line
SELECT 'constraint', coalesce(r.identity, m.identity) || ' ' || k.conname, concat_ws(' ',
	k.contype, k.condeferrable, k.condeferred, k.convalidated, pg_get_constraintdef(k.oid))
FROM pg_constraint k
LEFT JOIN member_relation r ON r.oid = k.conrelid
LEFT JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = k.contypid
WHERE coalesce(r.identity, m.identity) IS NOT NULL;

INSERT INTO line
SELECT 'index', r.identity || ' ' || c.relname, concat_ws(' ',
	pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered, i.indisreplident)
FROM pg_index i
JOIN member_relation r ON r.oid = i.indrelid
JOIN pg_class c ON c.oid = i.indexrelid;

INSERT INTO line
SELECT 'trigger', r.identity || ' ' || t.tgname, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
FROM pg_trigger t
JOIN member_relation r ON r.oid = t.tgrelid
WHERE NOT t.tgisinternal;

INSERT INTO line
SELECT 'rule', r.identity || ' ' || w.rulename, concat_ws(' ', w.ev_enabled, md5(pg_get_ruledef(w.oid)))
FROM pg_rewrite w
JOIN member_relation r ON r.oid = w.ev_class;

INSERT INTO line
SELECT 'policy', r.identity || ' ' || p.polname, concat_ws(' ', p.polcmd, p.polpermissive,
	p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p
JOIN member_relation r ON r.oid = p.polrelid;

INSERT INTO line
SELECT 'sequence', r.identity, concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement,
	s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
FROM pg_sequence s
JOIN member_relation r ON r.oid = s.seqrelid;

INSERT INTO line
SELECT 'type', m.identity, concat_ws(' ', t.typtype, t.typlen, t.typbyval, t.typalign, t.typstorage,
	t.typcategory, t.typispreferred, t.typdelim, t.typowner::regrole, t.typnotnull, t.typdefault,
	t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze,
	t.typbasetype::regtype, t.typtypmod, t.typcollation::regcollation, pg_temp.acl(t.typacl),
	(SELECT string_agg(l.enumlabel, ',' ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid))
FROM pg_type t
JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid;

INSERT INTO line
SELECT 'cast', m.identity, concat_ws(' ', c.castfunc::regprocedure, c.castcontext, c.castmethod)
FROM pg_cast c
JOIN member m ON m.classid = 'pg_cast'::regclass AND m.objid = c.oid;

INSERT INTO line
SELECT 'operator', m.identity, concat_ws(' ', o.oprcode, o.oprresult::regtype, o.oprcom::regoperator,
	o.oprnegate::regoperator, o.oprcanmerge, o.oprcanhash, o.oprrest, o.oprjoin)
FROM pg_operator o
JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid;

INSERT INTO line
SELECT 'operator class', m.identity, concat_ws(' ', o.opcdefault, o.opcintype::regtype, o.opckeytype::regtype,
	(SELECT string_agg(concat_ws(' ', a.amopstrategy, a.amopopr::regoperator), ',' ORDER BY a.amopstrategy)
		FROM pg_amop a WHERE a.amopfamily = o.opcfamily),
	(SELECT string_agg(concat_ws(' ', a.amprocnum, a.amproc), ',' ORDER BY a.amprocnum)
		FROM pg_amproc a WHERE a.amprocfamily = o.opcfamily))
FROM pg_opclass o
JOIN member m ON m.classid = 'pg_opclass'::regclass AND m.objid = o.oid;

INSERT INTO line
SELECT 'event trigger', m.identity, concat_ws(' ', t.evtevent, t.evtfoid::regprocedure, t.evtenabled, t.evttags::text)
FROM pg_event_trigger t
JOIN member m ON m.classid = 'pg_event_trigger'::regclass AND m.objid = t.oid;

INSERT INTO line
SELECT 'initial privileges', m.identity, concat_ws(' ', i.objsubid, pg_temp.acl(i.initprivs))
FROM pg_init_privs i
JOIN member m ON m.classid = i.classoid AND m.objid = i.objoid;

INSERT INTO line
SELECT 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
FROM pg_description d
JOIN member m ON m.classid = d.classoid AND m.objid = d.objoid;

INSERT INTO line
SELECT 'comment', pg_describe_object(d.classoid, d.objoid, 0), d.description
FROM pg_description d
LEFT JOIN pg_constraint k ON d.classoid = 'pg_constraint'::regclass AND k.oid = d.objoid
LEFT JOIN pg_trigger t ON d.classoid = 'pg_trigger'::regclass AND t.oid = d.objoid
JOIN member_relation r ON r.oid IN (k.conrelid, t.tgrelid);

-- What the extension ships in its tables, but for when it was written.
SELECT format($$INSERT INTO line
	SELECT 'rows', %L, concat_ws(' ', count(*),
		md5(string_agg(j::text, E'\n' ORDER BY j::text COLLATE "C")))
	FROM %s t, LATERAL (SELECT to_jsonb(t) - %L::text[] AS j) j$$,
	identity, oid::regclass, (
		SELECT coalesce(array_agg(attname::text), '{}') FROM pg_attribute a
		WHERE a.attrelid = c.oid AND a.atttypid = 'timestamptz'::regtype AND NOT a.attisdropped))
FROM member_relation c
WHERE relkind IN ('r', 'p')
ORDER BY identity COLLATE "C" \gexec

SELECT described
FROM line, concat_ws(': ', kind, subject, replace(what, E'\n', ' ')) AS described
ORDER BY described COLLATE "C";
