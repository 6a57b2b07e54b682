-- Import, curation and reports of knowledge points.

CREATE FUNCTION @extschema@.load_knowledge(source text, points @extschema@.sheet_point[],
	codes @extschema@.sheet_code[], child_age integer)
RETURNS SETOF @extschema@.import_count
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
SET enable_nestloop = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	staged		staged_point[];
	problems	staged_problem[];
	more		staged_problem[];
	is_new		text[];
	is_changed	text[];
BEGIN
	IF $4 IS NULL OR $4 NOT BETWEEN 0 AND 30 THEN
		RAISE EXCEPTION 'a child of % years is no child', $4
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'child_age is the last completed year of a child: 18, or 13 where a stricter reading is wanted.';
	END IF;
	LOCK TABLE knowledge_point IN SHARE ROW EXCLUSIVE MODE;
	SELECT s.staged, COALESCE(s.problems, '{}') INTO staged, problems
	FROM stage_points($2, $3, $4) s;

	-- What was curated stays; where its text changed it may only remind until
	-- somebody looks again.
	WITH latest AS MATERIALIZED (
		SELECT DISTINCT ON (k.point_id) k.*
		FROM knowledge_point k
		WHERE k.point_id IN (SELECT s.point_id FROM unnest(staged) s)
		ORDER BY k.point_id, k.version DESC
	), had AS MATERIALIZED (
		SELECT k.point_id, array_agg(k.code ORDER BY k.seq) AS codes,
			COALESCE(array_agg(k.code ORDER BY k.seq) FILTER (WHERE k.role = 'with'), '{}') AS judged
		FROM latest l
		JOIN knowledge_code k USING (point_id, version)
		GROUP BY k.point_id
	), compared AS MATERIALIZED (
		SELECT s.*, l.version AS old_version, l.curated,
			(l.kind_code, l.item_name, l.constraint_text) IS DISTINCT FROM (s.kind_code, s.item_name, s.constraint_text) AS other_text,
			(l.detection_logic, l.batch, l.published_at, l.supersedes)
				IS DISTINCT FROM (s.detection_logic, s.batch, s.published_at, s.supersedes)
			OR COALESCE(h.codes, '{}') <> s.codes AS other_rest,
			-- an old file that comes late takes nothing back
			COALESCE(s.published_at < l.published_at, l.published_at IS NOT NULL AND s.published_at IS NULL) AS older,
			(l.limits, l.understood, l.why, COALESCE(h.judged, '{}'))
				IS DISTINCT FROM (s.limits, s.understood, s.why, s.judged) AS other_reading,
			l.limits AS old_limits, l.understood AS old_understood, l.why AS old_why, l.legal_basis,
			COALESCE(h.judged, '{}') AS old_judged
		FROM unnest(staged) s
		LEFT JOIN latest l ON l.point_id = s.point_id
		LEFT JOIN had h ON h.point_id = s.point_id
	), wanted AS MATERIALIZED (
		SELECT c.*
		FROM compared c
		WHERE c.old_version IS NULL
			OR (NOT c.older AND (c.other_text OR c.other_rest OR (c.other_reading AND NOT c.curated)))
	), stored AS (
		INSERT INTO knowledge_point (point_id, version, kind_code, item_name, constraint_text, detection_logic,
			batch, published_at, supersedes, limits, understood, why, legal_basis, valid, origin, curated)
		SELECT w.point_id, COALESCE(w.old_version, 0) + 1, w.kind_code, w.item_name, w.constraint_text,
			w.detection_logic, w.batch, w.published_at, w.supersedes,
			CASE WHEN w.curated THEN w.old_limits ELSE w.limits END,
			CASE WHEN w.curated AND w.other_text AND w.old_understood = 'understood' THEN 'partly'
				WHEN w.curated THEN w.old_understood ELSE w.understood END,
			CASE WHEN w.curated AND w.other_text THEN 'the text changed after it was curated: ' || COALESCE(w.old_why, '')
				WHEN w.curated THEN w.old_why ELSE w.why END,
			w.legal_basis, daterange(w.published_at, NULL), 'local', COALESCE(w.curated, false)
		FROM wanted w
		RETURNING point_id, version
	), coded AS (
		INSERT INTO knowledge_code (point_id, version, seq, code, role)
		SELECT w.point_id, COALESCE(w.old_version, 0) + 1, c.n, c.code,
			CASE WHEN c.code = ANY (CASE WHEN w.curated THEN w.old_judged ELSE w.judged END) THEN 'with' ELSE 'codes' END
		FROM wanted w, unnest(w.codes) WITH ORDINALITY AS c(code, n)
	)
	SELECT COALESCE(array_agg(w.point_id) FILTER (WHERE w.old_version IS NULL), '{}'),
		COALESCE(array_agg(w.point_id) FILTER (WHERE w.old_version IS NOT NULL), '{}'),
		COALESCE(array_agg(('curated_text_changed', w.point_id, 'curated limits are kept and may only remind', NULL)::staged_problem)
			FILTER (WHERE w.curated AND w.other_text), '{}')
		|| COALESCE((
			SELECT array_agg(('older_than_known', c.point_id, 'the row that is known was published later and is kept', NULL)::staged_problem)
			FROM compared c WHERE c.older AND (c.other_text OR c.other_rest)), '{}')
	INTO is_new, is_changed, more
	FROM wanted w;
	problems := problems || more;

	-- Groups that points name, for rules by group.
	INSERT INTO item_group (group_code, code)
	SELECT DISTINCT s.limits ->> 'group', c.code
	FROM unnest(staged) s, unnest(s.codes) AS c(code)
	WHERE s.limits ? 'group'
	ON CONFLICT DO NOTHING;

	problems := problems || COALESCE(end_superseded(), '{}');

	WITH found AS MATERIALIZED (
		SELECT DISTINCT load_knowledge.source AS source, p.problem, p.point_id, p.detail, p.row_data,
			md5(p::text) AS problem_key
		FROM unnest(problems) p
	), gone AS (
		DELETE FROM import_problem i
		WHERE i.source = load_knowledge.source
			AND NOT EXISTS (SELECT FROM found f WHERE f.problem_key = i.problem_key)
	)
	INSERT INTO import_problem (source, problem, point_id, detail, row_data, problem_key)
	SELECT f.source, f.problem, f.point_id, f.detail, f.row_data, f.problem_key FROM found f
	ON CONFLICT DO NOTHING;
	IF cardinality(problems) > 0 THEN
		RAISE NOTICE 'problems found: %', cardinality(problems)
			USING HINT = 'See meso_audit.import_problem.';
	END IF;

	PERFORM note_reaudit('knowledge', array_agg(s.kind_code), 'imported') FROM unnest(staged) s;
	RETURN QUERY
	SELECT s.kind_code, r.name_zh, count(*),
		count(*) FILTER (WHERE k.understood = 'understood'),
		count(*) FILTER (WHERE k.understood = 'partly'),
		count(*) FILTER (WHERE k.understood = 'unparsed'),
		sum(cardinality(s.codes))::bigint,
		count(*) FILTER (WHERE isempty(k.valid) OR upper(k.valid) IS NOT NULL),
		count(n.id), count(c.id), count(*) - count(n.id) - count(c.id)
	FROM unnest(staged) s
	JOIN LATERAL (
		SELECT x.understood, x.valid FROM knowledge_point x
		WHERE x.point_id = s.point_id ORDER BY x.version DESC LIMIT 1) k ON true
	LEFT JOIN rule_kind r ON r.kind_code = s.kind_code
	LEFT JOIN unnest(is_new) AS n(id) ON n.id = s.point_id
	LEFT JOIN unnest(is_changed) AS c(id) ON c.id = s.point_id
	GROUP BY s.kind_code, r.name_zh, r.seq
	ORDER BY r.seq, s.kind_code COLLATE "C";
