-- What became of rules: their history, their hits, what hospitals have to know.

CREATE VIEW @extschema@.rule_history AS
SELECT r.code, r.version, r.area, r.pilot,
	CASE
		WHEN r.status OPERATOR(pg_catalog.=) 'void' THEN
			CASE WHEN pg_catalog.isempty(r.decides) THEN 'discarded' ELSE 'voided' END
		WHEN r.status OPERATOR(pg_catalog.=) 'active' AND c.change IS NOT NULL
			AND c.change OPERATOR(pg_catalog.-) 'valid' OPERATOR(pg_catalog.=) '{}'
			AND pg_catalog.upper(r.valid) IS NOT NULL THEN 'retired'
		WHEN r.status OPERATOR(pg_catalog.=) 'active' THEN 'approved'
		ELSE r.status
	END AS event,
	r.created_by, r.created_at, r.approved_by, r.approved_at, r.valid, r.decides,
	p.version AS follows, c.change, r.edition
FROM @extschema@.rule r
LEFT JOIN LATERAL (
	SELECT n.*
	FROM @extschema@.rule n
	WHERE n.code OPERATOR(pg_catalog.=) r.code AND n.version OPERATOR(pg_catalog.<) r.version
		AND pg_catalog.starts_with(r.area, n.area)
		AND NOT (n.status OPERATOR(pg_catalog.=) 'void' AND pg_catalog.isempty(n.decides))
	-- what judges is followed, not a draft beside it
	ORDER BY n.status IN ('active', 'void') DESC, (n.pilot IS NULL) OPERATOR(pg_catalog.=) (r.pilot IS NULL) DESC, pg_catalog.length(n.area) DESC, n.version DESC
	LIMIT 1
) p ON true
LEFT JOIN LATERAL (
	SELECT COALESCE(pg_catalog.jsonb_object_agg(k.key, pg_catalog.jsonb_build_array(o.value, k.value)), '{}') AS change
	FROM @extschema@.rule_parts(p) o(key, value)
	FULL JOIN @extschema@.rule_parts(r) k(key, value) USING (key)
	WHERE o.value IS DISTINCT FROM k.value
) c ON p.code IS NOT NULL;
COMMENT ON VIEW @extschema@.rule_history IS
'规则沿革: every version of every rule: what it changed, who wrote it, who approved it, and when.';
COMMENT ON COLUMN @extschema@.rule_history.event IS 'draft 草案, trial 试运行, approved 批准, retired 停用, voided 作废, discarded 放弃';
COMMENT ON COLUMN @extschema@.rule_history.follows IS 'Version that it is compared with: the one before that judged in its area, or else in the wider one; of a rule that never judged, the draft before';
COMMENT ON COLUMN @extschema@.rule_history.change IS 'Parts that differ from that version, {"params.max": [3, 2]}; NULL for the first version';
SELECT @extschema@.pass_comments_on('@extschema@.rule', '@extschema@.rule_history');

CREATE VIEW @extschema@.rule_quality AS
SELECT q.code, q.month, q.hits, q.open, q.verifying, q.confirmed, q.dismissed, q.withdrawn,
	pg_catalog.round(q.confirmed::pg_catalog.numeric
		OPERATOR(pg_catalog./) NULLIF(q.confirmed OPERATOR(pg_catalog.+) q.dismissed, 0), 4) AS precision,
	q.amount, q.confirmed_amount
