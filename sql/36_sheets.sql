-- Sheets of the official layout (points, codes of points) as points to be stored.
--
-- import_knowledge runs with the caller's rights while it reads the sheets
-- and hands their rows to load_knowledge, which alone may write. A row is
-- never dropped in silence: what cannot be used stands in import_problem.
-- The state after an import depends on the rows that were ever imported last
-- per point, not on the order of the files.

CREATE TABLE @extschema@.import_problem
(
	source		text NOT NULL,
	problem		text NOT NULL,
	point_id	text,
	detail		text,
	row_data	jsonb,
	problem_key	text NOT NULL,
	PRIMARY KEY (source, problem_key)
);
COMMENT ON TABLE @extschema@.import_problem IS
'导入问题: what the latest import of each pair of sheets could not use, or used only after mending.';
COMMENT ON COLUMN @extschema@.import_problem.source IS 'The two sheets';
COMMENT ON COLUMN @extschema@.import_problem.problem IS 'Name of the problem';
COMMENT ON COLUMN @extschema@.import_problem.point_id IS 'Point concerned, if known';
COMMENT ON COLUMN @extschema@.import_problem.detail IS 'What was found, and what was done about it';
COMMENT ON COLUMN @extschema@.import_problem.row_data IS 'The row as it came';
COMMENT ON COLUMN @extschema@.import_problem.problem_key IS 'Digest of the other columns';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.import_problem', '');

CREATE TYPE @extschema@.sheet_point AS
(
	point_id		text,
	rule_kind		text,
	official_code	text,
	tier1			text,
	tier2			text,
	item_name		text,
	constraint_text	text,
	detection_logic	text,
	batch			text,
	published_at	text,
	supersedes		text
);
COMMENT ON TYPE @extschema@.sheet_point IS 'A row of the sheet of points, every cell as text.';
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_point', '@extschema@.sheet_point');
COMMENT ON COLUMN @extschema@.sheet_point.rule_kind IS 'Name of the kind 规则名称';
COMMENT ON COLUMN @extschema@.sheet_point.official_code IS 'Official code of the kind 规则编码';
COMMENT ON COLUMN @extschema@.sheet_point.tier1 IS 'First tier of the kind 一级分类';
COMMENT ON COLUMN @extschema@.sheet_point.tier2 IS 'Second tier of the kind 二级分类';

CREATE TYPE @extschema@.sheet_code AS
(
	point_id	text,
	seq			text,
	code		text
);
COMMENT ON TYPE @extschema@.sheet_code IS 'A row of the sheet of codes, every cell as text.';
COMMENT ON COLUMN @extschema@.sheet_code.point_id IS 'Knowledge point';
COMMENT ON COLUMN @extschema@.sheet_code.seq IS 'Number of the code in its point';
COMMENT ON COLUMN @extschema@.sheet_code.code IS 'Code';

CREATE TYPE @extschema@.staged_point AS
(
	point_id		text,
	kind_code		text,
	item_name		text,
	constraint_text	text,
	detection_logic	text,
	batch			text,
	published_at	date,
	supersedes		text,
	codes			text[],
	judged			text[],
	limits			jsonb,
	understood		text,
	why				text
);
COMMENT ON TYPE @extschema@.staged_point IS
'A point as an import will store it; judged: the codes of role "with".';
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_point', '@extschema@.staged_point');
COMMENT ON COLUMN @extschema@.staged_point.codes IS 'Its codes, in order';
COMMENT ON COLUMN @extschema@.staged_point.judged IS 'Those of role "with"';

CREATE TYPE @extschema@.staged_problem AS
(
	problem		text,
	point_id	text,
	detail		text,
	row_data	jsonb
);
COMMENT ON TYPE @extschema@.staged_problem IS 'A problem as an import will report it.';
SELECT @extschema@.pass_comments_on('@extschema@.import_problem', '@extschema@.staged_problem');

