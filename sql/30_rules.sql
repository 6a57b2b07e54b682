-- Rules and knowledge: what may be found, as dated rows.
--
-- Rows that users change are versions: a change is a new row. Shipped rows
-- carry origin 'shipped', all others 'local'; only local rows are dumped.

CREATE TABLE @extschema@.rule_kind
(
	kind_code	text PRIMARY KEY,
	seq			integer,
	name_zh		text NOT NULL,
	name_en		text NOT NULL,
	tier1		text,
	tier2		text,
	template	text,
	level		text NOT NULL DEFAULT 'line'
		CHECK (level IN ('line', 'settlement', 'visit', 'diagnosis', 'operation', 'subject')),
	stages		text[] NOT NULL DEFAULT '{pre,commit,batch}',
	certainty	text NOT NULL DEFAULT 'suspect'
		CHECK (certainty IN ('violation', 'suspect')),
	params		jsonb NOT NULL DEFAULT '{}',
	phrase		text,
	note		text,
	bounds		jsonb NOT NULL DEFAULT '{}',
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local'))
);
COMMENT ON TABLE @extschema@.rule_kind IS
'规则种类: the 88 national rule kinds and the project''s own, each with the template and default parameters that say it.';
COMMENT ON COLUMN @extschema@.rule_kind.kind_code IS 'Official code (GZ…, ZB…); for kinds without one, a code of the project';
COMMENT ON COLUMN @extschema@.rule_kind.seq IS 'Number among the 88 national kinds; NULL for the project''s own';
COMMENT ON COLUMN @extschema@.rule_kind.name_zh IS 'Chinese name as published';
COMMENT ON COLUMN @extschema@.rule_kind.name_en IS 'English name';
COMMENT ON COLUMN @extschema@.rule_kind.tier1 IS 'First tier: 政策类, 管理类, 医疗类';
COMMENT ON COLUMN @extschema@.rule_kind.tier2 IS 'Second tier';
COMMENT ON COLUMN @extschema@.rule_kind.template IS 'Template that says this kind; NULL: none can, see note';
COMMENT ON COLUMN @extschema@.rule_kind.level IS 'What a finding of this kind is about';
COMMENT ON COLUMN @extschema@.rule_kind.stages IS 'Feeders that judge it: pre (check_claim), commit, batch';
COMMENT ON COLUMN @extschema@.rule_kind.certainty IS 'violation (明确违规) or suspect (可疑): the default of its rules';
COMMENT ON COLUMN @extschema@.rule_kind.params IS 'Default parameters of the template';
COMMENT ON COLUMN @extschema@.rule_kind.phrase IS 'Published phrase of the detection logic: what a finding says';
COMMENT ON COLUMN @extschema@.rule_kind.note IS 'What is missing where no template can say the kind';
COMMENT ON COLUMN @extschema@.rule_kind.bounds IS 'Least and greatest value of parameters, {"max": [1, 30]}: of every rule of the kind';
COMMENT ON COLUMN @extschema@.rule_kind.origin IS 'shipped with the extension, or local';

CREATE SEQUENCE @extschema@.rule_edition;
COMMENT ON SEQUENCE @extschema@.rule_edition IS
'Editions of the rules and the knowledge: each change takes the next number, see rules_since()';