END
$$;
COMMENT ON FUNCTION @extschema@.load_knowledge(text, @extschema@.sheet_point[], @extschema@.sheet_code[], integer) IS
'Writes the rows that import_knowledge read: new and changed points as versions, curated ones kept, superseded ones ended; returns counts per kind.';
REVOKE ALL ON FUNCTION @extschema@.load_knowledge(text, @extschema@.sheet_point[], @extschema@.sheet_code[], integer) FROM PUBLIC;

CREATE FUNCTION @extschema@.read_points(sheet regclass)
RETURNS @extschema@.sheet_point[]
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	found	sheet_point[];
BEGIN
	EXECUTE format('SELECT array_agg(ROW(%s)::@extschema@.sheet_point) FROM %s AS s',
		sheet_columns(sheet, '{point_id,rule_kind,official_code,tier1,tier2,item_name,constraint_text,detection_logic,batch,published_at,supersedes}',
			'{point_id,rule_kind,item_name,constraint_text}'), sheet)
	INTO found;
	RETURN found;
END
$$;
COMMENT ON FUNCTION @extschema@.read_points(regclass) IS
'Rows of a sheet of points, read with the caller''s rights.';

CREATE FUNCTION @extschema@.read_codes(sheet regclass)
RETURNS @extschema@.sheet_code[]
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	found	sheet_code[];
BEGIN
	EXECUTE format('SELECT array_agg(ROW(%s)::@extschema@.sheet_code) FROM %s AS s',
		sheet_columns(sheet, '{point_id,seq,code}', '{point_id,code}'), sheet)
	INTO found;
	RETURN found;