CREATE TYPE @extschema@.import_count AS
(
	kind_code	text,
	name_zh		text,
	points		bigint,
	understood	bigint,
	partly		bigint,
	unparsed	bigint,
	codes		bigint,
	superseded	bigint,
	new			bigint,
	changed		bigint,
	unchanged	bigint
);
COMMENT ON TYPE @extschema@.import_count IS 'What an import did for one kind.';
SELECT @extschema@.pass_comments_on('@extschema@.rule_kind', '@extschema@.import_count');
COMMENT ON COLUMN @extschema@.import_count.points IS 'Points of the kind in the sheets 知识点';
COMMENT ON COLUMN @extschema@.import_count.understood IS 'Points that judge as their rule says 已理解';
COMMENT ON COLUMN @extschema@.import_count.partly IS 'Points that may only remind 部分理解';
COMMENT ON COLUMN @extschema@.import_count.unparsed IS 'Points that judge nothing 未理解';
COMMENT ON COLUMN @extschema@.import_count.codes IS 'Codes of the points 编码';
COMMENT ON COLUMN @extschema@.import_count.superseded IS 'Points that another one replaced 已被替代';
COMMENT ON COLUMN @extschema@.import_count.new IS 'Points not known before 新增';
COMMENT ON COLUMN @extschema@.import_count.changed IS 'Points with a new version 变更';
COMMENT ON COLUMN @extschema@.import_count.unchanged IS 'Points as they were 未变';

CREATE FUNCTION @extschema@.sheet_date(cell text)
RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 50
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	m	text[] := regexp_match(read_text(cell), '^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})(?:日|$|[T \d:+.-]*$)');
BEGIN
	RETURN make_date(m[1]::integer, m[2]::integer, m[3]::integer);
EXCEPTION WHEN OTHERS THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @extschema@.sheet_date(text) IS
'Day that a cell states, year first, in any usual spelling; NULL if it is none.';

