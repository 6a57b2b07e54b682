-- What was found against what was planted.

-- the subject of a finding in the words of demo.truth
CREATE VIEW demo.found AS
SELECT f.*,
	CASE f.level WHEN 'line' THEN f.setl_id WHEN 'settlement' THEN f.setl_id WHEN 'subject' THEN coalesce(f.psn_no, f.fixmedins_code)
		ELSE f.mdtrt_id END AS subject,
	CASE WHEN f.level = 'line' THEN f.feedetl_sn ELSE f.row_no END AS row
FROM meso_audit.finding f
WHERE f.status = 'open';

CREATE TABLE demo.result AS
WITH matched AS
(
	SELECT t.hint, t.honest, EXISTS (
			SELECT FROM demo.found f
			WHERE f.source_code = t.hint AND f.level = t.level AND f.subject = t.subject
				AND f.row IS NOT DISTINCT FROM t.row_no) AS found
	FROM demo.truth t
), planted AS
(
	SELECT hint AS code, count(*) FILTER (WHERE NOT honest) AS planted, count(*) FILTER (WHERE NOT honest AND found) AS found,
		count(*) FILTER (WHERE honest) AS alike, count(*) FILTER (WHERE honest AND found) AS accused
	FROM matched GROUP BY hint
), findings AS
(
	SELECT source_code AS code, count(*) AS findings, sum(amount) AS amount,
		count(*) FILTER (WHERE NOT EXISTS (
			SELECT FROM demo.truth t
			WHERE t.hint = f.source_code AND t.level = f.level AND t.subject = f.subject AND t.row_no IS NOT DISTINCT FROM f.row)) AS others
	FROM demo.found f GROUP BY source_code
)
SELECT r.code, r.kind_code, k.name_zh AS kind_zh, k.name_en AS kind_en, r.template, r.title, r.certainty,
	coalesce(p.planted, 0) AS planted, coalesce(p.found, 0) AS found, coalesce(p.planted - p.found, 0) AS missed,
	coalesce(p.alike, 0) AS alike, coalesce(p.accused, 0) AS accused,
	coalesce(f.findings, 0) AS findings, coalesce(f.others, 0) AS others, coalesce(f.amount, 0) AS amount
FROM (SELECT DISTINCT ON (code) * FROM meso_audit.rule_in_force ORDER BY code, version DESC) r
LEFT JOIN meso_audit.rule_kind k USING (kind_code)
LEFT JOIN planted p USING (code)
LEFT JOIN findings f USING (code);
