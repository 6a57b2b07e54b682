-- Views that BI tools read: generated into a schema of the user's, in English or
-- Chinese, over snapshots. The engine owns them, so that they follow the schemes.

CREATE TABLE @extschema@.pseudonym_key
(
	key_id		integer PRIMARY KEY,
	key			bytea NOT NULL
);
COMMENT ON TABLE @extschema@.pseudonym_key IS
'假名密钥: what persons'' pseudonyms in BI views are made with; kept from every office.';
COMMENT ON COLUMN @extschema@.pseudonym_key.key_id IS 'Number of the key; the highest is in use';
COMMENT ON COLUMN @extschema@.pseudonym_key.key IS 'Secret key';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.pseudonym_key', '');

CREATE FUNCTION @extschema@.pseudonym(code text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT left(encode(canonical_digest('meso_audit.pseudonym'::text, k.key, code), 'hex'), 32)
	FROM pseudonym_key k ORDER BY k.key_id DESC LIMIT 1
$$;
COMMENT ON FUNCTION @extschema@.pseudonym(text) IS
'假名: 32 hexadecimal digits that stand for a person in BI views: the same for the same person in this database, and telling nothing without the key. NULL before the first refresh_bi().';
REVOKE ALL ON FUNCTION @extschema@.pseudonym(text) FROM PUBLIC;

CREATE TABLE @extschema@.core_snapshot
(
	month		date NOT NULL,
	fixmedins_code	text NOT NULL,
	fixmedins_name	text,
	fixmedins_type	text,
	hosp_lv		smallint,
	area		text,
	settlements	bigint NOT NULL,
	stays		bigint NOT NULL,
	persons		bigint NOT NULL,
	medfee_sumamt	numeric,
	fund_pay_sumamt	numeric,
	PRIMARY KEY (fixmedins_code, month)
);
COMMENT ON TABLE @extschema@.core_snapshot IS
'核心指标快照: admissions, money and persons of every institution by month, as refresh_bi() found them.';
COMMENT ON COLUMN @extschema@.core_snapshot.month IS 'First day of the month';
COMMENT ON COLUMN @extschema@.core_snapshot.fixmedins_code IS 'Institution';
COMMENT ON COLUMN @extschema@.core_snapshot.fixmedins_name IS 'Its name';
COMMENT ON COLUMN @extschema@.core_snapshot.fixmedins_type IS 'Its type';
COMMENT ON COLUMN @extschema@.core_snapshot.hosp_lv IS 'Its level';
COMMENT ON COLUMN @extschema@.core_snapshot.area IS 'Its area';
COMMENT ON COLUMN @extschema@.core_snapshot.settlements IS 'Settlements that are not refunded';
COMMENT ON COLUMN @extschema@.core_snapshot.stays IS 'Of these: stays';
COMMENT ON COLUMN @extschema@.core_snapshot.persons IS 'Persons';
COMMENT ON COLUMN @extschema@.core_snapshot.medfee_sumamt IS 'All charges, yuan';
COMMENT ON COLUMN @extschema@.core_snapshot.fund_pay_sumamt IS 'Fund money, yuan';

CREATE TABLE @extschema@.budget_snapshot
(
	fixmedins_code	text NOT NULL,
	year		integer NOT NULL,
	fixmedins_name	text,
	area		text,
	budget		numeric,
	used		numeric NOT NULL,
	upto		date NOT NULL,
	PRIMARY KEY (fixmedins_code, year)
);
COMMENT ON TABLE @extschema@.budget_snapshot IS
'预算快照: budget and fund money used of every institution by year, as refresh_bi() found them.';
COMMENT ON COLUMN @extschema@.budget_snapshot.fixmedins_code IS 'Institution';
COMMENT ON COLUMN @extschema@.budget_snapshot.year IS 'Year';
COMMENT ON COLUMN @extschema@.budget_snapshot.fixmedins_name IS 'Its name';
COMMENT ON COLUMN @extschema@.budget_snapshot.area IS 'Its area';
COMMENT ON COLUMN @extschema@.budget_snapshot.budget IS 'Budget with adjustment, yuan';
COMMENT ON COLUMN @extschema@.budget_snapshot.used IS 'Fund money of settlements that are not refunded, yuan';
COMMENT ON COLUMN @extschema@.budget_snapshot.upto IS 'Day up to which it was used: the last settlement of anybody in that year';

CREATE TABLE @extschema@.measure_snapshot
(
	subject_type	text NOT NULL,
	subject_code	text NOT NULL,
	subject_name	text,
	area		text,
	scheme		text NOT NULL,
	grade		text NOT NULL,
	as_of		date NOT NULL,
	measure		text NOT NULL,
	value		numeric,
	title_zh	text NOT NULL,
	title_en	text NOT NULL
);
CREATE INDEX measure_snapshot_subject_idx ON @extschema@.measure_snapshot (subject_type, subject_code);
COMMENT ON TABLE @extschema@.measure_snapshot IS
'措施快照: what followed from current grades when refresh_bi() ran; persons are pseudonyms.';
SELECT @extschema@.pass_comments_on('@extschema@.subject_measure', '@extschema@.measure_snapshot');
COMMENT ON COLUMN @extschema@.measure_snapshot.subject_code IS 'Subject; a pseudonym for persons';

SELECT pg_catalog.pg_extension_config_dump('@extschema@.measure_snapshot', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.core_snapshot', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.budget_snapshot', '');

CREATE TABLE @extschema@.bi_view
(
	view		text PRIMARY KEY,
	title_zh	text NOT NULL UNIQUE,
	title_en	text NOT NULL,
	query		text NOT NULL
);
COMMENT ON TABLE @extschema@.bi_view IS
'报表视图: the views that create_rating_views() makes beside the wide ones.';
COMMENT ON COLUMN @extschema@.bi_view.view IS 'English name';
COMMENT ON COLUMN @extschema@.bi_view.title_zh IS 'Chinese name';
COMMENT ON COLUMN @extschema@.bi_view.title_en IS 'What it shows';
COMMENT ON COLUMN @extschema@.bi_view.query IS 'Query of it; a column "area" limits who sees a row';

CREATE TABLE @extschema@.bi_column
(
	view		text NOT NULL,
	seq			integer NOT NULL,
	name		text NOT NULL,
	title_zh	text NOT NULL,
	title_en	text NOT NULL,
	PRIMARY KEY (view, name)
);
COMMENT ON TABLE @extschema@.bi_column IS
'报表字段: columns of these views, and of the wide ones (view "wide") before those of aspects and indicators.';
COMMENT ON COLUMN @extschema@.bi_column.view IS 'View';
COMMENT ON COLUMN @extschema@.bi_column.seq IS 'Place in the view';
COMMENT ON COLUMN @extschema@.bi_column.name IS 'English name';
COMMENT ON COLUMN @extschema@.bi_column.title_zh IS 'Chinese name';
COMMENT ON COLUMN @extschema@.bi_column.title_en IS 'What it is';

CREATE TABLE @extschema@.rating_view_schema
(
	schema_name	text PRIMARY KEY,
	language	text NOT NULL CHECK (language IN ('en', 'zh')),
	created_by	text NOT NULL DEFAULT session_user,
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE @extschema@.rating_view_schema IS
'报表模式: schemas with generated views.';
COMMENT ON COLUMN @extschema@.rating_view_schema.schema_name IS 'Schema';
COMMENT ON COLUMN @extschema@.rating_view_schema.language IS 'en or zh';
COMMENT ON COLUMN @extschema@.rating_view_schema.created_by IS 'Who made it';
COMMENT ON COLUMN @extschema@.rating_view_schema.created_at IS 'When';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.rating_view_schema', '');

INSERT INTO @extschema@.bi_view (view, title_zh, title_en, query) VALUES
('grade_distribution', '等级分布', 'Subjects by grade, of each final rating and area of four digits', $q$
	SELECT r.subject_type, r.scheme, r.run_id, r.period, left(t.area, 4) AS area, t.grade, count(*) AS subjects,
		round(count(*) / sum(count(*)) OVER (PARTITION BY r.run_id, left(t.area, 4)), 4) AS share
	FROM meso_audit.rating_run r JOIN meso_audit.rating t ON t.run_id = r.run_id
	WHERE r.status = 'final' AND t.grade IS NOT NULL
	GROUP BY r.run_id, left(t.area, 4), t.grade$q$),
('lost_points', '失分排行', 'Points lost by indicator, of each final rating and area of four digits, the costliest first', $q$
	SELECT r.subject_type, r.scheme, r.run_id, r.period, left(t.area, 4) AS area, d.indicator, i.title_zh, i.title_en,
		count(*) FILTER (WHERE d.lost > 0) AS subjects, sum(d.lost) AS lost,
		rank() OVER (PARTITION BY r.run_id, left(t.area, 4) ORDER BY sum(d.lost) DESC) AS place
	FROM meso_audit.rating_run r
	JOIN meso_audit.rating t ON t.run_id = r.run_id
	JOIN meso_audit.rating_detail d ON d.run_id = t.run_id AND d.subject_code = t.subject_code
	LEFT JOIN meso_audit.indicator_current i ON i.indicator = d.indicator
	WHERE r.status = 'final'
	GROUP BY r.run_id, left(t.area, 4), d.indicator, i.title_zh, i.title_en$q$),
('movement', '等级变动', 'Subjects by grade before and after, of each final rating and area of four digits', $q$
	SELECT r.subject_type, r.scheme, r.run_id, r.period, left(t.area, 4) AS area, t.previous_grade, t.grade, count(*) AS subjects,
		round(avg(t.score - t.previous_score), 2) AS score_change
	FROM meso_audit.rating_run r JOIN meso_audit.rating t ON t.run_id = r.run_id
	WHERE r.status = 'final' AND t.grade IS NOT NULL
	GROUP BY r.run_id, left(t.area, 4), t.previous_grade, t.grade$q$),
('measures', '分级措施', 'What follows from the current grade of every subject', $q$
	SELECT m.* FROM meso_audit.measure_snapshot m$q$),
('core_indicators', '核心指标', 'Admissions, fund money and cost of every institution by month, beside the year before and its peers (type and level)', $q$
	SELECT c.month, c.fixmedins_code, c.fixmedins_name, c.fixmedins_type, c.hosp_lv, c.area, c.settlements, c.stays, c.persons,
		c.medfee_sumamt, c.fund_pay_sumamt, round(c.medfee_sumamt / NULLIF(c.settlements, 0), 2) AS cost_per_settlement,
		round(c.fund_pay_sumamt / NULLIF(b.fund_pay_sumamt, 0) - 1, 4) AS fund_change_year,
		round(c.settlements::numeric / NULLIF(b.settlements, 0) - 1, 4) AS settlements_change_year,
		round((avg(c.medfee_sumamt / NULLIF(c.settlements, 0)) OVER peers)::numeric, 2) AS peer_cost_per_settlement,
		rank() OVER (PARTITION BY c.month, c.fixmedins_type, c.hosp_lv ORDER BY c.fund_pay_sumamt DESC NULLS LAST) AS peer_place,
		count(*) OVER peers AS peers
	FROM meso_audit.core_snapshot c
	LEFT JOIN meso_audit.core_snapshot b ON b.fixmedins_code = c.fixmedins_code AND b.month = (c.month - interval '1 year')::date
	WINDOW peers AS (PARTITION BY c.month, c.fixmedins_type, c.hosp_lv)$q$),
('budget_pace', '预算进度', 'Fund money used against the budget, and what the year would come to', $q$
	SELECT s.fixmedins_code, s.fixmedins_name, s.area, s.year, s.budget, s.used, s.upto,
		round(e.elapsed, 4) AS elapsed, round(s.used / NULLIF(s.budget, 0), 4) AS used_share,
		round(s.used / NULLIF(s.budget * e.elapsed, 0), 4) AS pace, round(s.used / NULLIF(e.elapsed, 0), 2) AS forecast,
		CASE WHEN s.used > 1.20 * s.budget * e.elapsed THEN 'red' WHEN s.used > 1.10 * s.budget * e.elapsed THEN 'orange'
			WHEN s.used > 1.05 * s.budget * e.elapsed THEN 'yellow' ELSE 'green' END AS warning
	FROM meso_audit.budget_snapshot s
	CROSS JOIN LATERAL (SELECT (s.upto - make_date(s.year, 1, 1) + 1)::numeric / (make_date(s.year + 1, 1, 1) - make_date(s.year, 1, 1))) AS e(elapsed)$q$);
INSERT INTO @extschema@.bi_column (view, seq, name, title_zh, title_en)
SELECT c.view, c.n, c.name, c.title_zh, c.title_en
FROM (
	SELECT v.view, row_number() OVER (PARTITION BY v.view ORDER BY x.n) AS n, x.names[1] AS name, x.names[2] AS title_zh, x.names[3] AS title_en
	FROM (VALUES
	('grade_distribution', 'subject_type|主体类型|Type of subject;scheme|评价方案|Scheme;run_id|评级批次|Rating run;period|评价周期|Period rated;area|区划|Area, four digits;grade|等级|Grade;subjects|主体数|Subjects with it;share|占比|Their share of the rated in the area'),
	('lost_points', 'subject_type|主体类型|Type of subject;scheme|评价方案|Scheme;run_id|评级批次|Rating run;period|评价周期|Period rated;area|区划|Area, four digits;indicator|指标编码|Indicator;title_zh|指标名称|Its Chinese name;title_en|指标英文名称|Its English name;subjects|失分主体数|Subjects that lost points;lost|失分合计|Points lost in all;place|名次|Place, the costliest first'),
	('movement', 'subject_type|主体类型|Type of subject;scheme|评价方案|Scheme;run_id|评级批次|Rating run;period|评价周期|Period rated;area|区划|Area, four digits;previous_grade|上期等级|Grade before;grade|本期等级|Grade now;subjects|主体数|Subjects;score_change|平均分变化|Average change of their scores, points'),
	('measures', 'subject_type|主体类型|Type of subject;subject_code|主体编码|Subject; a pseudonym for persons;subject_name|主体名称|Its name;area|区划|Its area;scheme|评价方案|Scheme;grade|等级|Current grade;as_of|评价日期|Last day of the period rated;measure|措施|Measure;value|措施数值|Its size;title_zh|措施说明|Chinese text;title_en|措施英文说明|English text'),
	('core_indicators', 'month|月份|First day of the month;fixmedins_code|机构编码|Institution;fixmedins_name|机构名称|Its name;fixmedins_type|机构类型|Its type;hosp_lv|机构等级|Its level;area|区划|Its area;settlements|结算人次|Settlements not refunded;stays|住院人次|Of these stays;persons|就诊人数|Persons;medfee_sumamt|医疗总费用|All charges, yuan;fund_pay_sumamt|基金支付|Fund money, yuan;cost_per_settlement|次均费用|Charges of a settlement on average, yuan;fund_change_year|基金支付同比|Change of fund money against the same month of the year before;settlements_change_year|人次同比|Change of settlements against the same month of the year before;peer_cost_per_settlement|同级次均费用|Average of cost_per_settlement over its type and level, yuan;peer_place|同级基金排名|Place by fund money in its type and level;peers|同级机构数|Institutions of its type and level'),
	('budget_pace', 'fixmedins_code|机构编码|Institution;fixmedins_name|机构名称|Its name;area|区划|Its area;year|年度|Year;budget|预算总额|Budget with adjustment, yuan;used|已用基金|Fund money used, yuan;upto|截至日期|Up to this day;elapsed|时间进度|Share of the year that has passed;used_share|使用进度|Share of the budget that is used;pace|进度比|Used over the budget''s share of the time;forecast|全年预测|Fund money of the year at this pace, yuan;warning|预警|green; yellow above 1.05, orange above 1.10, red above 1.20 of the pace'),
	('wide', 'subject_code|主体编码|Subject; a pseudonym for persons;subject_name|主体名称|Its name;area|区划|Its area;scheme|评价方案|Scheme;run_id|评级批次|Rating run;period|评价周期|Period rated;score|得分|Points;grade|等级|Grade;vetoed_by|否决指标|Indicator that vetoes;rank|排名|Place among the rated;previous_score|上期得分|Points in the rating before;previous_grade|上期等级|Grade in the rating before;score_change|得分变化|Change of points')
	) AS v(view, columns)
	-- ";" followed by a blank belongs to a text
	CROSS JOIN LATERAL pg_catalog.regexp_split_to_table(v.columns, ';(?! )') WITH ORDINALITY AS s(text, n)
	CROSS JOIN LATERAL (SELECT pg_catalog.string_to_array(s.text, '|'), s.n) AS x(names, n)
) c;

/* Title of the wide view of a type of subject, and its name */
CREATE FUNCTION @extschema@.wide_view_name(subject_type text, language text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN language = 'en' THEN 'rating_' || subject_type ELSE CASE subject_type
		WHEN 'hospital' THEN '医疗机构评级' WHEN 'pharmacy' THEN '零售药店评级' WHEN 'care' THEN '长护机构评级'
		WHEN 'practitioner' THEN '医保人员评级' WHEN 'person' THEN '参保人员评级' ELSE '医药企业评级' END END
$$;
COMMENT ON FUNCTION @extschema@.wide_view_name(text, text) IS
'Name of the wide rating view of a type of subject in a language.';

/* Columns of the wide view: the fixed ones, aspects, indicators of any scheme */
CREATE FUNCTION @extschema@.wide_columns(subject_type text)
RETURNS TABLE (seq bigint, name text, label_zh text, label_en text, about text, kind text, code text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT row_number() OVER (ORDER BY c.part, c.seq, c.code COLLATE "C"), c.name, c.label_zh, c.label_en, c.about, c.kind, c.code
	FROM (
		SELECT 1 AS part, b.seq, b.name, b.title_zh AS label_zh, b.name AS label_en, b.title_zh || ': ' || b.title_en AS about,
			'fixed' AS kind, b.name AS code
		FROM bi_column b WHERE b.view = 'wide'
		UNION ALL
		SELECT 2, a.seq, 'aspect_' || lower(a.aspect), a.title_zh || '失分', 'aspect_' || lower(a.aspect) || '_lost',
			a.title_zh || ' ' || a.title_en || ': points lost less points gained', 'aspect', a.aspect
		FROM aspect a
		UNION ALL
		SELECT 3, i.seq, 'indicator_' || lower(i.indicator),
			-- two indicators of one name are told apart by their codes
			i.title_zh || CASE WHEN count(*) OVER (PARTITION BY i.title_zh) > 1 THEN i.indicator ELSE '' END,
			left(lower(i.indicator) || '_' || regexp_replace(trim(BOTH '_' FROM regexp_replace(lower(i.title_en), '[^a-z0-9]+', '_', 'g')), '_$', ''), 63),
			i.title_zh || ' ' || i.title_en || ' (' || i.indicator || '): points lost less points gained; NULL: not applicable', 'indicator', i.indicator
		FROM (
			SELECT DISTINCT ON (j.indicator) j.*
			FROM indicator j
			WHERE EXISTS (SELECT FROM scheme s JOIN scheme_indicator si ON si.scheme = s.scheme AND si.version = s.version
				WHERE s.subject_type = $1 AND s.status = 'active' AND si.indicator = j.indicator)
			ORDER BY j.indicator, j.version DESC
		) i
	) c
$$;
COMMENT ON FUNCTION @extschema@.wide_columns(text) IS
'Columns of the wide rating view of a type of subject: name in its snapshot, label in either language, meaning, and what it is taken from.';

/* Rows of a view that its reader's areas allow */
CREATE FUNCTION @extschema@.area_condition()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'COALESCE(q.area, '''') LIKE ANY (ARRAY(SELECT g.area || ''%'' FROM @extschema@.area_grant g JOIN pg_catalog.pg_roles r ON r.rolname = g.role_name AND pg_catalog.pg_has_role(r.oid, ''USAGE'')))'
$$;
COMMENT ON FUNCTION @extschema@.area_condition() IS
'Condition of generated views: the row''s area begins with one that is granted to the reader.';

CREATE FUNCTION @extschema@.label_view(schema_name text, view_name text, language text, labels jsonb, about text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	c	record;
BEGIN
	EXECUTE format('COMMENT ON VIEW %I.%I IS %L', schema_name, view_name, about);
	FOR c IN SELECT * FROM jsonb_to_recordset(labels) AS l(label text, about text) LOOP
		EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', schema_name, view_name, c.label, c.about);
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.label_view(text, text, text, jsonb, text) IS
'Comments of a generated view and its columns.';
REVOKE ALL ON FUNCTION @extschema@.label_view(text, text, text, jsonb, text) FROM PUBLIC;

/*
 * The snapshot of the wide view is a table; a column once there stays, so that
 * views over the view go on answering when a scheme loses an indicator.
 */
CREATE FUNCTION @extschema@.generate_wide_view(schema_name text, language text, subject_type text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	store	text := 'rating_' || subject_type || '_snapshot';
	shown	text := wide_view_name(subject_type, language);
	rel		regclass := to_regclass(format('%I.%I', schema_name, store));
	c		record;
	grown	boolean := false;
	columns	text;
	labels	jsonb;
BEGIN
	IF rel IS NULL THEN
		EXECUTE format('CREATE TABLE %I.%I (subject_code text, subject_name text, area text, scheme text, run_id bigint, period daterange,
			score numeric, grade text, vetoed_by text, rank integer, previous_score numeric, previous_grade text, score_change numeric,
			PRIMARY KEY (scheme, subject_code))', schema_name, store);
		EXECUTE format('COMMENT ON TABLE %I.%I IS %L', schema_name, store, 'Snapshot behind the view ' || shown || ', filled by refresh_bi()');
		rel := to_regclass(format('%I.%I', schema_name, store));
	END IF;
	FOR c IN
		SELECT w.* FROM wide_columns(subject_type) w
		WHERE w.kind <> 'fixed'
			AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = w.name)
		ORDER BY w.seq
	LOOP
		grown := true;
		EXECUTE format('ALTER TABLE %I.%I ADD COLUMN %I numeric', schema_name, store, c.name);
		-- the label is kept where the view finds it again when the indicator has gone
		EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', schema_name, store, c.name,
			jsonb_build_object('zh', c.label_zh, 'en', c.label_en, 'about', c.about)::text);
	END LOOP;
	IF NOT grown AND to_regclass(format('%I.%I', schema_name, shown)) IS NOT NULL THEN
		RETURN;
	END IF;
	SELECT string_agg(format('q.%I AS %I', k.name, k.label), ', ' ORDER BY k.place),
		jsonb_agg(jsonb_build_object('label', k.label, 'about', k.about) ORDER BY k.place)
	INTO columns, labels
	FROM (
		-- in the order of the existing view, which can only grow at its end
		SELECT a.attname::text AS name, a.attnum AS place,
			COALESCE(CASE WHEN language = 'zh' THEN f.label_zh ELSE f.label_en END, d.j ->> language) AS label,
			COALESCE(f.about, d.j ->> 'about') AS about
		FROM pg_attribute a
		LEFT JOIN wide_columns(subject_type) f ON f.name = a.attname AND f.kind = 'fixed'
		CROSS JOIN LATERAL (SELECT CASE WHEN f.name IS NULL THEN col_description(a.attrelid, a.attnum)::jsonb END) AS d(j)
		WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped
	) k;
	EXECUTE format('CREATE OR REPLACE VIEW %I.%I WITH (security_barrier) AS SELECT %s FROM %I.%I q WHERE %s',
		schema_name, shown, columns, schema_name, store, area_condition());
	PERFORM label_view(schema_name, shown, language, labels, format('%s: current final rating of every %s, points lost by aspect and indicator. %s',
		wide_view_name(subject_type, 'zh'), subject_type, '评级结果及各指标失分'));
END
$$;
COMMENT ON FUNCTION @extschema@.generate_wide_view(text, text, text) IS
'Makes or extends the snapshot and wide view of a type of subject.';
REVOKE ALL ON FUNCTION @extschema@.generate_wide_view(text, text, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.fill_wide_view(schema_name text, subject_type text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	store	text := 'rating_' || subject_type || '_snapshot';
	names	text;
	parts	text;
BEGIN
	SELECT string_agg(quote_ident(w.name), ', ' ORDER BY w.seq),
		string_agg(CASE w.kind
			WHEN 'aspect' THEN format('(c.aspects -> %L ->> ''lost'')::numeric - (c.aspects -> %L ->> ''gained'')::numeric', w.code, w.code)
			ELSE format('(p.points ->> %L)::numeric', w.code) END, ', ' ORDER BY w.seq)
	INTO names, parts
	FROM wide_columns(subject_type) w WHERE w.kind <> 'fixed';
	EXECUTE format('DELETE FROM %I.%I', schema_name, store);
	EXECUTE format('INSERT INTO %I.%I (subject_code, subject_name, area, scheme, run_id, period, score, grade, vetoed_by, rank,
			previous_score, previous_grade, score_change, %s)
		SELECT CASE c.subject_type WHEN ''person'' THEN pseudonym(c.subject_code) ELSE c.subject_code END,
			c.subject_name, c.area, c.scheme, c.run_id, c.period, c.score, c.grade, c.vetoed_by, c.rank, c.previous_score, c.previous_grade,
			c.score - c.previous_score, %s
		FROM rating_current c
		JOIN (
			SELECT d.run_id, d.subject_code, jsonb_object_agg(d.indicator, d.lost - d.gained) AS points
			FROM rating_detail d
			WHERE d.outcome <> ''not_applicable''
			GROUP BY d.run_id, d.subject_code
		) p ON p.run_id = c.run_id AND p.subject_code = c.subject_code
		WHERE c.subject_type = $1', schema_name, store, names, parts) USING subject_type;
END
$$;
COMMENT ON FUNCTION @extschema@.fill_wide_view(text, text) IS
'Fills the snapshot of a wide view with the current final ratings.';
REVOKE ALL ON FUNCTION @extschema@.fill_wide_view(text, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.fill_measure_snapshot()
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	DELETE FROM measure_snapshot;
	INSERT INTO measure_snapshot (subject_type, subject_code, subject_name, area, scheme, grade, as_of, measure, value, title_zh, title_en)
	SELECT m.subject_type, CASE m.subject_type WHEN 'person' THEN pseudonym(m.subject_code) ELSE m.subject_code END,
		m.subject_name, m.area, m.scheme, m.grade, m.as_of, m.measure, m.value, m.title_zh, m.title_en
	FROM subject_measure m
$$;
COMMENT ON FUNCTION @extschema@.fill_measure_snapshot() IS
'Fills measure_snapshot from the current final ratings: a reader of the view may not make pseudonyms.';
REVOKE ALL ON FUNCTION @extschema@.fill_measure_snapshot() FROM PUBLIC;

CREATE FUNCTION @extschema@.fill_core_snapshots()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	DELETE FROM core_snapshot;
	INSERT INTO core_snapshot (month, fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, area, settlements, stays, persons,
		medfee_sumamt, fund_pay_sumamt)
	SELECT x.* FROM as_engine('SELECT s.month, s.code, i.name, i.type, i.lv, i.area, s.n, s.stays, s.persons, s.amount, s.fund
		FROM (
			SELECT date_trunc(''month'', s.setl_time)::date AS month, s.fixmedins_code AS code, count(*) AS n,
				count(*) FILTER (WHERE s.med_type LIKE ''2%'' OR s.med_type = ''52'') AS stays, count(DISTINCT s.psn_no) AS persons,
				sum(s.medfee_sumamt) AS amount, sum(s.fund_pay_sumamt) AS fund
			FROM @extschema@.settlement s
			WHERE isfinite(s.setl_time) AND s.fixmedins_code IS NOT NULL AND s.refd_setl_flag IS DISTINCT FROM $1
			GROUP BY 1, 2
		) s
		LEFT JOIN (
			SELECT fixmedins_code AS code, max(fixmedins_name) AS name, max(fixmedins_type) AS type, max(hosp_lv)::smallint AS lv, max(fix_blng_admdvs) AS area
			FROM @extschema@.institution GROUP BY 1
		) i ON i.code = s.code', '1'::text)
		AS x(month date, code text, name text, type text, lv smallint, area text, n bigint, stays bigint, persons bigint, amount numeric, fund numeric);
	DELETE FROM budget_snapshot;
	INSERT INTO budget_snapshot (fixmedins_code, year, fixmedins_name, area, budget, used, upto)
	SELECT x.* FROM as_engine('SELECT b.code, b.year, i.name, i.area, b.budget, COALESCE(u.used, 0), m.upto
		FROM (
			SELECT fixmedins_code AS code, year, sum(budget_amt + COALESCE(adjust_amt, 0)) AS budget
			FROM @extschema@.budget WHERE fixmedins_code IS NOT NULL AND year BETWEEN 1900 AND 2999 GROUP BY 1, 2
		) b
		JOIN (
			SELECT extract(year FROM s.setl_time)::integer AS year, max(s.setl_time)::date AS upto
			FROM @extschema@.settlement s WHERE isfinite(s.setl_time) GROUP BY 1
		) m ON m.year = b.year
		LEFT JOIN (
			SELECT s.fixmedins_code AS code, extract(year FROM s.setl_time)::integer AS year, sum(s.fund_pay_sumamt) AS used
			FROM @extschema@.settlement s WHERE isfinite(s.setl_time) AND s.refd_setl_flag IS DISTINCT FROM $1 GROUP BY 1, 2
		) u ON u.code = b.code AND u.year = b.year
		LEFT JOIN (
			SELECT fixmedins_code AS code, max(fixmedins_name) AS name, max(fix_blng_admdvs) AS area FROM @extschema@.institution GROUP BY 1
		) i ON i.code = b.code', '1'::text)
		AS x(code text, year integer, name text, area text, budget numeric, used numeric, upto date);
END
$$;
COMMENT ON FUNCTION @extschema@.fill_core_snapshots() IS
'Fills core_snapshot and budget_snapshot from the facts.';
REVOKE ALL ON FUNCTION @extschema@.fill_core_snapshots() FROM PUBLIC;

CREATE FUNCTION @extschema@.generate_rating_views(target text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	s	rating_view_schema;
	t	text;
	v	record;
BEGIN
	SELECT x.* INTO STRICT s FROM rating_view_schema x WHERE x.schema_name = target;
	FOREACH t IN ARRAY '{hospital,pharmacy,care,practitioner,person,company}'::text[] LOOP
		PERFORM generate_wide_view(s.schema_name, s.language, t);
		PERFORM fill_wide_view(s.schema_name, t);
	END LOOP;
	FOR v IN
		SELECT b.view, CASE s.language WHEN 'zh' THEN b.title_zh ELSE b.view END AS name, b.query,
			b.title_zh || ': ' || b.title_en AS about,
			string_agg(format('q.%I AS %I', c.name, CASE s.language WHEN 'zh' THEN c.title_zh ELSE c.name END), ', ' ORDER BY c.seq) AS columns,
			jsonb_agg(jsonb_build_object('label', CASE s.language WHEN 'zh' THEN c.title_zh ELSE c.name END,
				'about', c.title_zh || ': ' || c.title_en) ORDER BY c.seq) AS labels
		FROM bi_view b JOIN bi_column c ON c.view = b.view
		GROUP BY b.view
	LOOP
		EXECUTE format('CREATE OR REPLACE VIEW %I.%I WITH (security_barrier) AS SELECT %s FROM (%s) q WHERE %s',
			s.schema_name, v.name, v.columns, v.query, area_condition());
		PERFORM label_view(s.schema_name, v.name, s.language, v.labels, v.about);
	END LOOP;
	FOR v IN
		SELECT DISTINCT o.role_name FROM office_role o JOIN pg_roles r ON r.rolname = o.role_name
		WHERE o.office IN ('credit_officer', 'analyst', 'bi_reader', 'decider', 'verifier', 'auditor')
	LOOP
		EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', s.schema_name, v.role_name);
		FOREACH t IN ARRAY ARRAY(
			SELECT wide_view_name(u.t, s.language) FROM unnest('{hospital,pharmacy,care,practitioner,person,company}'::text[]) AS u(t)
			UNION ALL
			SELECT CASE s.language WHEN 'zh' THEN b.title_zh ELSE b.view END FROM bi_view b)
		LOOP
			EXECUTE format('GRANT SELECT ON %I.%I TO %I', s.schema_name, t, v.role_name);
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.generate_rating_views(text) IS
'Makes the views of a schema anew from the indicator tables, as the engine, and fills the rating snapshots.';
REVOKE ALL ON FUNCTION @extschema@.generate_rating_views(text) FROM PUBLIC;

CREATE FUNCTION @extschema@.create_rating_views(schema_name text, language text DEFAULT 'en')
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF language NOT IN ('en', 'zh') THEN
		RAISE EXCEPTION 'views come in languages "en" and "zh", not "%"', language
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF schema_name IN ('@extschema@', 'public') OR schema_name LIKE 'pg\_%' OR schema_name = 'information_schema' THEN
		RAISE EXCEPTION 'generated views need a schema of their own, not "%"', schema_name
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF NOT is_set_up() THEN
		PERFORM setup();
	END IF;
	EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', schema_name);
	-- only the owner of the schema can do this
	EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO meso_audit_engine WITH GRANT OPTION', schema_name);
	INSERT INTO rating_view_schema AS s (schema_name, language) VALUES (create_rating_views.schema_name, create_rating_views.language)
	ON CONFLICT ON CONSTRAINT rating_view_schema_pkey DO UPDATE SET language = s.language
	WHERE s.language = excluded.language;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the views of schema "%" are in another language', schema_name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Use another schema for each language.';
	END IF;
	PERFORM refresh_bi();
END
$$;
COMMENT ON FUNCTION @extschema@.create_rating_views(text, text) IS
'生成报表视图: makes views for BI tools in a schema of their own, in English (en) or Chinese (zh): a wide rating view for each type of subject, distribution, lost points, movement, measures, core indicators and budget pace. Rows are limited to the areas granted to their reader; persons are pseudonyms. Called again it adds what schemes have brought; columns never go away. For the owner of the schema.';

CREATE FUNCTION @extschema@.refresh_bi()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	INSERT INTO pseudonym_key (key_id, key)
	SELECT 1, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
	WHERE NOT EXISTS (SELECT FROM pseudonym_key)
	ON CONFLICT DO NOTHING;
	PERFORM fill_core_snapshots();
	PERFORM fill_measure_snapshot();
	PERFORM generate_rating_views(s.schema_name)
	FROM rating_view_schema s
	WHERE to_regnamespace(quote_ident(s.schema_name)) IS NOT NULL
	ORDER BY s.schema_name;
END
$$;
COMMENT ON FUNCTION @extschema@.refresh_bi() IS
'刷新报表: reads facts and final ratings anew into the snapshots of all generated views, and extends the views by what schemes have brought. Call it after a rating has become final, and every night for core indicators and budget pace.';
REVOKE ALL ON FUNCTION @extschema@.refresh_bi() FROM PUBLIC;
