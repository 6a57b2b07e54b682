-- Indicators and schemes: what is measured, and what it counts. A change is a
-- new row; an active version of a scheme never changes.

CREATE TABLE @extschema@.aspect
(
	aspect		text PRIMARY KEY,
	seq			smallint NOT NULL UNIQUE,
	title_zh	text NOT NULL,
	title_en	text NOT NULL
);
COMMENT ON TABLE @extschema@.aspect IS
'信用评价方面: the six aspects that the indicators belong to.';
COMMENT ON COLUMN @extschema@.aspect.aspect IS 'Code of the aspect';
COMMENT ON COLUMN @extschema@.aspect.seq IS 'Order in which aspects are shown';
COMMENT ON COLUMN @extschema@.aspect.title_zh IS 'Chinese name';
COMMENT ON COLUMN @extschema@.aspect.title_en IS 'English name';

CREATE TABLE @extschema@.indicator
(
	indicator	text NOT NULL,
	version		integer NOT NULL CHECK (version > 0),
	seq			integer NOT NULL,
	aspect		text NOT NULL CHECK (aspect IN ('XY', 'JG', 'JX', 'ZL', 'WF', 'SH')),
	title_zh	text NOT NULL,
	title_en	text NOT NULL,
	subject_types	text[] NOT NULL,
	scoring		text NOT NULL,
	unit		text,
	source		text NOT NULL CHECK (source IN ('record', 'entered', 'sql')),
	source_sql	text,
	meaning		text,
	valid		daterange NOT NULL DEFAULT '(,)',
	reason		text,
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	created_by	text NOT NULL DEFAULT session_user,
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (indicator, version),
	CHECK ((source = 'sql') = (source_sql IS NOT NULL))
);
COMMENT ON TABLE @extschema@.indicator IS
'信用指标: every version of every smallest indicator; on a day the highest version whose "valid" contains it.';
COMMENT ON COLUMN @extschema@.indicator.indicator IS 'Code of the indicator, I01 to I89 or your own';
COMMENT ON COLUMN @extschema@.indicator.version IS 'Counts the changes of the indicator from 1';
COMMENT ON COLUMN @extschema@.indicator.seq IS 'Order in which indicators are shown';
COMMENT ON COLUMN @extschema@.indicator.aspect IS 'Aspect that it belongs to';
COMMENT ON COLUMN @extschema@.indicator.title_zh IS 'Chinese name';
COMMENT ON COLUMN @extschema@.indicator.title_en IS 'English name';
COMMENT ON COLUMN @extschema@.indicator.subject_types IS 'Whom it can be measured of: hospital, pharmacy, care, practitioner, person, company';
COMMENT ON COLUMN @extschema@.indicator.scoring IS 'Usual method of scoring; the scheme decides';
COMMENT ON COLUMN @extschema@.indicator.unit IS 'Unit of its value or quantity';
COMMENT ON COLUMN @extschema@.indicator.source IS 'record: counted records; entered: a value written by hand; sql: a value computed by source_sql';
COMMENT ON COLUMN @extschema@.indicator.source_sql IS 'Query of subject_code, value for a period ($1 daterange) and type of subject ($2 text)';
COMMENT ON COLUMN @extschema@.indicator.meaning IS 'What it measures, and where it comes from';
COMMENT ON COLUMN @extschema@.indicator.valid IS 'Days on which this version counts; a retired indicator has an upper bound';
COMMENT ON COLUMN @extschema@.indicator.reason IS 'Why it was added, changed or retired';
COMMENT ON COLUMN @extschema@.indicator.origin IS 'shipped with the extension, or local';
COMMENT ON COLUMN @extschema@.indicator.created_by IS 'Who wrote this version';
COMMENT ON COLUMN @extschema@.indicator.created_at IS 'When this version was written';