END
$$;
COMMENT ON FUNCTION @extschema@.read_codes(regclass) IS
'Rows of a sheet of codes, read with the caller''s rights.';

CREATE FUNCTION @extschema@.import_knowledge(points regclass, codes regclass, child_age integer DEFAULT 18)
RETURNS TABLE (kind_code text, name_zh text, points bigint, understood bigint, partly bigint, unparsed bigint,
	codes bigint, superseded bigint, new bigint, changed bigint, unchanged bigint)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT * FROM load_knowledge(format('%s, %s', $1, $2), read_points($1), read_codes($2), $3)
$$;
COMMENT ON FUNCTION @extschema@.import_knowledge(regclass, regclass, integer) IS
'导入知识点: loads the official two-sheet layout from any two tables or views that the caller may read; returns counts per kind, problems stand in import_problem.';
REVOKE ALL ON FUNCTION @extschema@.import_knowledge(regclass, regclass, integer) FROM PUBLIC;

CREATE FUNCTION @extschema@.check_limits(kind_code text, point_id text, limits jsonb)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	kind	rule_kind;
	hint	text;
BEGIN
	SELECT k.* INTO kind FROM rule_kind k WHERE k.kind_code = check_limits.kind_code AND k.template IS NOT NULL;
	IF FOUND THEN
		-- with and group are codes, not parameters
		PERFORM check_rule(kind.template, with_defaults(kind, kind.template, limits - '{with,group}'::text[]), NULL, '{}', 'KP-' || kind.kind_code);
	END IF;
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RAISE EXCEPTION 'knowledge point "%" cannot have these limits: %', point_id, SQLERRM
		USING ERRCODE = 'invalid_parameter_value', HINT = hint;
END
$$;
COMMENT ON FUNCTION @extschema@.check_limits(text, text, jsonb) IS
'Raises 22023 unless a rule of the kind could judge by these limits; kinds without a template are not checked.';