CREATE TABLE @extschema@.rule
(
	code		text NOT NULL,
	version		integer NOT NULL CHECK (version > 0),
	kind_code	text NOT NULL,
	template	text NOT NULL,
	params		jsonb NOT NULL DEFAULT '{}',
	codes		text[],
	scope		jsonb NOT NULL DEFAULT '{}',
	action		text NOT NULL DEFAULT 'flag'
		CHECK (action IN ('remind', 'flag', 'hold', 'deny')),
	certainty	text NOT NULL DEFAULT 'suspect'
		CHECK (certainty IN ('violation', 'suspect')),
	valid		daterange NOT NULL DEFAULT '(,)',
	decides		daterange NOT NULL DEFAULT '(,)',
	title		text,
	legal_basis	text,
	status		text NOT NULL DEFAULT 'draft'
		CHECK (status IN ('draft', 'trial', 'active', 'void')),
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	created_by	text NOT NULL DEFAULT session_user,
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	approved_by	text,
	approved_at	timestamptz,
	area		text NOT NULL DEFAULT '' CHECK (area OPERATOR(pg_catalog.~) '^([0-9]{2}){0,3}$'),
	pilot		text[] CHECK (pilot IS NULL OR (area OPERATOR(pg_catalog.=) '' AND pg_catalog.cardinality(pilot) OPERATOR(pg_catalog.>) 0)),
	bounds		jsonb NOT NULL DEFAULT '{}',
	edition		bigint NOT NULL DEFAULT pg_catalog.nextval('@extschema@.rule_edition'),
	PRIMARY KEY (code, version)
);
COMMENT ON TABLE @extschema@.rule IS
'规则: every version of every rule. Of each area a rule has versions of its own; on a day the highest among the active and void ones whose "decides" contains the day is the one in force, and judges if it is active and "valid" contains the day. Of areas that hold a place, the narrowest with an active version in force counts; before all of them a pilot''s institutions.';
COMMENT ON COLUMN @extschema@.rule.code IS 'The rule''s name for life';
COMMENT ON COLUMN @extschema@.rule.version IS 'Counts the changes of the rule from 1';
COMMENT ON COLUMN @extschema@.rule.kind_code IS 'Rule kind; without codes the rule judges by the knowledge points of this kind';
COMMENT ON COLUMN @extschema@.rule.template IS 'Template that judges';
COMMENT ON COLUMN @extschema@.rule.params IS 'Parameters of the template; a knowledge point''s limits win over them';
COMMENT ON COLUMN @extschema@.rule.codes IS 'Item codes of the pool, a trailing % is a prefix; NULL: by knowledge points';
COMMENT ON COLUMN @extschema@.rule.scope IS 'Which lines may be findings: lists per key, all must hold';
COMMENT ON COLUMN @extschema@.rule.action IS 'remind, flag, hold or deny';
COMMENT ON COLUMN @extschema@.rule.certainty IS 'violation (明确违规) or suspect (可疑)';
COMMENT ON COLUMN @extschema@.rule.valid IS 'Days on which this version judges';
COMMENT ON COLUMN @extschema@.rule.decides IS 'Days on which this version replaces the earlier ones';
COMMENT ON COLUMN @extschema@.rule.title IS 'What a reader sees';
COMMENT ON COLUMN @extschema@.rule.legal_basis IS 'Law, regulation or medical reason';
COMMENT ON COLUMN @extschema@.rule.status IS 'draft, trial, active or void';
COMMENT ON COLUMN @extschema@.rule.origin IS 'shipped with the extension, or local';
COMMENT ON COLUMN @extschema@.rule.created_by IS 'Who wrote this version';
COMMENT ON COLUMN @extschema@.rule.created_at IS 'When this version was written';
COMMENT ON COLUMN @extschema@.rule.approved_by IS 'Second person who approved it';
COMMENT ON COLUMN @extschema@.rule.approved_at IS 'When it was approved';
COMMENT ON COLUMN @extschema@.rule.area IS 'Area that this version is of (province, city, county: 2, 4 or 6 digits), where it wins over versions of wider areas; empty: everywhere';
COMMENT ON COLUMN @extschema@.rule.edition IS 'Edition in which this version was written or last changed its status';
COMMENT ON COLUMN @extschema@.rule.pilot IS 'Institutions that this version is tried out at, where it wins over all others until a later version of everywhere ends the pilot; NULL: no pilot';
COMMENT ON COLUMN @extschema@.rule.bounds IS 'Least and greatest value of parameters, {"max": [1, 30]}: this version, and later ones that name none, keep to them';

