-- The peer: the same 120 rules in the best plain SQL that we could write, set
-- by set: one pass that makes the lines that some rule names, with what the
-- rules ask of them; a statement a template; findings written with their key
-- under a unique index, and a row of log each, as the extension has them, but
-- without its evidence and digests.

SET work_mem = '256MB';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
TRUNCATE bench.peer_finding, bench.peer_log;

BEGIN;
-- what reversing lines take off
CREATE TEMP TABLE taken ON COMMIT DROP AS
SELECT coalesce(s.init_setl_id, l.setl_id) AS setl_id, l.init_feedetl_sn AS feedetl_sn, sum(abs(l.cnt)) AS cnt, sum(abs(l.det_item_fee_sumamt)) AS amount
FROM bench.fee_line l LEFT JOIN bench.settlement s USING (setl_id)
WHERE l.init_feedetl_sn IS NOT NULL AND s.refd_setl_flag IS DISTINCT FROM '1'
GROUP BY 1, 2;
CREATE UNIQUE INDEX ON taken (setl_id, feedetl_sn);
ANALYZE taken;

CREATE TEMP TABLE line ON COMMIT DROP AS
SELECT l.setl_id, l.feedetl_sn, l.psn_no, l.fixmedins_code, l.fee_ocur_time AS t, l.fee_ocur_time::date AS day, l.rxno, coalesce(l.mdtrt_id, s.mdtrt_id) AS mdtrt_id,
	l.med_list_codg AS code, c.rule, c.role, r.template, r.attribute, l.cnt - coalesce(k.cnt, 0) AS cnt, l.det_item_fee_sumamt - coalesce(k.amount, 0) AS amount,
	l.inscp_amt IS DISTINCT FROM 0 AS payable, p.gend, extract(year FROM age(l.fee_ocur_time::date, p.brdy)) AS age, i.hosp_lv,
	coalesce(s.med_type, v.med_type) AS med_type, s.fund_pay_sumamt AS fund, s.medfee_sumamt AS total
FROM bench.fee_line l
JOIN bench.rule_code c ON c.code = l.med_list_codg
JOIN bench.rule r ON r.rule = c.rule
JOIN bench.settlement s ON s.setl_id = l.setl_id
LEFT JOIN taken k ON k.setl_id = l.setl_id AND k.feedetl_sn = l.feedetl_sn
LEFT JOIN bench.visit v ON v.mdtrt_id = l.mdtrt_id
LEFT JOIN bench.person p ON p.psn_no = l.psn_no
LEFT JOIN bench.institution i ON i.fixmedins_code = l.fixmedins_code
WHERE s.refd_setl_flag IS DISTINCT FROM '1' AND l.init_feedetl_sn IS NULL AND (k.cnt IS NULL OR l.cnt - k.cnt > 0);
ANALYZE line;

CREATE TEMP TABLE hit (rule text, setl_id varchar(30), feedetl_sn varchar(30), psn_no varchar(30), fixmedins_code varchar(30), day date, fund numeric, total numeric, amount numeric) ON COMMIT DROP;

-- attributes of the line alone
INSERT INTO hit
SELECT rule, setl_id, feedetl_sn, psn_no, fixmedins_code, day, fund, total, amount
FROM line
WHERE payable AND (template = 'never_pay' OR template = 'attr_limit' AND CASE attribute
	WHEN 'gend' THEN gend <> '1' WHEN 'age' THEN age > 80 WHEN 'hosp_lv' THEN hosp_lv < 1 ELSE med_type NOT IN ('11', '14') END);

-- diagnoses
INSERT INTO hit
SELECT rule, setl_id, feedetl_sn, psn_no, fixmedins_code, day, fund, total, amount
FROM line l
WHERE payable AND template = 'diag_required'
	AND EXISTS (SELECT FROM bench.diagnosis d WHERE d.mdtrt_id = l.mdtrt_id AND d.vali_flag IS DISTINCT FROM '0')
	AND NOT EXISTS (SELECT FROM bench.diagnosis d JOIN bench.rule_diag x ON x.prefix = left(d.diag_code, 3)
		WHERE d.mdtrt_id = l.mdtrt_id AND d.vali_flag IS DISTINCT FROM '0' AND x.rule = l.rule);
INSERT INTO hit
SELECT rule, setl_id, feedetl_sn, psn_no, fixmedins_code, day, fund, total, amount
FROM line l
WHERE payable AND template = 'diag_forbidden'
	AND EXISTS (SELECT FROM bench.diagnosis d JOIN bench.rule_diag x ON x.prefix = left(d.diag_code, 3)
		WHERE d.mdtrt_id = l.mdtrt_id AND d.vali_flag IS DISTINCT FROM '0' AND x.rule = l.rule);

-- pairs on a day at one institution
INSERT INTO hit
SELECT rule, setl_id, feedetl_sn, psn_no, fixmedins_code, day, fund, total, amount
FROM line w
WHERE payable AND template = 'pair_exclusive' AND role = 'with'
	AND (psn_no, fixmedins_code, day, rule) IN (
		SELECT psn_no, fixmedins_code, day, rule FROM line WHERE template = 'pair_exclusive' AND role = 'codes'
		GROUP BY psn_no, fixmedins_code, day, rule, code HAVING sum(cnt) > 0);