CREATE FUNCTION @extschema@.curate_point(point_id text, limits jsonb, understood text DEFAULT 'understood',
	reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	old		knowledge_point;
	own		reading;
	codes	text[];
	judged	text[];
BEGIN
	IF $3 IS NULL OR $3 NOT IN ('understood', 'partly', 'unparsed') THEN
		RAISE EXCEPTION 'understood is "understood", "partly" or "unparsed", not "%"', $3
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF $2 IS NOT NULL AND jsonb_typeof($2) <> 'object' THEN
		RAISE EXCEPTION 'limits are a JSON object'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'For example {"attribute": "gend", "op": "in", "value": ["2"]}.';
	END IF;
	LOCK TABLE knowledge_point IN SHARE ROW EXCLUSIVE MODE;
	SELECT k.* INTO old
	FROM knowledge_point k
	WHERE k.point_id = $1
	ORDER BY k.version DESC
	LIMIT 1;
	IF old.point_id IS NULL THEN
		RAISE EXCEPTION 'knowledge point "%" does not exist', $1
			USING ERRCODE = 'undefined_object';
	END IF;
	SELECT array_agg(k.code ORDER BY k.seq), array_agg(k.code ORDER BY k.seq) FILTER (WHERE k.role = 'with')
	INTO codes, judged
	FROM knowledge_code k
	WHERE k.point_id = $1 AND k.version = old.version;

	IF $2 IS NULL THEN
		own := read_limits(old.kind_code, old.item_name, old.constraint_text, codes);
	ELSE
		own := ($2, $3, concat_ws(': ', 'curated by ' || session_user, $4))::reading;
		IF $3 <> 'unparsed' THEN
			PERFORM check_limits(old.kind_code, $1, $2);
		END IF;
	END IF;
	IF own.limits ? 'with' THEN
		judged := ARRAY(SELECT jsonb_array_elements_text(own.limits -> 'with'));
		IF NOT judged <@ codes THEN
			RAISE EXCEPTION 'knowledge point "%" has no code %', $1, judged
				USING ERRCODE = 'invalid_parameter_value',
					HINT = '"with" names those of the point''s codes that are judged.';
		END IF;
		own.limits := own.limits - 'with';
	END IF;

	INSERT INTO knowledge_point (point_id, version, kind_code, item_name, constraint_text, detection_logic, batch,
		published_at, supersedes, limits, understood, why, legal_basis, valid, origin, curated)
	VALUES (old.point_id, old.version + 1, old.kind_code, old.item_name, old.constraint_text, old.detection_logic,
		old.batch, old.published_at, old.supersedes, own.limits, own.understood, own.why, old.legal_basis, old.valid,
		'local', $2 IS NOT NULL);
	INSERT INTO knowledge_code (point_id, version, seq, code, role, valid)
	SELECT k.point_id, old.version + 1, k.seq, k.code,
		CASE WHEN k.code = ANY (judged) THEN 'with' ELSE 'codes' END, k.valid
	FROM knowledge_code k
	WHERE k.point_id = $1 AND k.version = old.version;
	PERFORM note_reaudit('knowledge', ARRAY[old.kind_code], 'curated');
	RETURN old.version + 1;
END
$$;
COMMENT ON FUNCTION @extschema@.curate_point(text, jsonb, text, text) IS
'校订知识点: a new version of a point with limits that a person wrote; the next import keeps them. NULL limits give the point back to the reader. Returns the version.';
REVOKE ALL ON FUNCTION @extschema@.curate_point(text, jsonb, text, text) FROM PUBLIC;

CREATE VIEW @extschema@.latest_point AS
SELECT p.*
FROM @extschema@.knowledge_point p
WHERE p.version OPERATOR(pg_catalog.=) (
	SELECT pg_catalog.max(n.version)
	FROM @extschema@.knowledge_point n
	WHERE n.point_id OPERATOR(pg_catalog.=) p.point_id);
COMMENT ON VIEW @extschema@.latest_point IS
'当前知识点: the version of each knowledge point that counts, understood or not, ended or not.';
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_point', '@extschema@.latest_point');

CREATE VIEW @extschema@.knowledge_report AS
SELECT r.kind_code, r.seq, r.name_zh, r.name_en, r.template,
	pg_catalog.count(p.point_id) AS points,
	pg_catalog.count(*) FILTER (WHERE p.understood OPERATOR(pg_catalog.=) 'understood') AS understood,
	pg_catalog.count(*) FILTER (WHERE p.understood OPERATOR(pg_catalog.=) 'partly') AS partly,
	pg_catalog.count(*) FILTER (WHERE p.understood OPERATOR(pg_catalog.=) 'unparsed') AS unparsed,
	pg_catalog.count(*) FILTER (WHERE p.curated) AS curated,
	pg_catalog.count(*) FILTER (WHERE pg_catalog.isempty(p.valid) OR pg_catalog.upper(p.valid) IS NOT NULL) AS superseded,
	pg_catalog.count(*) FILTER (WHERE p.point_id IS NOT NULL AND c.n IS NULL) AS without_codes,
	COALESCE(pg_catalog.sum(c.n), 0)::bigint AS codes
FROM @extschema@.rule_kind r
LEFT JOIN @extschema@.latest_point p ON p.kind_code OPERATOR(pg_catalog.=) r.kind_code
LEFT JOIN (
	SELECT k.point_id, k.version, pg_catalog.count(*) AS n
	FROM @extschema@.knowledge_code k
	GROUP BY k.point_id, k.version) c
	ON c.point_id OPERATOR(pg_catalog.=) p.point_id AND c.version OPERATOR(pg_catalog.=) p.version
GROUP BY r.kind_code, r.seq, r.name_zh, r.name_en, r.template;
COMMENT ON VIEW @extschema@.knowledge_report IS
'知识库概览: per rule kind how many points are known, how far they are understood, and how many codes they have.';
COMMENT ON COLUMN @extschema@.knowledge_report.points IS 'Points of the kind, ended ones included';
COMMENT ON COLUMN @extschema@.knowledge_report.understood IS 'Points that judge as their rule says';
COMMENT ON COLUMN @extschema@.knowledge_report.partly IS 'Points that may only remind';
COMMENT ON COLUMN @extschema@.knowledge_report.unparsed IS 'Points that judge nothing';
COMMENT ON COLUMN @extschema@.knowledge_report.curated IS 'Points whose limits a person wrote';
COMMENT ON COLUMN @extschema@.knowledge_report.superseded IS 'Points that another one replaced';
COMMENT ON COLUMN @extschema@.knowledge_report.without_codes IS 'Points without a single code';
COMMENT ON COLUMN @extschema@.knowledge_report.codes IS 'Codes of the points';
SELECT @extschema@.pass_comments_on('@extschema@.rule_kind', '@extschema@.knowledge_report');

CREATE VIEW @extschema@.knowledge_batches AS
SELECT p.batch, pg_catalog.min(p.published_at) AS published_at, p.kind_code, r.name_zh, r.name_en,
	pg_catalog.count(*) AS points,
	pg_catalog.count(*) FILTER (WHERE p.understood OPERATOR(pg_catalog.=) 'understood') AS understood,
	pg_catalog.count(*) FILTER (WHERE p.understood OPERATOR(pg_catalog.=) 'partly') AS partly,
	pg_catalog.count(*) FILTER (WHERE p.understood OPERATOR(pg_catalog.=) 'unparsed') AS unparsed,
	pg_catalog.count(*) FILTER (WHERE p.curated) AS curated,
	pg_catalog.count(*) FILTER (WHERE p.version OPERATOR(pg_catalog.>) 1) AS changed,
	pg_catalog.count(*) FILTER (WHERE p.supersedes IS NOT NULL) AS replacing,
	pg_catalog.count(*) FILTER (WHERE pg_catalog.isempty(p.valid) OR pg_catalog.upper(p.valid) IS NOT NULL) AS superseded
FROM @extschema@.latest_point p
LEFT JOIN @extschema@.rule_kind r ON r.kind_code OPERATOR(pg_catalog.=) p.kind_code
GROUP BY p.batch, p.kind_code, r.name_zh, r.name_en;
COMMENT ON VIEW @extschema@.knowledge_batches IS
'知识库批次: per batch of publication and rule kind how many points came, how far they are understood, what they replace and what replaced them.';
COMMENT ON COLUMN @extschema@.knowledge_batches.published_at IS 'First day of publication in the batch';
COMMENT ON COLUMN @extschema@.knowledge_batches.changed IS 'Points that are not as they first came: corrected, renamed or curated';
COMMENT ON COLUMN @extschema@.knowledge_batches.replacing IS 'Points that replace others';
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_report', '@extschema@.knowledge_batches');
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_point', '@extschema@.knowledge_batches');
SELECT @extschema@.pass_comments_on('@extschema@.rule_kind', '@extschema@.knowledge_batches');

CREATE VIEW @extschema@.unparsed_point AS
SELECT p.kind_code, r.name_zh, p.point_id, p.version, p.understood, p.why, p.item_name, p.constraint_text, p.limits,
	p.curated, p.batch, (
		SELECT pg_catalog.count(*)
		FROM @extschema@.knowledge_code k
		WHERE k.point_id OPERATOR(pg_catalog.=) p.point_id
			AND k.version OPERATOR(pg_catalog.=) p.version) AS codes
FROM @extschema@.latest_point p
LEFT JOIN @extschema@.rule_kind r ON r.kind_code OPERATOR(pg_catalog.=) p.kind_code
WHERE p.understood OPERATOR(pg_catalog.<>) 'understood'
	AND NOT pg_catalog.isempty(p.valid)
	AND pg_catalog.upper(p.valid) IS NULL;
COMMENT ON VIEW @extschema@.unparsed_point IS
'待校订知识点: points in force that are not, or only partly, understood, with the reason: the work queue for curate_point.';
COMMENT ON COLUMN @extschema@.unparsed_point.codes IS 'Number of codes that wait for the point';
COMMENT ON COLUMN @extschema@.unparsed_point.understood IS 'partly: may only remind; unparsed: judges nothing';
COMMENT ON COLUMN @extschema@.unparsed_point.why IS 'What was not understood, or is left over';
COMMENT ON COLUMN @extschema@.unparsed_point.item_name IS 'Name as published';
COMMENT ON COLUMN @extschema@.unparsed_point.constraint_text IS 'The limit as published';
COMMENT ON COLUMN @extschema@.unparsed_point.limits IS 'What was read nevertheless';
COMMENT ON COLUMN @extschema@.unparsed_point.curated IS 'A person wrote the limits, and the text changed since or they are not whole';
COMMENT ON COLUMN @extschema@.unparsed_point.batch IS 'Batch of publication';
SELECT @extschema@.pass_comments_on('@extschema@.rule_kind', '@extschema@.unparsed_point');
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_point', '@extschema@.unparsed_point');