CREATE TABLE @extschema@.scheme
(
	scheme		text NOT NULL,
	version		integer NOT NULL CHECK (version > 0),
	subject_type	text NOT NULL
		CHECK (subject_type IN ('hospital', 'pharmacy', 'care', 'practitioner', 'person', 'company')),
	title_zh	text NOT NULL,
	title_en	text NOT NULL,
	full_marks	numeric(18,6) NOT NULL CHECK (full_marks > 0 AND full_marks <> 'NaN'),
	min_score	numeric(18,6) NOT NULL CHECK (min_score <> 'NaN'),
	max_score	numeric(18,6) NOT NULL CHECK (max_score <> 'NaN'),
	normalize	boolean NOT NULL DEFAULT true,
	appeal_counts	boolean NOT NULL DEFAULT false,
	bands		jsonb NOT NULL,
	veto_grade	text NOT NULL,
	preferred	boolean NOT NULL DEFAULT false,
	valid		daterange NOT NULL DEFAULT '(,)',
	status		text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'void')),
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	created_by	text NOT NULL DEFAULT session_user,
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	approved_by	text,
	PRIMARY KEY (scheme, version),
	CHECK (min_score <= max_score)
);
COMMENT ON TABLE @extschema@.scheme IS
'信用评价方案: every version of every scheme; on a day the highest active version whose "valid" contains it.';
COMMENT ON COLUMN @extschema@.scheme.scheme IS 'Code of the scheme';
COMMENT ON COLUMN @extschema@.scheme.version IS 'Counts the changes of the scheme from 1';
COMMENT ON COLUMN @extschema@.scheme.subject_type IS 'Whom it rates';
COMMENT ON COLUMN @extschema@.scheme.title_zh IS 'Chinese name';
COMMENT ON COLUMN @extschema@.scheme.title_en IS 'English name';
COMMENT ON COLUMN @extschema@.scheme.full_marks IS 'Points of a subject that loses and gains none';
COMMENT ON COLUMN @extschema@.scheme.min_score IS 'Lowest score, and that of a vetoed subject';
COMMENT ON COLUMN @extschema@.scheme.max_score IS 'Highest score';
COMMENT ON COLUMN @extschema@.scheme.normalize IS 'Weights are shares of full marks, among the indicators that apply; false: points as they are';
COMMENT ON COLUMN @extschema@.scheme.appeal_counts IS 'A record under appeal counts before it is decided';
COMMENT ON COLUMN @extschema@.scheme.bands IS 'Grades from the top: [{"grade", "from", "label_zh", "label_en"}], the last without from';
COMMENT ON COLUMN @extschema@.scheme.veto_grade IS 'Grade of a vetoed subject';
COMMENT ON COLUMN @extschema@.scheme.preferred IS 'Used for its type of subject where no scheme is named';
COMMENT ON COLUMN @extschema@.scheme.valid IS 'Days on which this version rates';
COMMENT ON COLUMN @extschema@.scheme.status IS 'draft, active or void';
COMMENT ON COLUMN @extschema@.scheme.origin IS 'shipped with the extension, or local';
COMMENT ON COLUMN @extschema@.scheme.created_by IS 'Who wrote this version';
COMMENT ON COLUMN @extschema@.scheme.created_at IS 'When this version was written';
COMMENT ON COLUMN @extschema@.scheme.approved_by IS 'Second person who approved it';

CREATE TABLE @extschema@.scheme_aspect
(
	scheme		text NOT NULL,
	version		integer NOT NULL,
	aspect		text NOT NULL CHECK (aspect IN ('XY', 'JG', 'JX', 'ZL', 'WF', 'SH')),
	cap			numeric(18,6) NOT NULL CHECK (cap >= 0 AND cap <> 'NaN'),
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	PRIMARY KEY (scheme, version, aspect)
);
COMMENT ON TABLE @extschema@.scheme_aspect IS
'方面扣分上限: the most points that an aspect may cost under a scheme; an aspect without a row has no limit.';
COMMENT ON COLUMN @extschema@.scheme_aspect.scheme IS 'Scheme';
COMMENT ON COLUMN @extschema@.scheme_aspect.version IS 'Its version';
COMMENT ON COLUMN @extschema@.scheme_aspect.aspect IS 'Aspect';
COMMENT ON COLUMN @extschema@.scheme_aspect.cap IS 'Most points that it may cost';
COMMENT ON COLUMN @extschema@.scheme_aspect.origin IS 'shipped with the extension, or local';

