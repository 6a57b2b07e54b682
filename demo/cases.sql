-- The visits and lines of the planted cases, and what belongs to them.

-- visits: those of the case, and the one before it; a hospital of the person's
-- county, the same one each time, or another one each time
INSERT INTO demo.visit (v, rk, p, i, setting, med_type, inst, t0, t1, los, dx, refd, spec, base)
SELECT x.v, x.v, c.p, x.j, CASE WHEN x.j = 0 THEN 'op' ELSE s.setting END, m.med_type,
	o.plain[1 + (floor(demo.r(620, c.p) * cardinality(o.plain))::integer + CASE WHEN s.spread THEN x.j * 3 ELSE 0 END) % cardinality(o.plain)],
	t.t0, CASE WHEN s.spoil = 'order' THEN t.t0 - interval '1 day' WHEN c.los > 0 AND x.j > 0 THEN t.t0::date + c.los + time '10:30' ELSE t.t0 + interval '90 min' END,
	CASE WHEN x.j = 0 THEN 0 ELSE c.los END, CASE WHEN x.j = 0 THEN 'L30' ELSE s.dx END, s.refd, s.spec, s.base AND x.j > 0
FROM demo.cases c
JOIN demo.spec s USING (spec)
JOIN demo.person p ON p.p = c.p
CROSS JOIN LATERAL (SELECT c.p * 100000 + j * 10 AS v, j FROM generate_series(CASE WHEN s.before IS NULL THEN 1 ELSE 0 END, c.times) j) x
CROSS JOIN LATERAL (SELECT date_trunc('minute', CASE WHEN x.j = 0 THEN c.day - c.back + time '10:15'
	ELSE c.day + demo.drawn(621, c.p, s.hour) * interval '1 hour' + floor(demo.r(622, c.p) * 25) * interval '1 min' + (x.j - 1) * s.step END) AS t0) t
CROSS JOIN LATERAL (SELECT CASE WHEN x.j = 0 THEN '11' ELSE CASE s.setting WHEN 'er' THEN '13' WHEN 'chronic' THEN '14' WHEN 'dial' THEN '14'
	WHEN 'rx' THEN '41' WHEN 'ip' THEN '21' WHEN 'chemo' THEN '21' WHEN 'ltc' THEN '28' WHEN 'pre' THEN '51' WHEN 'birth' THEN '52' ELSE '11' END END AS med_type) m
LEFT JOIN demo.inst special ON special.special = s.special
JOIN demo.pool o ON o.county = CASE WHEN s.spread THEN 0 ELSE coalesce(special.county, p.county) END
	AND o.lv = CASE WHEN x.j = 0 AND s.lv = 0 THEN 1 ELSE s.lv END
	AND o.ftype = CASE WHEN x.j = 0 THEN '1' WHEN s.setting = 'rx' THEN '2' WHEN s.setting = 'ltc' THEN '3' ELSE '1' END;
UPDATE demo.visit v SET inst = i.inst
FROM demo.spec s JOIN demo.inst i USING (special) WHERE s.spec = v.spec;
ALTER TABLE demo.visit ADD PRIMARY KEY (v);
ANALYZE demo.visit;

-- lines: the words of a spec, one row each
CREATE TABLE demo.word AS
SELECT s.spec, w.visits, t.ord::integer AS ord, i.item, i.cls, i.dose, i.price, t.m[2] = '!' AS marked,
	coalesce(substring(o.o FROM '\*([\d-]+)'), '1') AS cnt, substring(o.o FROM '@([\d-]+)') AS days,
	substring(o.o FROM '/([\d-]+)') AS supply, substring(o.o FROM '=(\d+)')::integer AS rx,
	substring(o.o FROM '\^([\d-]+)') AS factor, coalesce(substring(o.o FROM '#(\d+)')::integer, 1) AS doctor,
	substring(o.o FROM '&([A-Z0-9.]+)') AS dept, coalesce(substring(o.o FROM '%([\d-]+)'), '1') AS dose_times,
	coalesce(substring(o.o FROM '\+(\d+)')::integer, 0) AS later, substring(o.o FROM '~lag([\d-]+)') AS lag, o.o AS options
FROM demo.spec s
CROSS JOIN LATERAL (VALUES (false, s.before), (true, s.lines)) w(visits, words)
CROSS JOIN LATERAL regexp_matches(w.words, '(\w+)(!?)(\S*)', 'g') WITH ORDINALITY t(m, ord)
CROSS JOIN LATERAL (SELECT t.m[3]) o(o)
JOIN demo.item i ON i.k = t.m[1];
ANALYZE demo.word;

INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, rx, days, dose, doctor, dept, own, lag, code, psn, hint, honest)
SELECT v.v, 1000000 + w.ord * 1000 + d.day,
	CASE WHEN w.options LIKE '%~out%' THEN v.t1::date + demo.whole(634, v.v, 1, 4) + time '09:00'
		WHEN w.options LIKE '%~last%' THEN v.t1::date + time '09:00'
		WHEN v.los > 0 THEN v.t0::date + d.day + interval '17 hours'
		ELSE v.t0 + interval '31 min' END + (w.ord + w.later) * interval '1 min',
	w.item, q.cnt, f.pric, round(q.cnt * f.pric, 2) + CASE WHEN w.options LIKE '%~amt%' THEN 12.40 ELSE 0 END,
	CASE WHEN w.cls IN ('X', 'Z', 'T') THEN coalesce(w.rx, 7) END, CASE WHEN w.supply IS NOT NULL THEN demo.drawn(631, v.v * 64 + w.ord, w.supply) END,
	w.dose * demo.drawn(632, v.v * 64 + w.ord, w.dose_times),
	CASE WHEN w.options NOT LIKE '%~nodr%' THEN CASE n.ftype WHEN '2' THEN 'Y' ELSE 'D' END || lpad((v.inst * 100 + w.doctor)::text, 12, '0') END,
	coalesce(w.dept, 'A03'), w.options LIKE '%~own%',
	CASE WHEN w.lag IS NOT NULL THEN demo.drawn(633, v.v, w.lag) * interval '1 hour' ELSE interval '20 min' END,
	CASE WHEN w.options LIKE '%~code%' THEN 'XZ99ZZD999A00101019999' END, CASE WHEN w.options LIKE '%~psn%' THEN demo.psn_no(v.p + 1) END,
	CASE WHEN w.marked AND v.i >= s.from_visit THEN s.hint END, CASE WHEN w.marked AND v.i >= s.from_visit THEN s.honest END
FROM demo.visit v
JOIN demo.spec s USING (spec)
JOIN demo.inst n USING (inst)
JOIN demo.word w ON w.spec = v.spec AND w.visits = (v.i > 0)
JOIN demo.price p ON p.item = w.item AND p.lv = n.lv AND p.ftype = n.ftype
CROSS JOIN LATERAL generate_series(coalesce(split_part(w.days, '-', 1)::integer, 0), coalesce(nullif(split_part(w.days, '-', 2), ''), nullif(split_part(w.days, '-', 1), ''), '0')::integer) d(day)
CROSS JOIN LATERAL (SELECT demo.drawn(630, v.v * 64 + w.ord, w.cnt)::numeric AS cnt) q
CROSS JOIN LATERAL (SELECT CASE WHEN w.factor IS NULL THEN p.pric ELSE round(p.pric * demo.drawn(635, v.v * 64 + w.ord, w.factor) / 100, 2) END AS pric) f;
-- reversed the same day
INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, rx, doctor, dept, reverses)
SELECT l.v, l.sn + 500, l.t + interval '40 min', l.item, -l.cnt, l.pric, -l.amt, l.rx, l.doctor, l.dept, l.sn
FROM demo.line l JOIN demo.visit v USING (v) JOIN demo.word w ON w.spec = v.spec AND w.visits = (v.i > 0) AND w.ord = (l.sn - 1000000) / 1000
WHERE w.options LIKE '%~rev%';

INSERT INTO demo.diag
SELECT v.v, 10 + d.ord::integer, d.m[1], CASE WHEN d.m[2] = '!' THEN s.hint END, CASE WHEN d.m[2] = '!' THEN s.honest END
FROM demo.visit v JOIN demo.spec s USING (spec) CROSS JOIN LATERAL regexp_matches(s.diag, '([A-Z0-9.x]+)(!?)', 'g') WITH ORDINALITY d(m, ord)
WHERE v.i > 0;
INSERT INTO demo.oprn
SELECT v.v, 2, rtrim(s.oprn, '!'), CASE WHEN s.oprn LIKE '%!' THEN s.hint END, CASE WHEN s.oprn LIKE '%!' THEN s.honest END FROM demo.visit v JOIN demo.spec s USING (spec) WHERE v.i > 0 AND s.oprn IS NOT NULL;

-- The truth, for the report alone.
CREATE TABLE demo.truth AS
SELECT hint, honest, 'line' AS level, demo.setl_id(v) AS subject, demo.sn(sn) AS row_no FROM demo.line WHERE hint IS NOT NULL
UNION ALL
SELECT hint, honest, 'diagnosis', demo.mdtrt_id(v), srt::text FROM demo.diag WHERE hint IS NOT NULL
UNION ALL
SELECT hint, honest, 'operation', demo.mdtrt_id(v), srt::text FROM demo.oprn WHERE hint IS NOT NULL
UNION ALL
SELECT s.hint, s.honest, s.mark, CASE s.mark WHEN 'settlement' THEN demo.setl_id(v.v) ELSE demo.mdtrt_id(v.v) END, NULL
FROM demo.visit v JOIN demo.spec s USING (spec) WHERE s.mark IN ('settlement', 'visit') AND v.i > 0
UNION ALL
SELECT s.hint, s.honest, 'subject', demo.psn_no(c.p), NULL FROM demo.cases c JOIN demo.spec s USING (spec) WHERE s.mark = 'person'
UNION ALL
SELECT h.hint, coalesce(i.special, '') <> h.special, 'subject', i.code, NULL
FROM demo.inst i
JOIN (VALUES ('SHARE-DRUGS', 2, 'drugs'), ('SHARE-TESTS', 2, 'tests'), ('SHARE-CONSUMABLES', 1, 'consumables'),
	('SHARE-TREATMENT', 1, 'treatment'), ('READMISSION-RATE', 2, 'returns'),
	('SHARE-CT', 2, 'ct'), ('SHARE-MRI', 2, 'mri'), ('INFECTION-RATE', 2, 'infections')) h(hint, lv, special) ON h.lv = i.lv AND i.ftype = '1'
WHERE i.special = h.special OR i.special IS NULL AND i.n <= 4
UNION ALL
-- a pharmacy sells nothing but drugs
SELECT 'SHARE-DRUGS', true, 'subject', code, NULL FROM demo.inst WHERE ftype = '2' AND n <= 4;