-- quantities of a day
INSERT INTO hit
SELECT rule, setl_id, feedetl_sn, psn_no, fixmedins_code, day, fund, total, round(amount * least(cnt, s - 2) / cnt, 2)
FROM (SELECT *, sum(cnt) OVER (PARTITION BY rule, psn_no, day ORDER BY t, setl_id COLLATE "C", feedetl_sn COLLATE "C" ROWS UNBOUNDED PRECEDING) AS s
	FROM line WHERE template = 'max_qty') q
WHERE payable AND cnt > 0 AND s > 2;

-- quantities of thirty days, up to and including the line
INSERT INTO hit
SELECT rule, setl_id, feedetl_sn, psn_no, fixmedins_code, day, fund, total, round(amount * least(cnt, s - 4) / cnt, 2)
FROM (
	SELECT *, sum(cnt) OVER (PARTITION BY rule, psn_no ORDER BY day RANGE BETWEEN '29 days' PRECEDING AND CURRENT ROW)
		- sum(cnt) OVER (PARTITION BY rule, psn_no, day)
		+ sum(cnt) OVER (PARTITION BY rule, psn_no, day ORDER BY t, setl_id COLLATE "C", feedetl_sn COLLATE "C" ROWS UNBOUNDED PRECEDING) AS s
	FROM line WHERE template = 'max_qty_period'
) q
WHERE payable AND cnt > 0 AND s > 4;

-- days of use in thirty
INSERT INTO hit
SELECT l.rule, setl_id, feedetl_sn, l.psn_no, fixmedins_code, l.day, fund, total, amount
FROM line l
JOIN (
	SELECT rule, psn_no, day, count(*) OVER (PARTITION BY rule, psn_no ORDER BY day RANGE BETWEEN '29 days' PRECEDING AND CURRENT ROW) AS days
	FROM line WHERE template = 'max_days' GROUP BY rule, psn_no, day HAVING sum(cnt) > 0
) d ON d.rule = l.rule AND d.psn_no = l.psn_no AND d.day = l.day AND d.days > 3
WHERE l.payable AND l.template = 'max_days';

-- nothing of what it needs in the visit
INSERT INTO hit
SELECT rule, l.setl_id, l.feedetl_sn, l.psn_no, l.fixmedins_code, day, fund, total, amount
FROM line l
JOIN bench.visit v ON v.mdtrt_id = l.mdtrt_id AND v.endtime IS NOT NULL
WHERE payable AND template = 'companion_required'
	AND NOT EXISTS (
		SELECT FROM bench.fee_line n
		JOIN bench.settlement s ON s.setl_id = n.setl_id AND s.refd_setl_flag IS DISTINCT FROM '1'
		LEFT JOIN taken k ON k.setl_id = n.setl_id AND k.feedetl_sn = n.feedetl_sn
		WHERE n.mdtrt_id = l.mdtrt_id AND n.psn_no = l.psn_no AND n.fixmedins_code = l.fixmedins_code AND n.init_feedetl_sn IS NULL
			AND n.med_list_codg ~ '^X[A-G]' AND (n.setl_id, n.feedetl_sn) <> (l.setl_id, l.feedetl_sn)
		GROUP BY n.med_list_codg HAVING sum(n.cnt - coalesce(k.cnt, 0)) > 0);

-- two of a group in one prescription: the first line of a second code
INSERT INTO hit
SELECT rule, setl_id, feedetl_sn, psn_no, fixmedins_code, day, fund, total, amount
FROM (
	SELECT *, sum(first::integer) OVER (PARTITION BY rule, psn_no, fixmedins_code, setl_id, rxno ORDER BY t, feedetl_sn COLLATE "C" ROWS UNBOUNDED PRECEDING) AS kinds
	FROM (SELECT *, row_number() OVER (PARTITION BY rule, psn_no, fixmedins_code, setl_id, rxno, code ORDER BY t, feedetl_sn COLLATE "C") = 1 AS first
		FROM line WHERE template = 'group_dup') f
) q
WHERE payable AND first AND kinds >= 2;

WITH written AS (
	INSERT INTO bench.peer_finding (finding_key, source_code, level, psn_no, fixmedins_code, setl_id, feedetl_sn, judged_day, amount)
	SELECT sha256(convert_to(concat_ws('|', 'rule', rule, 'line', psn_no, setl_id, feedetl_sn), 'UTF8')), rule, 'line', psn_no, fixmedins_code, setl_id, feedetl_sn, day,
		greatest(0, CASE WHEN fund IS NULL OR total IS NULL OR total = 0 THEN amount ELSE round(amount * fund / total, 2) END)
	FROM hit
	RETURNING finding_id, finding_key
)
INSERT INTO bench.peer_log (finding_id, event, digest) SELECT finding_id, 'found', sha256(finding_key) FROM written;
COMMIT;