FROM (
	SELECT f.source_code AS code, pg_catalog.date_trunc('month', f.judged_day::pg_catalog.timestamp)::pg_catalog.date AS month,
		pg_catalog.count(*) FILTER (WHERE f.status OPERATOR(pg_catalog.<>) 'withdrawn') AS hits,
		pg_catalog.count(*) FILTER (WHERE f.status OPERATOR(pg_catalog.=) 'open') AS open,
		pg_catalog.count(*) FILTER (WHERE f.status OPERATOR(pg_catalog.=) 'verifying') AS verifying,
		pg_catalog.count(*) FILTER (WHERE f.status IN ('confirmed', 'closed')) AS confirmed,
		pg_catalog.count(*) FILTER (WHERE f.status OPERATOR(pg_catalog.=) 'dismissed') AS dismissed,
		pg_catalog.count(*) FILTER (WHERE f.status OPERATOR(pg_catalog.=) 'withdrawn') AS withdrawn,
		COALESCE(pg_catalog.sum(f.amount) FILTER (WHERE f.status NOT IN ('withdrawn', 'dismissed')), 0) AS amount,
		COALESCE(pg_catalog.sum(f.amount) FILTER (WHERE f.status IN ('confirmed', 'closed')), 0) AS confirmed_amount
	FROM @extschema@.finding f
	WHERE f.source OPERATOR(pg_catalog.=) 'rule'
	GROUP BY 1, 2
) q;
COMMENT ON VIEW @extschema@.rule_quality IS
'规则质量: per rule and month of the findings'' days: hits and what became of them.';
COMMENT ON COLUMN @extschema@.rule_quality.code IS 'Rule';
COMMENT ON COLUMN @extschema@.rule_quality.month IS 'First day of the month';
COMMENT ON COLUMN @extschema@.rule_quality.hits IS 'Findings that were not withdrawn 命中';
COMMENT ON COLUMN @extschema@.rule_quality.open IS 'Nobody looked yet 待核查';
COMMENT ON COLUMN @extschema@.rule_quality.verifying IS 'Under verification 核查中';
COMMENT ON COLUMN @extschema@.rule_quality.confirmed IS 'Confirmed, or closed by a final decision 已确认';
COMMENT ON COLUMN @extschema@.rule_quality.dismissed IS 'Dismissed: the rule accused wrongly 已排除';
COMMENT ON COLUMN @extschema@.rule_quality.withdrawn IS 'No longer found 已撤回';
COMMENT ON COLUMN @extschema@.rule_quality.precision IS 'confirmed / (confirmed + dismissed); NULL before anything is decided 准确率';
COMMENT ON COLUMN @extschema@.rule_quality.amount IS 'Fund money at risk of those not withdrawn or dismissed, yuan 涉及金额';
COMMENT ON COLUMN @extschema@.rule_quality.confirmed_amount IS 'Of those confirmed, yuan 确认金额';

CREATE VIEW @extschema@.trial_summary AS
SELECT t.code, t.version, r.area, r.pilot, t.fixmedins_code, pg_catalog.count(*) AS hits,
	COALESCE(pg_catalog.sum(t.amount), 0) AS amount, pg_catalog.min(t.judged_day) AS first_day,
	pg_catalog.max(t.judged_day) AS last_day,
	pg_catalog.count(f.finding_id) AS found_already
FROM @extschema@.trial_result t
JOIN @extschema@.rule r ON r.code OPERATOR(pg_catalog.=) t.code AND r.version OPERATOR(pg_catalog.=) t.version
LEFT JOIN @extschema@.finding f ON f.finding_key OPERATOR(pg_catalog.=) t.finding_key AND f.still_true
GROUP BY t.code, t.version, r.area, r.pilot, t.fixmedins_code;
COMMENT ON VIEW @extschema@.trial_summary IS
'试运行概览: what the batch audits found by versions on trial, per institution, without persons.';
COMMENT ON COLUMN @extschema@.trial_summary.hits IS 'Hits of the version 命中';
COMMENT ON COLUMN @extschema@.trial_summary.amount IS 'Their fund money, yuan 涉及金额';
COMMENT ON COLUMN @extschema@.trial_summary.first_day IS 'First day judged with a hit';
COMMENT ON COLUMN @extschema@.trial_summary.last_day IS 'Last day judged with a hit';
COMMENT ON COLUMN @extschema@.trial_summary.found_already IS 'Hits that are findings of the version in force as well';
SELECT @extschema@.pass_comments_on('@extschema@.trial_result', '@extschema@.trial_summary');
SELECT @extschema@.pass_comments_on('@extschema@.rule', '@extschema@.trial_summary');

