-- The result as one HTML page: no script, no font, no image from elsewhere.
-- psql -X -A -t -q -f page.sql >page.html
\pset tuples_only on
\pset format unaligned

-- text into HTML
CREATE FUNCTION demo.h(t text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(replace(replace(replace(coalesce(t, ''), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;');
-- numbers with thousands, money without cents
CREATE FUNCTION demo.n(x numeric) RETURNS text LANGUAGE sql IMMUTABLE RETURN to_char(coalesce(x, 0), 'FM999,999,999,990');
CREATE FUNCTION demo.td(x numeric, class text DEFAULT '') RETURNS text LANGUAGE sql IMMUTABLE
RETURN format('<td class="n %s">%s</td>', class, CASE WHEN coalesce(x, 0) = 0 THEN '<i>–</i>' ELSE demo.n(x) END);
CREATE FUNCTION demo.tile(label text, zh text, value text, note text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN format('<div class="tile"><div class="k">%s <span lang="zh">%s</span></div><div class="v">%s</div><div class="s">%s</div></div>', label, zh, value, note);

SELECT $html$<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>meso_audit · audit of a synthetic province</title>
<style>
:root { --bg: #fbfbf9; --panel: #fff; --ink: #1f2328; --soft: #626a73; --line: #e3e4df; --accent: #1f5f8b; --accent2: #c9822b; --good: #2f7d4f; --bad: #b3402f; }
@media (prefers-color-scheme: dark) {
	:root { --bg: #14171a; --panel: #1b1f23; --ink: #e4e6e8; --soft: #99a1a9; --line: #2e343a; --accent: #6fb0dc; --accent2: #dda45a; --good: #6cc08f; --bad: #e58373; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 26px; font-weight: 600; margin: 0 0 4px; letter-spacing: -.01em; }
h2 { font-size: 18px; font-weight: 600; margin: 48px 0 4px; }
h2 span, .k span, th span { color: var(--soft); font-weight: 400; }
p { margin: 4px 0 14px; color: var(--soft); max-width: 92ch; }
nav { margin: 14px 0 26px; font-size: 14px; }
nav a { color: var(--accent); text-decoration: none; margin-right: 18px; }
nav a:hover { text-decoration: underline; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; }
.k { font-size: 13px; color: var(--soft); }
.v { font-size: 25px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.35; }
.s { font-size: 12.5px; color: var(--soft); }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; overflow-x: auto; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
@media (max-width: 860px) { .two { grid-template-columns: 1fr; } .tiles { grid-template-columns: 1fr 1fr; } }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; font-weight: 600; padding: 6px 10px 6px 0; border-bottom: 1px solid var(--ink); vertical-align: bottom; white-space: nowrap; }
th span { display: block; font-size: 12px; }
td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.n { text-align: right; }
td i { color: var(--line); font-style: normal; }
tr.group td { padding-top: 16px; font-weight: 600; border-bottom-color: var(--soft); }
tr.hit td { color: var(--bad); font-weight: 600; }
tr.sum td { font-weight: 600; border-top: 1px solid var(--ink); }
code, pre { font: 12.5px/1.5 ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.zh { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); }
.bar { display: inline-block; height: 8px; border-radius: 2px; background: var(--accent); vertical-align: middle; }
svg text { fill: var(--soft); font-size: 11.5px; font-family: inherit; }
svg .a { fill: var(--accent); } svg .b { fill: var(--accent2); } svg .g { stroke: var(--line); }
.key { font-size: 12.5px; color: var(--soft); margin-bottom: 6px; }
.key b { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 5px 0 0; } .key em { font-style: normal; margin-right: 16px; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--accent); font-size: 14px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0; font-size: 13.5px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--line); font-size: 13px; color: var(--soft); }
</style>
</head>
<body><main>
<h1>Audit of a synthetic province <span lang="zh" class="zh">模拟省份基金审核</span></h1>$html$;

SELECT format('<p>Every person, place and bill here is made up. The frauds were planted by the generator, which also planted honest look-alikes; the rules know of neither. Audited %s to %s with meso_audit %s on PostgreSQL %s.</p>',
	lower(r.period), upper(r.period) - 1, meso_audit.library_version(), split_part(current_setting('server_version'), ' ', 1))
FROM meso_audit.audit_run r ORDER BY r.run_id DESC LIMIT 1;

SELECT '<nav><a href="#months">Months 按月</a><a href="#rules">Rules 按规则</a><a href="#places">Institutions 按机构</a><a href="#credit">Credit 信用</a><a href="#evidence">Evidence 证据</a><a href="#coverage">Coverage 覆盖</a></nav><div class="tiles">'
	|| demo.tile('Fee lines', '费用明细', demo.n((SELECT count(*) FROM province.fee_line)),
		demo.n((SELECT count(*) FROM province.settlement)) || ' settlements of ' || demo.n((SELECT count(*) FROM province.person)) || ' persons at ' || demo.n((SELECT count(*) FROM province.institution)) || ' institutions')
	|| demo.tile('Rules in force', '生效规则', demo.n(count(*)), demo.n(count(DISTINCT template)) || ' templates, ' || demo.n(count(DISTINCT kind_code)) || ' kinds, '
		|| demo.n((SELECT count(*) FROM meso_audit.point_in_force)) || ' knowledge points')
	|| demo.tile('Findings', '疑点', demo.n(sum(findings)), demo.n((SELECT count(*) FROM demo.found WHERE certainty = 'violation')) || ' violations 明确违规, '
		|| demo.n((SELECT count(*) FROM demo.found WHERE certainty = 'suspect')) || ' suspect 可疑')
	|| demo.tile('Fund money at risk', '涉及基金（元）', demo.n(sum(amount)), 'of ' || demo.n((SELECT sum(fund_pay_sumamt) FROM province.settlement WHERE refd_setl_flag IS NULL)) || ' paid')
	|| demo.tile('Planted frauds found', '植入违规检出', format('%s %%', CASE WHEN sum(planted) > 0 THEN trim_scale(round(100.0 * sum(found) / sum(planted), 1)) END), demo.n(sum(found)) || ' of ' || demo.n(sum(planted)) || ', ' || demo.n(sum(missed)) || ' missed')
	|| demo.tile('Look-alikes accused', '误伤', demo.n(sum(accused)), 'of ' || demo.n(sum(alike)) || ' honest cases that resemble fraud')
	|| demo.tile('Concerned', '涉及对象', demo.n((SELECT count(DISTINCT psn_no) FROM demo.found)) || ' persons', demo.n((SELECT count(DISTINCT fixmedins_code) FROM demo.found)) || ' institutions, '
		|| demo.n((SELECT count(DISTINCT source_code) FROM demo.found)) || ' rules with findings')
	|| demo.tile('Time', '用时', format('%s s', (SELECT round(extract(epoch FROM elapsed)::numeric, 1) FROM meso_audit.audit_progress ORDER BY run_id DESC LIMIT 1)),
		(SELECT demo.n(lines / greatest(extract(epoch FROM elapsed), .001)::numeric) || ' lines a second, findings written' FROM meso_audit.audit_progress ORDER BY run_id DESC LIMIT 1))
	|| '</div>'
FROM demo.result;

-- Months: bars of findings, violations below, suspects above; a line of text a bar
CREATE TABLE demo.month AS
SELECT m::date AS month, count(f.finding_id) FILTER (WHERE certainty = 'violation') AS violations,
	count(f.finding_id) FILTER (WHERE certainty = 'suspect') AS suspects, coalesce(sum(f.amount), 0) AS amount
FROM (SELECT period FROM meso_audit.audit_run ORDER BY run_id DESC LIMIT 1) r
CROSS JOIN LATERAL generate_series(lower(r.period)::timestamp, upper(r.period)::timestamp - interval '1 day', '1 month') m
LEFT JOIN demo.found f ON date_trunc('month', f.judged_day) = m
GROUP BY m;
SELECT '<h2 id="months">Findings by month <span lang="zh">按月</span></h2><p>By the day of the fee line, of the settlement or of the visit.</p><div class="two"><div class="panel">'
	|| '<div class="key"><em><b style="background:var(--accent)"></b>violation 明确违规</em><em><b style="background:var(--accent2)"></b>suspect 可疑</em></div><svg viewBox="0 0 520 430" width="100%" role="img" aria-label="Findings by month">'
	|| string_agg(format('<g><title>%s: %s violations, %s suspect, %s yuan</title><rect class="a" x="%s" y="%s" width="26" height="%s" rx="1.5"/><rect class="b" x="%s" y="%s" width="26" height="%s" rx="1.5"/><text x="%s" y="%s" text-anchor="middle">%s</text><text x="%s" y="418" text-anchor="middle">%s</text></g>',
		to_char(month, 'YYYY-MM'), violations, suspects, demo.n(amount),
		x, round(400 - va, 1), round(va, 1), x, round(400 - va - sa - 1, 1), round(sa, 1), x + 13, round(393 - va - sa, 1), violations + suspects, x + 13, to_char(month, 'YY-MM')), '' ORDER BY month)
	|| '<line class="g" x1="0" x2="520" y1="400.5" y2="400.5"/></svg></div>'
FROM (SELECT *, (row_number() OVER (ORDER BY month) - 1) * 520 / count(*) OVER () + 8 AS x,
		360.0 * violations / greatest(max(violations + suspects) OVER (), 1) AS va, 360.0 * suspects / greatest(max(violations + suspects) OVER (), 1) AS sa
	FROM demo.month) s;
SELECT '<div class="panel"><table><tr><th>Month <span>月份</span></th><th class="n">Violations <span>明确违规</span></th><th class="n">Suspect <span>可疑</span></th><th class="n">Fund at risk <span>涉及基金</span></th></tr>'
	|| string_agg(format('<tr><td>%s</td>%s%s%s</tr>', to_char(month, 'YYYY-MM'), demo.td(violations), demo.td(suspects), demo.td(amount)), '' ORDER BY month)
	|| format('<tr class="sum"><td>All</td>%s%s%s</tr></table></div></div>', demo.td(sum(violations)), demo.td(sum(suspects)), demo.td(sum(amount)))
FROM demo.month;

-- Templates: horizontal bars
SELECT '<h2>Money at risk by template <span lang="zh">按规则模板</span></h2><p>Twenty templates say the national rule kinds; a bar is fund money, the number beside it findings.</p><div class="panel">'
	|| format('<svg viewBox="0 0 1060 %s" width="100%%" role="img" aria-label="Money at risk by template">', count(*) * 22 + 4)
	|| string_agg(format('<g><title>%s: %s findings, %s yuan</title><text x="168" y="%s" text-anchor="end">%s</text><rect class="a" x="178" y="%s" width="%s" height="12" rx="1.5"/><text x="%s" y="%s">%s 元 · %s</text></g>',
		template, findings, demo.n(amount), y + 14, template, y + 4, round(w, 1), round(w + 186, 1), y + 14, demo.n(amount), demo.n(findings)), '' ORDER BY y)
	|| '</svg></div>'
FROM (SELECT template, sum(findings) AS findings, sum(amount) AS amount, (row_number() OVER (ORDER BY sum(amount) DESC, template) - 1) * 22 AS y,
		greatest(700 * sum(amount) / greatest(max(sum(amount)) OVER (), 1), 1) AS w
	FROM demo.result GROUP BY template HAVING sum(findings) > 0) s;

-- Rules
SELECT '<h2 id="rules">Findings by rule <span lang="zh">按规则</span></h2><p>Planted are the generator''s frauds, look-alikes its honest cases: a bill charged twice and then refunded, twins, chemotherapy every three weeks, a night in the emergency room. “Not planted” are findings that came about by chance.</p><div class="panel"><table><tr><th>Rule <span>规则</span></th><th>Kind <span>国家规则种类</span></th><th class="n">Planted <span>植入</span></th><th class="n">Found <span>检出</span></th><th class="n">Missed <span>漏检</span></th><th class="n">Look-alikes <span>相似</span></th><th class="n">Accused <span>误伤</span></th><th class="n">Not planted <span>其他</span></th><th class="n">Fund at risk <span>涉及基金</span></th></tr>'
	|| string_agg(CASE WHEN first THEN format('<tr class="group"><td colspan="9">%s</td></tr>', demo.h(template)) ELSE '' END
		|| format('<tr><td>%s<br><span class="zh" lang="zh">%s</span></td><td>%s<br><span class="zh" lang="zh">%s</span></td>%s%s%s%s%s%s%s</tr>',
			demo.h(code), demo.h(title), demo.h(kind_en), demo.h(kind_zh), demo.td(planted), demo.td(found, CASE WHEN found = planted THEN 'good' ELSE '' END), demo.td(missed, 'bad'),
			demo.td(alike), demo.td(accused, 'bad'), demo.td(others), demo.td(amount)), '' ORDER BY template, code)
	|| format('<tr class="sum"><td colspan="2">All rules</td>%s%s%s%s%s%s%s</tr></table></div>', demo.td(sum(planted)), demo.td(sum(found)), demo.td(sum(missed)), demo.td(sum(alike)), demo.td(sum(accused)), demo.td(sum(others)), demo.td(sum(amount)))
FROM (SELECT *, row_number() OVER (PARTITION BY template ORDER BY code) = 1 AS first FROM demo.result WHERE planted + alike + findings > 0) s;

-- Institutions
SELECT '<h2 id="places">Institutions <span lang="zh">按机构</span></h2><p>The twenty with most fund money at risk. A share is of what the fund paid there.</p><div class="panel"><table><tr><th>Institution <span>定点机构</span></th><th class="n">Level <span>级别</span></th><th class="n">Findings <span>疑点</span></th><th class="n">Violations <span>明确违规</span></th><th class="n">Rules <span>规则数</span></th><th class="n">Fund at risk <span>涉及基金</span></th><th class="n">Share <span>占比</span></th><th style="width:150px"></th></tr>'
	|| string_agg(format('<tr><td>%s<br><span class="zh" lang="zh">%s</span></td><td class="n">%s</td>%s%s%s%s<td class="n">%s %%</td><td><span class="bar" style="width:%spx"></span></td></tr>',
		demo.h(fixmedins_code), demo.h(fixmedins_name), coalesce(nullif(hosp_lv, 0)::text, '–'), demo.td(findings), demo.td(violations), demo.td(rules), demo.td(amount),
		round(100 * amount / nullif(paid, 0), 2), greatest(1, round(140 * amount / greatest(most, 1)))), '' ORDER BY amount DESC, fixmedins_code)
	|| '</table></div>'
FROM (SELECT f.fixmedins_code, i.fixmedins_name, i.hosp_lv, count(*) AS findings, count(*) FILTER (WHERE f.certainty = 'violation') AS violations,
		count(DISTINCT f.source_code) AS rules, coalesce(sum(f.amount), 0) AS amount, max(coalesce(sum(f.amount), 0)) OVER () AS most,
		(SELECT sum(s.fund_pay_sumamt) FROM province.settlement s WHERE s.fixmedins_code = f.fixmedins_code AND s.refd_setl_flag IS NULL) AS paid
	FROM demo.found f JOIN meso_audit.institution i USING (fixmedins_code)
	GROUP BY 1, 2, 3 ORDER BY 7 DESC, 1 LIMIT 20) s;

-- One finding with its evidence
SELECT format('<h2 id="evidence">A finding and its evidence <span lang="zh">疑点与证据</span></h2><p>The rows as they were, the rule, its basis; archived with the finding, hashed into the log. This is what <code>meso_audit.evidence_bundle()</code> gives for one of them.</p><div class="panel"><dl><dt>Rule 规则</dt><dd>%s · %s</dd><dt>Person 参保人</dt><dd>%s</dd><dt>Institution 机构</dt><dd>%s</dd><dt>Settlement, line 结算与明细</dt><dd>%s · %s</dd><dt>Day 日期</dt><dd>%s</dd><dt>Fund at risk 涉及基金</dt><dd>%s</dd><dt>Certainty 性质</dt><dd>%s</dd><dt>Finding key 疑点键</dt><dd><code>%s</code></dd></dl><br>%s<details><summary>The whole bundle as JSON</summary><pre>%s</pre></details></div>',
	demo.h(f.source_code), demo.h((SELECT title FROM demo.result r WHERE r.code = f.source_code)), demo.h(f.psn_no), demo.h(f.fixmedins_code),
	demo.h(f.setl_id), demo.h(f.feedetl_sn), f.judged_day, f.amount, f.certainty, encode(f.finding_key, 'hex'),
	(SELECT '<table><tr><th>Line <span>明细</span></th><th>Time <span>时间</span></th><th>Code <span>医保目录编码</span></th><th>Name <span>名称</span></th><th class="n">Quantity <span>数量</span></th><th class="n">Price <span>单价</span></th><th class="n">Amount <span>金额</span></th></tr>'
		|| string_agg(format('<tr%s><td>%s</td><td>%s</td><td><code>%s</code></td><td>%s</td><td class="n">%s</td><td class="n">%s</td><td class="n">%s</td></tr>',
			CASE WHEN l.feedetl_sn = f.feedetl_sn THEN ' class="hit"' ELSE '' END, demo.h(l.feedetl_sn), to_char(l.fee_ocur_time, 'YYYY-MM-DD HH24:MI'),
			demo.h(l.med_list_codg), demo.h(l.medins_list_name), trim_scale(l.cnt), l.pric, l.det_item_fee_sumamt), '' ORDER BY l.fee_ocur_time, l.feedetl_sn)
		|| '</table>' FROM province.fee_line l WHERE l.setl_id = f.setl_id),
	demo.h(jsonb_pretty(meso_audit.evidence_bundle(f.finding_id) - 'evidence_text')))
FROM demo.found f WHERE f.source_code = 'DUP-CT' ORDER BY f.amount DESC NULLS LAST, f.finding_key LIMIT 1;

\ir credit_page.sql

-- Coverage: what the run could not judge
SELECT '<h2 id="coverage">Audit coverage <span lang="zh">审核覆盖</span></h2><p>What the run could not judge, and why. Nothing is left out silently.</p>'
	|| coalesce('<div class="panel"><table><tr><th>About <span>对象</span></th><th>Reason <span>原因</span></th><th>Meaning <span>说明</span></th><th class="n">Entries <span>条目</span></th><th class="n">Rows <span>行数</span></th><th>Examples <span>示例</span></th></tr>'
		|| string_agg(format('<tr><td>%s</td><td>%s</td><td>%s</td>%s%s<td>%s</td></tr>', demo.h(about), demo.h(reason), demo.h(meaning), demo.td(entries), demo.td(total), demo.h(examples)), '' ORDER BY about, reason)
		|| '</table></div>', '<div class="panel">Every line, settlement, visit and rule could be judged. <span class="zh">全部可审。</span></div>')
FROM (SELECT about, reason, meaning, count(*) AS entries, sum(row_count) AS total,
		(SELECT string_agg(e.name, ', ') FROM (SELECT DISTINCT coalesce(c2.rule_code, c2.setl_id, c2.fact) AS name FROM meso_audit.audit_coverage c2
			WHERE c2.run_id = c.run_id AND c2.about = c.about AND c2.reason = c.reason ORDER BY 1 LIMIT 6) e) AS examples
	FROM meso_audit.audit_coverage c
	WHERE run_id = (SELECT max(run_id) FROM meso_audit.audit_run)
	GROUP BY run_id, about, reason, meaning) s;

SELECT format('<footer>Synthetic data, seed %s. Log of findings: %s rows, %s. Made by <code>make demo</code>.</footer></main></body></html>',
	demo.seed(), demo.n((SELECT count(*) FROM meso_audit.finding_log)),
	coalesce((SELECT 'sealed in block ' || max(block_no) FROM meso_audit.log_block), 'not sealed'));