CREATE TABLE @extschema@.knowledge_point
(
	point_id	text NOT NULL,
	version		integer NOT NULL DEFAULT 1 CHECK (version > 0),
	kind_code	text NOT NULL,
	item_name	text,
	constraint_text	text,
	detection_logic	text,
	batch		text,
	published_at	date,
	supersedes	text,
	limits		jsonb NOT NULL DEFAULT '{}',
	understood	text NOT NULL DEFAULT 'unparsed'
		CHECK (understood IN ('understood', 'partly', 'unparsed')),
	why			text,
	legal_basis	text,
	valid		daterange NOT NULL DEFAULT '(,)',
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	curated		boolean NOT NULL DEFAULT false,
	created_by	text NOT NULL DEFAULT session_user,
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	approved_by	text,
	edition		bigint NOT NULL DEFAULT pg_catalog.nextval('@extschema@.rule_edition'),
	PRIMARY KEY (point_id, version)
);
COMMENT ON TABLE @extschema@.knowledge_point IS
'知识点: every version of every knowledge point; the highest version of a point counts, on the days of its "valid".';
COMMENT ON COLUMN @extschema@.knowledge_point.point_id IS 'Official identifier of the point';
COMMENT ON COLUMN @extschema@.knowledge_point.version IS 'Counts the changes of the point from 1';
COMMENT ON COLUMN @extschema@.knowledge_point.kind_code IS 'Rule kind that the point belongs to';
COMMENT ON COLUMN @extschema@.knowledge_point.item_name IS 'Name as published; A×B for pairs';
COMMENT ON COLUMN @extschema@.knowledge_point.constraint_text IS 'The limit as published';
COMMENT ON COLUMN @extschema@.knowledge_point.detection_logic IS 'Phrase of the published detection logic';
COMMENT ON COLUMN @extschema@.knowledge_point.batch IS 'Batch of publication';
COMMENT ON COLUMN @extschema@.knowledge_point.published_at IS 'Day of publication';
COMMENT ON COLUMN @extschema@.knowledge_point.supersedes IS 'Point that this one replaces';
COMMENT ON COLUMN @extschema@.knowledge_point.limits IS 'Parameters read from the text; they win over the rule''s';
COMMENT ON COLUMN @extschema@.knowledge_point.understood IS 'understood: judges as its rule says; partly: may only remind; unparsed: judges nothing';
COMMENT ON COLUMN @extschema@.knowledge_point.why IS 'What the limits were read from, or what was not understood';
COMMENT ON COLUMN @extschema@.knowledge_point.legal_basis IS 'Source of the limit';
COMMENT ON COLUMN @extschema@.knowledge_point.valid IS 'Days on which the point applies';
COMMENT ON COLUMN @extschema@.knowledge_point.origin IS 'shipped with the extension, or local';
COMMENT ON COLUMN @extschema@.knowledge_point.curated IS 'Corrected by a person; survives imports';
COMMENT ON COLUMN @extschema@.knowledge_point.created_by IS 'Who wrote this version';
COMMENT ON COLUMN @extschema@.knowledge_point.created_at IS 'When this version was written';
COMMENT ON COLUMN @extschema@.knowledge_point.edition IS 'Edition in which this version was written or last changed its days';
COMMENT ON COLUMN @extschema@.knowledge_point.approved_by IS 'Second person who approved it';

CREATE TABLE @extschema@.knowledge_code
(
	point_id	text NOT NULL,
	version		integer NOT NULL DEFAULT 1,
	seq			integer NOT NULL,
	code		text NOT NULL,
	role		text NOT NULL DEFAULT 'codes' CHECK (role IN ('codes', 'with')),
	valid		daterange NOT NULL DEFAULT '(,)',
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	-- no foreign key to knowledge_point: a parallel restore fills dumped
	-- tables in any order
	PRIMARY KEY (point_id, version, seq)
);
CREATE INDEX knowledge_code_code_idx ON @extschema@.knowledge_code (code);
-- the few prefixes are loaded with the rules, all other codes when first seen
CREATE INDEX knowledge_code_prefix_idx ON @extschema@.knowledge_code (point_id)
	WHERE code OPERATOR(pg_catalog.~~) '%\%';
