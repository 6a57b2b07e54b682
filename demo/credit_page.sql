-- Credit on the page: grades, lost points, movement, budget pace.
SELECT '<h2 id="credit">Credit: grades <span lang="zh">信用等级</span></h2><p>Cases were opened about certain violations, verified and decided by different people; a final decision counts. Hospitals and pharmacies, rated over half a year before and over the year after.</p><div class="two"><div class="panel"><table><tr><th>Subject <span>主体</span></th><th>Grade <span>等级</span></th><th class="n">Subjects <span>主体数</span></th><th></th></tr>'
	|| string_agg(format('<tr><td>%s</td><td>%s <span class="zh" lang="zh">%s</span></td>%s<td><span class="bar" style="width:%spx"></span></td></tr>', CASE WHEN first THEN label ELSE '' END, grade, zh, demo.td(n), round(160.0 * n / most)), '' ORDER BY subject_type, place)
	|| '</table></div>'
FROM (
	SELECT r.subject_type, CASE r.subject_type WHEN 'hospital' THEN 'Hospitals 医疗机构' ELSE 'Pharmacies 零售药店' END AS label, b.place, b.band ->> 'grade' AS grade, b.band ->> 'label_zh' AS zh,
		count(t.grade) AS n, GREATEST(max(count(t.grade)) OVER (), 1) AS most, b.place = 1 AS first
	FROM (SELECT DISTINCT ON (scheme) * FROM meso_audit.rating_run WHERE status = 'final' ORDER BY scheme, run_id DESC) r
	JOIN meso_audit.scheme s ON s.scheme = r.scheme AND s.version = r.version
	CROSS JOIN LATERAL jsonb_array_elements(s.bands) WITH ORDINALITY AS b(band, place)
	LEFT JOIN meso_audit.rating t ON t.run_id = r.run_id AND t.grade = b.band ->> 'grade'
	GROUP BY r.run_id, r.subject_type, b.place, b.band
) g;
SELECT '<div class="panel"><table><tr><th>Movement <span>等级变动</span></th><th>Before <span>上期</span></th><th>Now <span>本期</span></th><th class="n">Subjects <span>主体数</span></th><th class="n">Points on average <span>平均分变化</span></th></tr>'
	|| string_agg(format('<tr><td>%s</td><td>%s</td><td class="%s">%s</td>%s<td class="n">%s</td></tr>', CASE subject_type WHEN 'hospital' THEN 'Hospitals' ELSE 'Pharmacies' END,
		coalesce(previous_grade, '–'), CASE WHEN grade > previous_grade THEN 'bad' WHEN grade < previous_grade THEN 'good' ELSE '' END, grade, demo.td(subjects), score_change), '' ORDER BY subject_type, previous_grade, grade)
	|| '</table></div></div>'
FROM (
	SELECT t.subject_type, t.previous_grade, t.grade, count(*) AS subjects, round(avg(t.score - t.previous_score), 2) AS score_change
	FROM meso_audit.rating_current t GROUP BY 1, 2, 3
) m;
SELECT '<h2>Where points are lost <span lang="zh">失分排行</span></h2><p>The fifteen indicators that cost hospitals most; every point leads to its records or its value.</p><div class="panel"><table><tr><th>Indicator <span>指标</span></th><th>Aspect <span>方面</span></th><th class="n">Hospitals <span>失分机构</span></th><th class="n">Points <span>失分合计</span></th><th></th></tr>'
	|| string_agg(format('<tr><td>%s %s<br><span class="zh" lang="zh">%s</span></td><td>%s</td>%s<td class="n">%s</td><td><span class="bar" style="width:%spx"></span></td></tr>',
		indicator, demo.h(title_en), demo.h(title_zh), demo.h(aspect_zh), demo.td(n), lost, round(220 * lost / most)), '' ORDER BY lost DESC, indicator)
	|| '</table></div>'
FROM (
	SELECT d.indicator, i.title_en, i.title_zh, a.title_zh AS aspect_zh, count(*) FILTER (WHERE d.lost > 0) AS n, sum(d.lost) AS lost, max(sum(d.lost)) OVER () AS most
	FROM meso_audit.rating_current t
	JOIN meso_audit.rating_detail d ON d.run_id = t.run_id AND d.subject_code = t.subject_code
	JOIN meso_audit.indicator_current i ON i.indicator = d.indicator
	JOIN meso_audit.aspect a ON a.aspect = d.aspect
	WHERE t.scheme = 'AE_hospital'
	GROUP BY 1, 2, 3, 4 HAVING sum(d.lost) > 0 ORDER BY 6 DESC LIMIT 15
) l;
SELECT '<h2>Budget pace <span lang="zh">预算进度</span></h2><p>Fund money used of each budget against the share of the year that has passed: 1 is on time. The twelve furthest ahead.</p><div class="panel"><table><tr><th>Institution <span>机构</span></th><th class="n">Year <span>年度</span></th><th class="n">Budget <span>预算</span></th><th class="n">Used <span>已用</span></th><th class="n">Pace <span>进度比</span></th><th class="n">Forecast <span>全年预测</span></th><th>Warning <span>预警</span></th></tr>'
	|| coalesce(string_agg(format('<tr><td>%s<br><span class="zh" lang="zh">%s</span></td><td class="n">%s</td>%s%s<td class="n">%s</td>%s<td class="%s">%s</td></tr>', demo.h(fixmedins_code), demo.h(fixmedins_name), year,
		demo.td(budget), demo.td(used), round(pace, 2), demo.td(forecast), CASE warning WHEN 'green' THEN 'good' ELSE 'bad' END, warning), '' ORDER BY pace DESC NULLS LAST, fixmedins_code), '')
	|| '</table></div>'
FROM (SELECT * FROM bi.budget_pace ORDER BY pace DESC NULLS LAST, fixmedins_code LIMIT 12) b;