CREATE TABLE @extschema@.scheme_indicator
(
	scheme		text NOT NULL,
	version		integer NOT NULL,
	indicator	text NOT NULL,
	seq			integer NOT NULL,
	aspect		text NOT NULL CHECK (aspect IN ('XY', 'JG', 'JX', 'ZL', 'WF', 'SH')),
	method		text NOT NULL CHECK (method IN
		('deduct', 'add', 'ratio_band', 'linear', 'peer_percentile', 'boolean', 'veto')),
	weight		numeric(18,6) NOT NULL DEFAULT 0 CHECK (weight >= 0 AND weight <> 'NaN'),
	params		jsonb NOT NULL DEFAULT '{}',
	cap			numeric(18,6) CHECK (cap >= 0 AND cap <> 'NaN'),
	validity	text,
	missing		text NOT NULL DEFAULT 'not_applicable' CHECK (missing IN ('not_applicable', 'zero', 'full')),
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	PRIMARY KEY (scheme, version, indicator)
);
COMMENT ON TABLE @extschema@.scheme_indicator IS
'方案指标: what an indicator counts under a version of a scheme; doc/credit.md has the methods.';
COMMENT ON COLUMN @extschema@.scheme_indicator.scheme IS 'Scheme';
COMMENT ON COLUMN @extschema@.scheme_indicator.version IS 'Its version';
COMMENT ON COLUMN @extschema@.scheme_indicator.indicator IS 'Indicator';
COMMENT ON COLUMN @extschema@.scheme_indicator.seq IS 'Order of counting (caps of aspects, vetoes) and of showing; unique within the version';
COMMENT ON COLUMN @extschema@.scheme_indicator.aspect IS 'Aspect that it counts in';
COMMENT ON COLUMN @extschema@.scheme_indicator.method IS 'deduct, add, ratio_band, linear, peer_percentile, boolean or veto';
COMMENT ON COLUMN @extschema@.scheme_indicator.weight IS 'Most points that it may cost, before scaling to full marks';
COMMENT ON COLUMN @extschema@.scheme_indicator.params IS 'Parameters of the method';
COMMENT ON COLUMN @extschema@.scheme_indicator.cap IS 'Most points that deduct may cost or add may give; NULL: the weight';
COMMENT ON COLUMN @extschema@.scheme_indicator.validity IS 'How long a record or value counts: an interval in days, months or years, or "calendar year"; NULL: for ever';
COMMENT ON COLUMN @extschema@.scheme_indicator.missing IS 'What a missing value means: not_applicable, zero or full';
COMMENT ON COLUMN @extschema@.scheme_indicator.origin IS 'shipped with the extension, or local';
CREATE UNIQUE INDEX scheme_indicator_seq_idx ON @extschema@.scheme_indicator (scheme, version, seq);