COMMENT ON TABLE @extschema@.knowledge_code IS
'知识点编码: the codes of a knowledge point; one point has many codes, one code many points.';
COMMENT ON COLUMN @extschema@.knowledge_code.point_id IS 'Knowledge point';
COMMENT ON COLUMN @extschema@.knowledge_code.version IS 'Version of the point';
COMMENT ON COLUMN @extschema@.knowledge_code.seq IS 'Order as published';
COMMENT ON COLUMN @extschema@.knowledge_code.code IS 'Item, diagnosis or operation code; a trailing % is a prefix';
COMMENT ON COLUMN @extschema@.knowledge_code.role IS 'codes: the point''s pool; with: the other side of a pair (the judged one)';
COMMENT ON COLUMN @extschema@.knowledge_code.valid IS 'Days on which the code belongs to the point';
COMMENT ON COLUMN @extschema@.knowledge_code.origin IS 'shipped with the extension, or local';

CREATE TABLE @extschema@.item_group
(
	group_code	text NOT NULL,
	code		text NOT NULL,
	valid		daterange NOT NULL DEFAULT '(,)',
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	PRIMARY KEY (group_code, code, valid)
);
COMMENT ON TABLE @extschema@.item_group IS
'项目分组: named groups of item codes for rules that name a group instead of codes.';
COMMENT ON COLUMN @extschema@.item_group.group_code IS 'Name of the group';
COMMENT ON COLUMN @extschema@.item_group.code IS 'Item code, a trailing % is a prefix';
COMMENT ON COLUMN @extschema@.item_group.valid IS 'Days on which the code belongs to the group';
COMMENT ON COLUMN @extschema@.item_group.origin IS 'shipped with the extension, or local';

CREATE TABLE @extschema@.list_price
(
	fixmedins_code	text,
	area		text,
	code		text NOT NULL,
	price		numeric NOT NULL CHECK (price > 0),
	valid		daterange NOT NULL DEFAULT '(,)',
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	CHECK ((fixmedins_code IS NULL) OPERATOR(pg_catalog.<>) (area IS NULL))
);
CREATE INDEX list_price_code_idx ON @extschema@.list_price (code);
COMMENT ON TABLE @extschema@.list_price IS
'目录价格: list price of an item at one institution, or in an area (prefix of the institution''s area; the longest counts).';
COMMENT ON COLUMN @extschema@.list_price.fixmedins_code IS 'Institution; NULL where the price is of an area';
COMMENT ON COLUMN @extschema@.list_price.area IS 'Area of 2, 4 or 6 digits, or empty for everywhere; NULL where the price is of an institution';
COMMENT ON COLUMN @extschema@.list_price.code IS 'Item code';
COMMENT ON COLUMN @extschema@.list_price.price IS 'List price, yuan';
COMMENT ON COLUMN @extschema@.list_price.valid IS 'Days on which the price applies';
COMMENT ON COLUMN @extschema@.list_price.origin IS 'shipped with the extension, or local';

CREATE TABLE @extschema@.known_code
(
	code		text NOT NULL,
	name		text,
	valid		daterange NOT NULL DEFAULT '(,)',
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	PRIMARY KEY (code, valid)
);
COMMENT ON TABLE @extschema@.known_code IS
'标准编码: item codes of the national catalogues; data_quality "unknown_code" is idle while it is empty.';
COMMENT ON COLUMN @extschema@.known_code.code IS 'Item code';
COMMENT ON COLUMN @extschema@.known_code.name IS 'Name in the catalogue';
COMMENT ON COLUMN @extschema@.known_code.valid IS 'Days on which the code exists';
COMMENT ON COLUMN @extschema@.known_code.origin IS 'shipped with the extension, or local';

CREATE TABLE @extschema@.code_map
(
	domain		text NOT NULL,
	local_code	text NOT NULL,
	national_code	text NOT NULL,
	valid		daterange NOT NULL DEFAULT '(,)',
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	PRIMARY KEY (domain, local_code, valid)
);
COMMENT ON TABLE @extschema@.code_map IS
'编码映射: local codings of hospital levels, areas, encounter types and items to the national ones, for use in bound views.';
COMMENT ON COLUMN @extschema@.code_map.domain IS 'What is coded: hosp_lv, admdvs, med_type, item, …';
COMMENT ON COLUMN @extschema@.code_map.local_code IS 'Code as used locally';
COMMENT ON COLUMN @extschema@.code_map.national_code IS 'Code that the contract expects';
COMMENT ON COLUMN @extschema@.code_map.valid IS 'Days on which the mapping applies';
COMMENT ON COLUMN @extschema@.code_map.origin IS 'shipped with the extension, or local';

