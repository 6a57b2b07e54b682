-- The score of a subject, and why.

CREATE FUNCTION @extschema@.credit_score(subject_type text, subject_code text,
	as_of date DEFAULT CURRENT_DATE, scheme text DEFAULT NULL,
	OUT score numeric, OUT grade text, OUT vetoed_by text, OUT aspects jsonb, OUT lost jsonb)
RETURNS record
LANGUAGE c STABLE PARALLEL UNSAFE COST 2000
AS 'MODULE_PATHNAME', 'meso_audit_credit_score';
COMMENT ON FUNCTION @extschema@.credit_score(text, text, date, text) IS
'信用评分: score and grade of a subject on a day (points, 2 decimals; doc/credit.md), the indicator that vetoes, points lost and gained by aspect, and by indicator. scheme NULL: the preferred one. All NULL where another argument is NULL or no indicator applies. Reads as the caller; errors 22023 for an unknown scheme.';

CREATE FUNCTION @extschema@.credit_scores(subject_type text, subject_codes text[] DEFAULT NULL,
	as_of date DEFAULT CURRENT_DATE, scheme text DEFAULT NULL, version integer DEFAULT NULL)
RETURNS TABLE (subject_code text, score numeric, grade text, vetoed_by text, aspects jsonb, lost jsonb)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 1000
AS 'MODULE_PATHNAME', 'meso_audit_credit_scores';
COMMENT ON FUNCTION @extschema@.credit_scores(text, text[], date, text, integer) IS
'批量信用评分: the same for many subjects in one pass; subject_codes NULL: all of that type with a record or value that counts on the day; version NULL: the one in force, else that very one, draft or not. No rows where type or day is NULL.';

CREATE FUNCTION @extschema@.credit_standing(subject_type text, subject_code text,
	as_of date DEFAULT CURRENT_DATE, scheme text DEFAULT NULL, version integer DEFAULT NULL)
RETURNS TABLE (indicator text, aspect text, outcome text, quantity numeric, value numeric, peer_share numeric,
	lost numeric, gained numeric, value_id bigint, records bigint[])
LANGUAGE c STABLE PARALLEL UNSAFE COST 10000 ROWS 90
AS 'MODULE_PATHNAME', 'meso_audit_credit_standing';
COMMENT ON FUNCTION @extschema@.credit_standing(text, text, date, text, integer) IS
'What each indicator of the scheme has of a subject and what it did to the score, with the numbers of the value and of the records that counted; indicator "bounds" is what the scheme''s bounds took. No rows where type, code or day is NULL, or where nothing applies.';

CREATE FUNCTION @extschema@.credit_explain(subject_type text, subject_code text,
	as_of date DEFAULT CURRENT_DATE, scheme text DEFAULT NULL, version integer DEFAULT NULL)
RETURNS TABLE (aspect text, aspect_zh text, aspect_en text, indicator text, title_zh text, title_en text, outcome text,
	quantity numeric, value numeric, peer_share numeric, lost numeric, gained numeric, value_id bigint, records bigint[])
LANGUAGE sql STABLE PARALLEL UNSAFE COST 20000 ROWS 90
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT s.aspect, a.title_zh, a.title_en, s.indicator,
		CASE s.indicator WHEN 'bounds' THEN '评分上下限' ELSE i.title_zh END,
		CASE s.indicator WHEN 'bounds' THEN 'bounds of the scheme' ELSE i.title_en END,
		s.outcome, s.quantity, s.value, s.peer_share, s.lost, s.gained, s.value_id, s.records
	FROM credit_standing($1, $2, $3, $4, $5) WITH ORDINALITY
		AS s(indicator, aspect, outcome, quantity, value, peer_share, lost, gained, value_id, records, n)
	LEFT JOIN aspect a ON a.aspect = s.aspect
	LEFT JOIN LATERAL (
		SELECT c.title_zh, c.title_en FROM indicator c
		WHERE c.indicator = s.indicator
		ORDER BY c.valid @> $3 DESC, c.version DESC
		LIMIT 1
	) i ON true
	ORDER BY s.n
$$;
COMMENT ON FUNCTION @extschema@.credit_explain(text, text, date, text, integer) IS
'评分解释: a row for each indicator of the scheme: what it has of the subject, the points it cost or gave, and the records and value that it rests on. Full marks less the sum of lost plus the sum of gained is the score, exactly.';
