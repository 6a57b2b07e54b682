-- The result as text.
\pset footer off
\pset linestyle ascii
\pset border 1
\echo
\echo 'What was planted and what was found, by rule'
SELECT code AS rule, certainty, planted, found, missed, alike AS "look-alikes", accused,
	round(100.0 * found / nullif(found + accused, 0), 1) AS "precision %", others AS "not planted", round(amount)::bigint AS "fund at risk"
FROM demo.result WHERE planted + alike + findings > 0 ORDER BY certainty DESC, code COLLATE "C";
\echo 'By certainty'
SELECT certainty, count(*) AS rules, sum(planted) AS planted, sum(found) AS found, sum(missed) AS missed, sum(alike) AS "look-alikes",
	sum(accused) AS accused, round(100.0 * sum(found) / nullif(sum(found + accused), 0), 1) AS "precision %", sum(others) AS "not planted"
FROM demo.result GROUP BY certainty ORDER BY certainty DESC;
\echo 'By template'
SELECT template, count(*) AS rules, sum(planted) AS planted, sum(found) AS found, sum(missed) AS missed, sum(alike) AS "look-alikes",
	sum(accused) AS accused, sum(findings) AS findings, round(sum(amount))::bigint AS "fund at risk"
FROM demo.result GROUP BY ROLLUP (template) ORDER BY template NULLS LAST;
\echo 'Institutions with most fund money at risk'
SELECT f.fixmedins_code AS institution, i.fixmedins_name AS name, i.hosp_lv AS level, count(*) AS findings,
	count(*) FILTER (WHERE f.certainty = 'violation') AS violations, round(sum(f.amount))::bigint AS "fund at risk"
FROM demo.found f JOIN meso_audit.institution i USING (fixmedins_code)
GROUP BY 1, 2, 3 ORDER BY 6 DESC NULLS LAST, 1 LIMIT 10;