SELECT pg_catalog.pg_extension_config_dump('@extschema@.indicator', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.scheme', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.scheme_aspect', 'WHERE origin = ''local''');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.scheme_indicator', 'WHERE origin = ''local''');

INSERT INTO @extschema@.aspect (aspect, seq, title_zh, title_en) VALUES
	('XY', 1, '协议管理', 'Agreement'),
	('JG', 2, '医保监管', 'Supervision'),
	('JX', 3, '基金绩效', 'Fund performance'),
	('ZL', 4, '自律管理', 'Self-discipline'),
	('WF', 5, '违法违规违约', 'Violations and breaches'),
	('SH', 6, '社会信用', 'Public credit');

CREATE FUNCTION @extschema@.schemes_changed()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'meso_audit_schemes_changed';
COMMENT ON FUNCTION @extschema@.schemes_changed() IS
'Tells every backend to load the schemes anew before the next score.';
CREATE TRIGGER schemes_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.scheme
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.schemes_changed();
CREATE TRIGGER schemes_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.scheme_aspect
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.schemes_changed();
CREATE TRIGGER schemes_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.scheme_indicator
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.schemes_changed();

CREATE FUNCTION @extschema@.check_scheme(scheme text, version integer)
RETURNS void
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'meso_audit_check_scheme';
COMMENT ON FUNCTION @extschema@.check_scheme(text, integer) IS
'方案检查: raises 22023 unless this version of the scheme can be scored by: bands, parameters of each method, validities.';

CREATE TYPE @extschema@.scheme_version AS
(
	scheme		text,
	version		integer
);
COMMENT ON TYPE @extschema@.scheme_version IS
'方案版本: one version of one scheme.';
COMMENT ON COLUMN @extschema@.scheme_version.scheme IS 'Scheme';
COMMENT ON COLUMN @extschema@.scheme_version.version IS 'Its version';

CREATE FUNCTION @extschema@.create_scheme(scheme text, document jsonb, status text DEFAULT 'draft')
RETURNS @extschema@.scheme_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	made	scheme_version;
	head	scheme;
	unknown	text;
BEGIN
	IF create_scheme.scheme IS NULL OR create_scheme.scheme = '' OR jsonb_typeof(document) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION 'a scheme needs a code and a document' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF create_scheme.status IS NULL OR create_scheme.status NOT IN ('draft', 'active') THEN
		RAISE EXCEPTION 'scheme "%" cannot begin as "%"', create_scheme.scheme, create_scheme.status
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Begin as draft or active.';
	END IF;
	IF create_scheme.status = 'active' AND approval_required() THEN
		RAISE EXCEPTION 'an active scheme needs the approval of a second person'
			USING ERRCODE = 'insufficient_privilege',
				HINT = 'Create it as a draft and let another user call approve_scheme().';
	END IF;
	SELECT k.key INTO unknown FROM jsonb_object_keys(document) AS k(key)
	WHERE k.key <> ALL ('{subject_type,title_zh,title_en,full_marks,min_score,max_score,normalize,appeal_counts,bands,veto_grade,preferred,valid,aspects,indicators}');
	IF FOUND THEN
		RAISE EXCEPTION 'scheme "%" has an unknown key "%"', create_scheme.scheme, unknown
			USING ERRCODE = 'invalid_parameter_value';
	END IF;

	LOCK TABLE scheme IN SHARE ROW EXCLUSIVE MODE;
	head := jsonb_populate_record(NULL::scheme, document);
	made.scheme := create_scheme.scheme;
	made.version := COALESCE((SELECT max(s.version) FROM scheme s WHERE s.scheme = made.scheme), 0) + 1;
	INSERT INTO scheme (scheme, version, subject_type, title_zh, title_en, full_marks, min_score, max_score,
		normalize, appeal_counts, bands, veto_grade, preferred, valid, status)
	VALUES (made.scheme, made.version, head.subject_type, COALESCE(head.title_zh, made.scheme),
		COALESCE(head.title_en, made.scheme), COALESCE(head.full_marks, 100), COALESCE(head.min_score, 0),
		COALESCE(head.max_score, head.full_marks, 100), COALESCE(head.normalize, true),
		COALESCE(head.appeal_counts, false), head.bands,
		COALESCE(head.veto_grade, head.bands -> -1 ->> 'grade'), COALESCE(head.preferred, false),
		COALESCE(head.valid, '(,)'), 'draft');
	INSERT INTO scheme_aspect (scheme, version, aspect, cap)
	SELECT made.scheme, made.version, a.aspect, a.cap
	FROM jsonb_to_recordset(COALESCE(document -> 'aspects', '[]')) AS a(aspect text, cap numeric);
	INSERT INTO scheme_indicator (scheme, version, indicator, seq, aspect, method, weight, params, cap, validity, missing)
	SELECT made.scheme, made.version, e.indicator, COALESCE(e.seq, d.seq, 10000 + e.n), COALESCE(e.aspect, d.aspect),
		COALESCE(e.method, d.scoring), COALESCE(e.weight, 0), COALESCE(e.params, '{}'), e.cap, e.validity,
		COALESCE(e.missing, 'not_applicable')
	FROM ROWS FROM (jsonb_to_recordset(document -> 'indicators') AS (indicator text, seq integer, aspect text,
			method text, weight numeric, params jsonb, cap numeric, validity text, missing text))
		WITH ORDINALITY AS e(indicator, seq, aspect, method, weight, params, cap, validity, missing, n)
	LEFT JOIN LATERAL (
		SELECT i.* FROM indicator i WHERE i.indicator = e.indicator ORDER BY i.version DESC LIMIT 1
	) d ON true;
	PERFORM check_scheme(made.scheme, made.version);
	IF create_scheme.status = 'active' THEN
		UPDATE scheme s SET status = 'active' WHERE s.scheme = made.scheme AND s.version = made.version;
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.create_scheme(text, jsonb, text) IS
'创建方案: writes a scheme, or the next version of the scheme of that code, from one document: the columns of "scheme", "aspects" [{aspect, cap}] and "indicators" [{indicator, method, weight, params, cap, validity, missing}]; what an indicator leaves out is taken from table "indicator".';

CREATE FUNCTION @extschema@.approve_scheme(scheme text, version integer)
RETURNS @extschema@.scheme_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	draft	scheme;
BEGIN
	SELECT s.* INTO draft FROM scheme s
	WHERE s.scheme = approve_scheme.scheme AND s.version = approve_scheme.version FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no version % of scheme "%"', approve_scheme.version, approve_scheme.scheme
			USING ERRCODE = 'undefined_object';
	END IF;
	IF draft.status <> 'draft' THEN
		RAISE EXCEPTION 'version % of scheme "%" is %, there is nothing to approve', draft.version, draft.scheme, draft.status
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM require_second_person(format('Approving version %s of scheme "%s"', draft.version, draft.scheme), draft.created_by);
	PERFORM check_scheme(draft.scheme, draft.version);
	UPDATE scheme s SET status = 'active', approved_by = session_user
	WHERE s.scheme = draft.scheme AND s.version = draft.version;
	RETURN (draft.scheme, draft.version)::scheme_version;
END
$$;
COMMENT ON FUNCTION @extschema@.approve_scheme(text, integer) IS
'批准方案: makes a draft version active; by another user than its writer.';

REVOKE ALL ON FUNCTION
	@extschema@.create_scheme(text, jsonb, text),
	@extschema@.approve_scheme(text, integer)
FROM PUBLIC;