CREATE FUNCTION @extschema@.rules_since(edition bigint DEFAULT 0)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET datestyle = 'ISO'
AS $$
	WITH touched AS MATERIALIZED (
		SELECT r.code, max(r.edition) AS edition
		FROM rule r
		WHERE r.status IN ('active', 'void') AND NOT isempty(r.decides)
		GROUP BY r.code
		HAVING max(r.edition) > COALESCE($1, 0)
	), ruling AS MATERIALIZED (
		SELECT f.* FROM rule_in_force f
	), known AS (
		SELECT DISTINCT kind_code FROM ruling WHERE codes IS NULL
	)
	SELECT jsonb_build_object(
		'edition', (SELECT GREATEST(COALESCE($1, 0), max(e.edition)) FROM (
			SELECT edition FROM touched
			UNION ALL
			SELECT p.edition FROM latest_point p) e),
		'since', COALESCE($1, 0),
		'changes', COALESCE((
			SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', f.code, 'version', f.version, 'kind', f.kind_code,
					'kind_zh', k.name_zh, 'kind_en', k.name_en, 'title_zh', COALESCE(zh.title, f.title), 'title_en', en.title,
					'message_zh', fill_message(zh.message, f.params), 'message_en', fill_message(en.message, f.params),
					'template', f.template, 'params', f.params, 'codes', f.codes, 'scope', f.scope, 'area', NULLIF(f.area, ''),
					'pilot', f.pilot, 'elsewhere', f.elsewhere, 'action', f.action, 'certainty', f.certainty,
					'stages', k.stages, 'days', f.days::text, 'legal_basis', f.legal_basis))
				ORDER BY f.code COLLATE "C", f.version)
			FROM ruling f
			JOIN touched t ON t.code = f.code
			LEFT JOIN rule_kind k ON k.kind_code = f.kind_code
			LEFT JOIN rule_text zh ON zh.code = f.code AND zh.lang = 'zh'
			LEFT JOIN rule_text en ON en.code = f.code AND en.lang = 'en'), '[]'),
		'withdrawn', COALESCE((
			SELECT jsonb_agg(t.code ORDER BY t.code COLLATE "C") FROM touched t
			WHERE t.code NOT IN (SELECT f.code FROM ruling f)), '[]'),
		-- what rules without codes judge by
		'points', COALESCE((
			SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('point', p.point_id, 'version', p.version, 'kind', p.kind_code,
					'name', p.item_name, 'text', p.constraint_text, 'limits', p.limits, 'valid', p.valid::text,
					'understood', p.understood, 'codes', c.codes, 'with', c.judged))
				ORDER BY p.point_id COLLATE "C")
			FROM latest_point p
			LEFT JOIN LATERAL (
				SELECT array_agg(k.code ORDER BY k.seq) FILTER (WHERE k.role = 'codes') AS codes,
					array_agg(k.code ORDER BY k.seq) FILTER (WHERE k.role = 'with') AS judged
				FROM knowledge_code k
				WHERE k.point_id = p.point_id AND k.version = p.version) c ON true
			WHERE p.edition > COALESCE($1, 0) AND p.understood <> 'unparsed' AND p.kind_code IN (SELECT kind_code FROM known)), '[]'))
$$;
COMMENT ON FUNCTION @extschema@.rules_since(bigint) IS
'规则增量: for hospital systems, what changed after an edition (0: everything): "edition" to ask with next time; "changes", all versions that now judge of the rules that changed; "withdrawn", rules of which none does any more; "points", changed knowledge points of rules that judge by points (of one that ended: valid with an end). A rule replaces all that was known of its code.';
