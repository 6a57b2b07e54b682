-- Values of indicators, computed from facts and findings, and each subject's place among its peers.

CREATE FUNCTION @extschema@.create_indicator(indicator text, aspect text, title_zh text, title_en text,
	subject_types text[], scoring text, source text DEFAULT 'entered', source_sql text DEFAULT NULL,
	valid daterange DEFAULT '(,)', reason text DEFAULT NULL, unit text DEFAULT NULL, meaning text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	made	integer;
	place	integer;
BEGIN
	IF create_indicator.source = 'sql' THEN
		-- the query will run with the engine's rights
		PERFORM require_engine();
	END IF;
	LOCK TABLE indicator IN SHARE ROW EXCLUSIVE MODE;
	SELECT COALESCE(max(i.version), 0) + 1, COALESCE(max(i.seq), (SELECT max(j.seq) + 1 FROM indicator j))
	INTO made, place
	FROM indicator i WHERE i.indicator = create_indicator.indicator;
	INSERT INTO indicator (indicator, version, seq, aspect, title_zh, title_en, subject_types, scoring, unit, source,
		source_sql, meaning, valid, reason)
	VALUES (create_indicator.indicator, made, place, create_indicator.aspect, create_indicator.title_zh,
		create_indicator.title_en, create_indicator.subject_types, create_indicator.scoring, create_indicator.unit,
		create_indicator.source, create_indicator.source_sql, create_indicator.meaning,
		COALESCE(create_indicator.valid, '(,)'), create_indicator.reason);
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.create_indicator(text, text, text, text, text[], text, text, text, daterange, text, text, text) IS
'创建指标: writes an indicator, or the next version of the indicator of that code (an upper bound of "valid" retires it), and returns the version. source sql: source_sql is a query of (subject_code, value) for a period ($1 daterange) and type of subject ($2 text), which runs with the engine''s rights: for its members only.';
REVOKE ALL ON FUNCTION @extschema@.create_indicator(text, text, text, text, text[], text, text, text, daterange, text, text, text) FROM PUBLIC;

CREATE VIEW @extschema@.indicator_current AS
SELECT DISTINCT ON (i.indicator) i.*
FROM @extschema@.indicator i
WHERE i.valid OPERATOR(pg_catalog.@>) CURRENT_DATE
ORDER BY i.indicator, i.version DESC;
SELECT @extschema@.pass_comments_on('@extschema@.indicator', '@extschema@.indicator_current');
COMMENT ON VIEW @extschema@.indicator_current IS
'现行指标: the version of each indicator that counts today.';

/*
 * The subject's place among its peers: others of its type and, for
 * institutions, of its level (hosp_lv), with a value of the same period.
 */
CREATE FUNCTION @extschema@.rank_peers(subject_type text, indicators text[], period daterange)
RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	changed	integer;
BEGIN
	WITH level AS (
		SELECT i.code, i.lv
		FROM as_engine('SELECT fixmedins_code, max(hosp_lv)::smallint FROM @extschema@.institution WHERE fixmedins_code IS NOT NULL AND $1 IN (''hospital'', ''pharmacy'', ''care'') GROUP BY 1',
			rank_peers.subject_type) AS i(code text, lv smallint)
	), latest AS (
		SELECT DISTINCT ON (v.indicator, v.subject_code) v.value_id, v.indicator, v.value, l.lv
		FROM indicator_value v
		LEFT JOIN level l ON l.code = v.subject_code
		WHERE v.subject_type = rank_peers.subject_type AND v.indicator = ANY (rank_peers.indicators)
			AND v.period = rank_peers.period
		ORDER BY v.indicator, v.subject_code, v.value_id DESC
	), placed AS (
		SELECT p.value_id, count(*) OVER g - 1 AS others,
			rank() OVER (g ORDER BY p.value) - 1 AS lower, count(*) OVER (PARTITION BY p.indicator, p.lv, p.value) - 1 AS ties
		FROM latest p
		WHERE p.value IS NOT NULL
		WINDOW g AS (PARTITION BY p.indicator, p.lv)
	)
	UPDATE indicator_value v
	SET peers = p.others, peer_share = round((p.lower + p.ties / 2.0) / NULLIF(p.others, 0), 6)
	FROM placed p
	WHERE p.value_id = v.value_id;
	GET DIAGNOSTICS changed = ROW_COUNT;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION @extschema@.rank_peers(text, text[], daterange) IS
'同侪排位: fills peers and peer_share of the values of these indicators and this period: the share of the other subjects of the type (institutions: of the level hosp_lv) with a lower value, equal ones counting half. Returns how many values.';
REVOKE ALL ON FUNCTION @extschema@.rank_peers(text, text[], daterange) FROM PUBLIC;

CREATE FUNCTION @extschema@.compute_indicators(period daterange, subject_type text DEFAULT NULL, indicators text[] DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	r		record;
	written	integer := 0;
	n		integer;
BEGIN
	IF period IS NULL OR isempty(period) OR lower_inf(period) OR upper_inf(period) THEN
		RAISE EXCEPTION 'indicators are computed for a period with a first and a last day'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	FOR r IN
		SELECT DISTINCT ON (i.indicator, t.subject_type) i.indicator, t.subject_type, i.source_sql
		FROM indicator i, unnest(i.subject_types) AS t(subject_type)
		WHERE i.valid @> upper(period) - 1
			AND (compute_indicators.subject_type IS NULL OR t.subject_type = compute_indicators.subject_type)
			AND (compute_indicators.indicators IS NULL OR i.indicator = ANY (compute_indicators.indicators))
		ORDER BY i.indicator, t.subject_type, i.version DESC
	LOOP
		CONTINUE WHEN r.source_sql IS NULL;
		INSERT INTO indicator_value (subject_type, subject_code, indicator, period, value, provenance)
		SELECT r.subject_type, q.subject, r.indicator, compute_indicators.period, q.value, 'computed'
		FROM as_engine(format('SELECT q.subject::text, round(q.value::numeric, 6) FROM (%s) AS q(subject, value) WHERE q.value IS NOT NULL', r.source_sql),
			compute_indicators.period, r.subject_type) AS q(subject text, value numeric)
		-- a value that has not changed is not written again
		WHERE q.value IS DISTINCT FROM (
			SELECT v.value FROM indicator_value v
			WHERE v.subject_type = r.subject_type AND v.subject_code = q.subject AND v.indicator = r.indicator
				AND v.period = compute_indicators.period
			ORDER BY v.value_id DESC LIMIT 1);
		GET DIAGNOSTICS n = ROW_COUNT;
		written := written + n;
	END LOOP;
	PERFORM rank_peers(t.subject_type, array_agg(DISTINCT t.indicator), compute_indicators.period)
	FROM indicator i, unnest(i.subject_types) AS s(subject_type),
		LATERAL (SELECT s.subject_type, i.indicator) AS t
	WHERE i.scoring = 'peer_percentile'
		AND (compute_indicators.subject_type IS NULL OR s.subject_type = compute_indicators.subject_type)
		AND (compute_indicators.indicators IS NULL OR i.indicator = ANY (compute_indicators.indicators))
	GROUP BY t.subject_type;
	RETURN written;
END
$$;
COMMENT ON FUNCTION @extschema@.compute_indicators(daterange, text, text[]) IS
'计算指标值: measures every indicator that has a query, of every type of subject (or the one named), over a period, and places the subjects among their peers. Returns how many values are new.';
REVOKE ALL ON FUNCTION @extschema@.compute_indicators(daterange, text, text[]) FROM PUBLIC;