CREATE FUNCTION @extschema@.sheet_bytes(cell bytea)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 50
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN convert_from(cell, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
	-- U+FFFD marks what could not be read.
	RETURN chr(65533) || encode(cell, 'hex');
END
$$;
COMMENT ON FUNCTION @extschema@.sheet_bytes(bytea) IS
'Text of a cell that a sheet holds as bytes; bytes that are no UTF-8 come as U+FFFD and hexadecimal digits.';

-- The columns of a sheet as one row constructor, in the order of wanted.
CREATE FUNCTION @extschema@.sheet_columns(relation regclass, wanted text[], needed text[])
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 200
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns	text;
	missing	text;
BEGIN
	IF relation IS NULL THEN
		RAISE EXCEPTION 'a sheet is missing' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT string_agg(CASE WHEN a.attname IS NULL THEN 'NULL::text'
			WHEN a.atttypid = 'bytea'::regtype THEN format('@extschema@.sheet_bytes(s.%I)', a.attname)
			ELSE format('s.%I::text', a.attname) END, ', ' ORDER BY w.n),
		string_agg(w.name, ', ' ORDER BY w.n) FILTER (WHERE a.attname IS NULL AND w.name = ANY (needed))
	INTO columns, missing
	FROM unnest(wanted) WITH ORDINALITY AS w(name, n)
	LEFT JOIN LATERAL (
		SELECT x.attname, x.atttypid
		FROM pg_attribute x
		WHERE x.attrelid = relation AND x.attnum > 0 AND NOT x.attisdropped
			AND lower(btrim(x.attname, E' \u00a0\ufeff')) = w.name
		ORDER BY x.attname <> w.name, x.attnum
		LIMIT 1) a ON true;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'sheet % lacks the columns %', relation, missing
			USING ERRCODE = 'undefined_column',
				HINT = 'Columns that are looked for: ' || array_to_string(wanted, ', ') || '.';
	END IF;
	RETURN columns;
END
$$;
COMMENT ON FUNCTION @extschema@.sheet_columns(regclass, text[], text[]) IS
'List of expressions that gives the wanted columns of a sheet as text, NULL where it has none; an error if a needed one is missing.';

-- Rows whose columns slipped: what is left after the cells that are known
-- for what they are is the name and the text.
CREATE TYPE @extschema@.mended_row AS
(
	kind_code		text,
	item_name		text,
	constraint_text	text
);
COMMENT ON TYPE @extschema@.mended_row IS 'What mend_shifted finds.';
SELECT @extschema@.pass_comments_on('@extschema@.knowledge_point', '@extschema@.mended_row');

CREATE FUNCTION @extschema@.mend_shifted(p @extschema@.sheet_point)
RETURNS @extschema@.mended_row
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 2000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	cells	text[];
	found	mended_row;
BEGIN
	SELECT min(k.code) INTO found.kind_code
	FROM unnest(ARRAY[p.rule_kind, p.official_code, p.tier1, p.tier2, p.item_name, p.constraint_text,
			p.detection_logic, p.batch, p.published_at]) AS c(cell),
		LATERAL (SELECT kind_code_of(c.cell) AS code OFFSET 0) k;
	IF found.kind_code IS NULL THEN
		SELECT min(r.kind_code) INTO found.kind_code
		FROM unnest(ARRAY[p.rule_kind, p.official_code, p.tier1, p.tier2, p.item_name, p.detection_logic]) AS c(cell)
		JOIN rule_kind r ON kind_name_key(r.phrase) = kind_name_key(c.cell)
		HAVING count(DISTINCT r.kind_code) = 1;
	END IF;
	SELECT array_agg(c.cell ORDER BY c.n) INTO cells
	FROM unnest(ARRAY[p.rule_kind, p.official_code, p.tier1, p.tier2, p.item_name, p.constraint_text,
			p.detection_logic, p.batch]) WITH ORDINALITY AS c(cell, n)
	WHERE btrim(c.cell) <> ''
		AND c.cell !~* '^\s*(GZ|ZB)?\d+\s*$|^\s*(batch|updates?)|^\s*(政策|管理|医疗)类\s*$'
		AND kind_code_of(c.cell) IS NULL
		AND NOT EXISTS (SELECT FROM rule_kind r WHERE r.tier2 = btrim(c.cell))
		AND NOT EXISTS (SELECT FROM rule_kind r WHERE kind_name_key(r.phrase) = kind_name_key(c.cell));
	IF cardinality(cells) = 2 THEN
		found.item_name := cells[1];
		found.constraint_text := cells[2];
	ELSE
		found.item_name := p.item_name;
		found.constraint_text := array_to_string(cells, ' | ');
	END IF;
	found.kind_code := COALESCE(found.kind_code, 'MA000');
	RETURN found;
END
$$;
COMMENT ON FUNCTION @extschema@.mend_shifted(@extschema@.sheet_point) IS
'Kind, name and text of a row whose kind is not where it should be: found in the other cells or by the phrase of its detection logic; MA000 if nowhere.';

-- Points that are replaced end on the day their successor was published; on
-- no day at all where that day is not given, or where points replace each
-- other in a circle.
CREATE FUNCTION @extschema@.end_superseded(OUT problems @extschema@.staged_problem[])
RETURNS @extschema@.staged_problem[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	olds	text[];
	news	text[];
	before	integer;
	rounds	integer := 0;
	circle	text[];
BEGIN
	SELECT array_agg(o.old ORDER BY o.old, p.point_id), array_agg(p.point_id ORDER BY o.old, p.point_id)
	INTO olds, news
	FROM knowledge_point p,
		LATERAL regexp_split_to_table(pg_catalog.normalize(p.supersedes, 'NFKC'), '[,;、|{}"\s]+') AS o(old)
	WHERE p.version = (SELECT max(n.version) FROM knowledge_point n WHERE n.point_id = p.point_id)
		AND o.old <> '' AND o.old <> p.point_id;

	-- What remains when ends of chains are taken off again and again is
	-- circles (and what joins two of them).
	circle := '{}';
	IF olds IS NOT NULL THEN
		DECLARE
			a	text[] := olds;
			b	text[] := news;
		BEGIN
			LOOP
				before := cardinality(a);
				SELECT COALESCE(array_agg(x.o), '{}'), COALESCE(array_agg(x.n), '{}') INTO a, b
				FROM unnest(a, b) AS x(o, n)
				WHERE x.o IN (SELECT unnest(b)) AND x.n IN (SELECT unnest(a));
				EXIT WHEN cardinality(a) = before OR cardinality(a) = 0;
				rounds := rounds + 1;
				IF rounds > 1000 THEN
					RAISE EXCEPTION 'points supersede each other in a chain of more than 2000'
						USING ERRCODE = 'program_limit_exceeded',
							HINT = 'Check the column supersedes of the points.';
				END IF;
			END LOOP;
			SELECT COALESCE(array_agg(DISTINCT x), '{}') INTO circle FROM unnest(a || b) AS x;
		END;
	END IF;

	WITH latest AS (
		SELECT DISTINCT ON (k.point_id) k.point_id, k.version, k.published_at, k.valid
		FROM knowledge_point k
		WHERE k.origin = 'local'
		ORDER BY k.point_id, k.version DESC
	), ended AS (
		SELECT l.old AS point_id,
			bool_or(s.published_at IS NULL) AS undated, min(s.published_at) AS ends
		FROM unnest(olds, news) AS l(old, new)
		JOIN latest s ON s.point_id = l.new
		GROUP BY l.old
	), should AS (
		SELECT l.point_id, l.version, l.valid,
			CASE WHEN l.point_id = ANY (circle) OR e.undated OR e.ends <= l.published_at THEN 'empty'::daterange
				ELSE daterange(l.published_at, e.ends) END AS new_valid
		FROM latest l
		LEFT JOIN ended e USING (point_id)
	)
	UPDATE knowledge_point k
	SET valid = s.new_valid, edition = nextval('rule_edition')
	FROM should s
	WHERE k.point_id = s.point_id AND k.version = s.version AND s.valid IS DISTINCT FROM s.new_valid;

	SELECT array_agg(x.p) INTO problems
	FROM (
		SELECT ('supersession_circle', c, 'points replace each other in a circle; none of them judges until the file is mended', NULL)::staged_problem AS p
		FROM unnest(circle) AS c
		UNION ALL
		SELECT ('supersedes_unknown', l.new, format('replaces %s, which is not known', l.old), NULL)::staged_problem
		FROM unnest(olds, news) AS l(old, new)
		WHERE NOT EXISTS (SELECT FROM knowledge_point k WHERE k.point_id = l.old)
	) AS x;
END
$$;
COMMENT ON FUNCTION @extschema@.end_superseded() IS
'Sets the days of validity of all points from their dates of publication and who replaces whom; returns circles and unknown predecessors.';
REVOKE ALL ON FUNCTION @extschema@.end_superseded() FROM PUBLIC;

-- Rows of the sheets as points to be stored: kinds resolved, duplicates and
-- unusable rows set aside, codes in order, limits read.
CREATE FUNCTION @extschema@.stage_points(points @extschema@.sheet_point[], codes @extschema@.sheet_code[],
	child_age integer, OUT staged @extschema@.staged_point[], OUT problems @extschema@.staged_problem[])
RETURNS record
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
-- The planner knows nothing of the size of an array; compiling takes longer
-- than running.
SET enable_nestloop = off
SET jit = off
AS $$
BEGIN
	WITH p AS MATERIALIZED (
		SELECT x.*, row_number() OVER w AS copy, first_value(x.whole) OVER w AS kept,
			min(x.said COLLATE "C") OVER d <> max(x.said COLLATE "C") OVER d AS contested
		FROM (
			SELECT y.*, NULLIF(read_text(y.point_id), '') AS id, to_jsonb(y) AS row_data, y::text AS whole,
				sheet_date(y.published_at) AS day, read_text(concat_ws('|', y.rule_kind, y.item_name, y.constraint_text)) AS said
			FROM unnest(points) AS y
			OFFSET 0) AS x
		WINDOW w AS (PARTITION BY x.id ORDER BY x.day DESC NULLS LAST, x.whole COLLATE "C"),
			d AS (PARTITION BY x.id, x.day)
	), kind AS MATERIALIZED (
		SELECT d.official_code, d.rule_kind,
			COALESCE(kind_code_of(d.rule_kind), kind_code_of(d.official_code)) AS by_name,
			kind_code_of(d.official_code) AS by_code
		FROM (SELECT DISTINCT official_code, rule_kind FROM p OFFSET 0) d
	), mended AS MATERIALIZED (
		SELECT p.*, k.by_name, k.by_code,
			CASE WHEN k.by_name IS NULL THEN
				mend_shifted((p.point_id, p.rule_kind, p.official_code, p.tier1, p.tier2, p.item_name,
					p.constraint_text, p.detection_logic, p.batch, p.published_at, p.supersedes)::sheet_point)
			END AS m
		FROM p
		JOIN kind k ON (k.official_code, k.rule_kind)::text = (p.official_code, p.rule_kind)::text
		WHERE p.id IS NOT NULL AND p.copy = 1
	), resolved AS MATERIALIZED (
		SELECT p.*, COALESCE(p.by_name, (p.m).kind_code) AS kind,
			p.by_name IS NULL AS shifted,
			COALESCE(p.by_code <> p.by_name, false) AS disagree,
			CASE WHEN p.by_name IS NULL THEN (p.m).item_name ELSE p.item_name END AS the_name,
			CASE WHEN p.by_name IS NULL THEN (p.m).constraint_text ELSE p.constraint_text END AS the_text,
			concat(p.item_name, p.constraint_text) ~ '\ufffd|锟斤|烫烫|[?][?][?]|Ã.|â€' AS broken,
			concat(p.item_name, p.constraint_text) ~ '[\x01-\x08\x0b\x0e-\x1f]' AS stray
		FROM mended p
	), c AS MATERIALIZED (
		SELECT x.*, x.the_code ~ '^[A-Za-z0-9][A-Za-z0-9._/+*-]{0,49}$' AS usable,
			row_number() OVER (PARTITION BY x.id, x.the_code ORDER BY x.n, x.seq COLLATE "C") AS copy
		FROM (
			SELECT y.*, CASE WHEN y.point_id ~ '^[!-~]+$' THEN y.point_id ELSE NULLIF(read_text(y.point_id), '') END AS id,
				CASE WHEN y.code ~ '^[!-~]+$' THEN y.code ELSE read_text(y.code) END AS the_code,
				CASE WHEN y.seq ~ '^[0-9]{1,9}$' THEN y.seq::integer
					WHEN read_text(y.seq) ~ '^[0-9]{1,9}(\.0*)?$' THEN read_text(y.seq)::numeric::integer END AS n
			FROM unnest(codes) AS y
			OFFSET 0) AS x
	), list AS MATERIALIZED (
		SELECT c.id, array_agg(c.the_code ORDER BY c.n NULLS LAST, c.the_code COLLATE "C") AS list,
			count(c.n) <> count(DISTINCT c.n) OR count(c.n) <> count(*) AS unordered
		FROM c
		WHERE c.copy = 1 AND c.usable AND c.id IS NOT NULL
		GROUP BY c.id
	), reading AS MATERIALIZED (
		-- Kind by kind, so that a reader's expressions are compiled once.
		SELECT o.*, x.limits, x.understood, x.why
		FROM (
			SELECT r.*, l.list, l.unordered
			FROM resolved r
			LEFT JOIN list l ON l.id = r.id
			ORDER BY r.kind
			OFFSET 0) AS o
		CROSS JOIN LATERAL read_limits(o.kind, o.the_name, o.the_text, o.list, child_age) x
	), capped AS MATERIALIZED (
		SELECT r.*, CASE
				WHEN r.broken THEN 'the text is broken'
				WHEN r.disagree THEN 'the official code and the name of the kind do not agree'
				WHEN r.shifted AND r.understood = 'understood' THEN 'the columns of the row are shifted; ' || r.why
				WHEN r.contested AND r.understood = 'understood' THEN 'rows of one day say different things; ' || r.why
				WHEN r.unordered AND r.limits ? 'with' THEN 'the order of the two codes is not given'
			END AS cap,
			CASE WHEN r.broken OR r.disagree THEN 'unparsed' ELSE 'partly' END AS cap_to
		FROM reading r
	)
	SELECT
		(SELECT array_agg((r.id, r.kind, r.the_name, r.the_text, r.detection_logic, r.batch,
				r.day, NULLIF(btrim(r.supersedes), ''), COALESCE(r.list, '{}'),
				COALESCE(ARRAY(SELECT jsonb_array_elements_text(r.limits -> 'with')), '{}'),
				CASE WHEN r.cap IS NOT NULL AND r.cap_to = 'unparsed' THEN '{}' ELSE r.limits - 'with' END,
				CASE WHEN r.cap IS NOT NULL THEN r.cap_to ELSE r.understood END,
				COALESCE(r.cap, r.why))::staged_point ORDER BY r.id COLLATE "C")
			FROM capped r),
		(SELECT array_agg(x.problem ORDER BY x.problem::text COLLATE "C")
			FROM (
				SELECT ('point_without_id', NULL, 'kept here only', p.row_data)::staged_problem AS problem
				FROM p WHERE p.id IS NULL
				UNION ALL
				SELECT ('duplicate_point', p.id, CASE WHEN p.kept = p.whole THEN 'the same row twice' ELSE 'the latest by date, then the first by content, is kept; this one is not' END,
					p.row_data)::staged_problem
				FROM p WHERE p.id IS NOT NULL AND p.copy > 1
				UNION ALL
				SELECT ('shifted_row', r.id, format('kind taken as %s, name as "%s"', r.kind, r.the_name), r.row_data)::staged_problem
				FROM resolved r WHERE r.shifted
				UNION ALL
				SELECT ('kind_disagrees', r.id, 'the name and the official code mean different kinds; the name is kept, nothing is judged', r.row_data)::staged_problem
				FROM resolved r WHERE r.disagree
				UNION ALL
				SELECT ('broken_text', r.id, 'unreadable characters; nothing is judged', r.row_data)::staged_problem
				FROM resolved r WHERE r.broken
				UNION ALL
				SELECT ('control_characters', r.id, 'left out where the text is read', r.row_data)::staged_problem
				FROM resolved r WHERE r.stray AND NOT r.broken
				UNION ALL
				SELECT ('bad_date', r.id, format('published_at "%s" is no day; taken as not given', r.published_at), NULL)::staged_problem
				FROM resolved r WHERE btrim(r.published_at) <> '' AND r.day IS NULL
				UNION ALL
				SELECT ('supersedes_itself', r.id, 'ignored', NULL)::staged_problem
				FROM resolved r WHERE btrim(r.supersedes) = r.id
				UNION ALL
				SELECT ('point_without_codes', r.id, 'kept; judges nothing without codes', NULL)::staged_problem
				FROM capped r WHERE r.list IS NULL
				UNION ALL
				SELECT ('code_without_point', c.id, 'no row of the points has this point_id', to_jsonb((c.point_id, c.seq, c.code)::sheet_code))::staged_problem
				FROM c LEFT JOIN resolved r ON r.id = c.id WHERE r.id IS NULL
				UNION ALL
				SELECT ('duplicate_code', c.id, 'named more than once; kept once', to_jsonb((c.point_id, c.seq, c.code)::sheet_code))::staged_problem
				FROM c WHERE c.copy > 1 AND c.usable
				UNION ALL
				SELECT ('bad_code', c.id, 'empty, or with characters that no code has; not used', to_jsonb((c.point_id, c.seq, c.code)::sheet_code))::staged_problem
				FROM c WHERE c.usable IS NOT TRUE
				UNION ALL
				SELECT ('bad_seq', c.id, 'no number; the code is put last', to_jsonb((c.point_id, c.seq, c.code)::sheet_code))::staged_problem
				FROM c WHERE c.n IS NULL AND c.usable AND c.copy = 1
			) AS x)
	INTO staged, problems;
END
$$;
COMMENT ON FUNCTION @extschema@.stage_points(@extschema@.sheet_point[], @extschema@.sheet_code[], integer) IS
'Points to be stored from the rows of two sheets, and all problems found on the way.';