CREATE TABLE @extschema@.rule_exemption
(
	exemption_id	bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	rule_code	text,
	psn_no		text,
	fixmedins_code	text,
	diag_code	text,
	code		text,
	valid		daterange NOT NULL DEFAULT '(,)',
	reason		text NOT NULL CHECK (reason OPERATOR(pg_catalog.~) '\S'),
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	created_by	text NOT NULL DEFAULT session_user,
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	CHECK (pg_catalog.num_nonnulls(psn_no, fixmedins_code, diag_code, code) OPERATOR(pg_catalog.>) 0)
);
COMMENT ON TABLE @extschema@.rule_exemption IS
'规则豁免: what a rule does not judge: a row exempts where every column that it names matches, on the days of "valid".';
COMMENT ON COLUMN @extschema@.rule_exemption.exemption_id IS 'Key';
COMMENT ON COLUMN @extschema@.rule_exemption.rule_code IS 'Rule; NULL: every rule';
COMMENT ON COLUMN @extschema@.rule_exemption.psn_no IS 'Person';
COMMENT ON COLUMN @extschema@.rule_exemption.fixmedins_code IS 'Institution';
COMMENT ON COLUMN @extschema@.rule_exemption.diag_code IS 'Diagnosis of the visit, a trailing % is a prefix';
COMMENT ON COLUMN @extschema@.rule_exemption.code IS 'Item code, a trailing % is a prefix';
COMMENT ON COLUMN @extschema@.rule_exemption.valid IS 'Days on which the exemption applies';
COMMENT ON COLUMN @extschema@.rule_exemption.reason IS 'Why';
COMMENT ON COLUMN @extschema@.rule_exemption.origin IS 'shipped with the extension, or local';
COMMENT ON COLUMN @extschema@.rule_exemption.created_by IS 'Who wrote it';
COMMENT ON COLUMN @extschema@.rule_exemption.created_at IS 'When it was written';

CREATE TABLE @extschema@.fact_since
(
	fact		text PRIMARY KEY,
	since		date NOT NULL
);
COMMENT ON TABLE @extschema@.fact_since IS
'数据起始日: first day from which a fact''s rows are complete; rules that accuse by absence of earlier use do not look before it.';
COMMENT ON COLUMN @extschema@.fact_since.fact IS 'Fact';
COMMENT ON COLUMN @extschema@.fact_since.since IS 'First complete day';

-- The version in force by day and area: what the evaluator and the references
-- read.

/*
 * A scope within a place: the elements of both lists that are, or lie, in the
 * other. Codes of institutions are no prefixes of each other.
 */
CREATE FUNCTION @extschema@.scope_within(scope jsonb, key text, places text[])
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 50
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN scope ? key THEN (
		SELECT scope || jsonb_build_object(key, jsonb_agg(DISTINCT CASE
			WHEN length(l.place) > length(p.place) THEN l.place ELSE p.place END))
		FROM jsonb_array_elements_text(CASE jsonb_typeof(scope -> key)
			WHEN 'array' THEN scope -> key ELSE jsonb_build_array(scope -> key) END) AS l(place)
		JOIN unnest(places) AS p(place) ON l.place = p.place
			OR (key <> 'fixmedins_code' AND (starts_with(l.place, p.place) OR starts_with(p.place, l.place)))
		-- nowhere: a scope that holds for no line
		HAVING count(*) > 0)
	ELSE scope || jsonb_build_object(key, to_jsonb(places)) END
$$;
COMMENT ON FUNCTION @extschema@.scope_within(jsonb, text, text[]) IS
'A scope narrowed to places by one of its keys area, psn_area, fixmedins_code; NULL where nothing is left.';

CREATE TYPE @extschema@.place_days AS
(
	key			text,
	place		text,
	days		daterange
);
COMMENT ON TYPE @extschema@.place_days IS
'A place and days on which a narrower version of a rule decides there.';
COMMENT ON COLUMN @extschema@.place_days.key IS 'area (of the institution), psn_area (of the person), or fixmedins_code';
COMMENT ON COLUMN @extschema@.place_days.place IS 'First digits of the area, or institution';
COMMENT ON COLUMN @extschema@.place_days.days IS 'Days';

CREATE FUNCTION @extschema@.is_elsewhere(others @extschema@.place_days[], area text, psn_area text,
	fixmedins_code text, day date)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (
		SELECT FROM unnest(others) o
		WHERE o.days @> day AND CASE o.key WHEN 'area' THEN starts_with(area, o.place)
			WHEN 'psn_area' THEN starts_with(psn_area, o.place) ELSE fixmedins_code = o.place END)
$$;
COMMENT ON FUNCTION @extschema@.is_elsewhere(@extschema@.place_days[], text, text, text, date) IS
'Whether a place is one where, on that day, a narrower version decides; what is not known is nowhere else.';

CREATE FUNCTION @extschema@.rule_days(rules @extschema@.rule[])
RETURNS TABLE (code text, version integer, scope jsonb, days datemultirange, elsewhere @extschema@.place_days[])
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100
AS 'MODULE_PATHNAME', 'meso_audit_rule_days';
COMMENT ON FUNCTION @extschema@.rule_days(@extschema@.rule[]) IS
'Of all versions of some rules: those that judge, on which days, in which scope, and the places where narrower versions decide instead. NULL: none.';

CREATE VIEW @extschema@.rule_in_force AS
SELECT r.code, r.version, r.kind_code, r.template, r.params, r.codes, d.scope, r.action, r.certainty,
	r.valid, r.decides, r.title, r.legal_basis, r.status, r.origin, r.created_by, r.created_at,
	r.approved_by, r.approved_at, r.area, r.pilot, r.bounds, r.edition, d.days, d.elsewhere
FROM @extschema@.rule r
JOIN @extschema@.rule_days((
	SELECT pg_catalog.array_agg(n) FROM @extschema@.rule n WHERE n.status IN ('active', 'void'))) d
	ON d.code OPERATOR(pg_catalog.=) r.code AND d.version OPERATOR(pg_catalog.=) r.version;
COMMENT ON VIEW @extschema@.rule_in_force IS
'生效规则: the rule versions that judge, with the days on which, and the scope in which, each is the one in force.';
COMMENT ON COLUMN @extschema@.rule_in_force.days IS 'Days on which this version is the one in force and judges';
COMMENT ON COLUMN @extschema@.rule_in_force.elsewhere IS 'Places and days that narrower versions judge instead; NULL: none';
COMMENT ON COLUMN @extschema@.rule_in_force.scope IS 'Scope of the version within its area or pilot';
SELECT @extschema@.pass_comments_on('@extschema@.rule', '@extschema@.rule_in_force');

CREATE VIEW @extschema@.point_in_force AS
SELECT p.*
FROM @extschema@.knowledge_point p
WHERE NOT EXISTS (
		SELECT FROM @extschema@.knowledge_point n
		WHERE n.point_id OPERATOR(pg_catalog.=) p.point_id
			AND n.version OPERATOR(pg_catalog.>) p.version)
	AND p.understood OPERATOR(pg_catalog.<>) 'unparsed'
	AND NOT pg_catalog.isempty(p.valid);
COMMENT ON VIEW @extschema@.point_in_force IS
'生效知识点: the version of each knowledge point that counts; unparsed points judge nothing and are left out.';
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_point', '@extschema@.point_in_force');

SELECT pg_catalog.pg_extension_config_dump('@extschema@.rule_kind', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.rule', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.rule_edition', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.knowledge_point', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.knowledge_code', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.item_group', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.list_price', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.known_code', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.code_map', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.rule_exemption', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.rule_exemption_exemption_id_seq', '');
COMMENT ON SEQUENCE @extschema@.rule_exemption_exemption_id_seq IS 'Numbers of exemptions';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.fact_since', '');
