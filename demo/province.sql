-- The synthetic province: places, people, visits, and what was billed.
--
-- psql variables: seed, persons. Everything is a function of the two: a draw
-- is a hash of (seed, what is drawn, whose), so neither the plan nor the
-- order of rows matters. No row of a real person enters it.

CREATE FUNCTION demo.r(what integer, who bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(who, what::bigint * 1000003 + demo.seed()) & 281474976710655)::float8 / 281474976710656::float8;
COMMENT ON FUNCTION demo.r(integer, bigint) IS 'A draw from [0, 1) for one question about one subject';

-- Fifteen months of data; the last twelve are audited.
CREATE FUNCTION demo.since() RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN date '2025-07-01';
CREATE FUNCTION demo.days() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 457;

---------------------------------------------------------------------------
-- Places

CREATE TABLE demo.county (county integer PRIMARY KEY, admdvs text, name text);
INSERT INTO demo.county VALUES
	(1, '990102', '青岚市云溪区'), (2, '990121', '青岚市临江县'), (3, '990122', '青岚市松岭县'),
	(4, '990221', '白石市望河县'), (5, '990222', '白石市梅川县');

CREATE TABLE demo.inst AS
SELECT row_number() OVER (ORDER BY lv DESC, ftype, n)::integer AS inst, lv, ftype, n,
	CASE WHEN lv = 3 THEN CASE WHEN n % 4 = 0 THEN 4 ELSE 1 END ELSE 1 + (n % 5) END AS county
FROM (VALUES (3, '1', 4), (2, '1', 14), (1, '1', 40), (0, '2', 30), (0, '3', 2)) k(lv, ftype, base)
CROSS JOIN LATERAL generate_series(1, (base * greatest(1, sqrt(:persons / 8000.0)))::integer) n;
ALTER TABLE demo.inst ADD PRIMARY KEY (inst), ADD code text, ADD name text, ADD doctors integer;
UPDATE demo.inst i SET
	code = CASE ftype WHEN '2' THEN 'P' ELSE 'H' END || c.admdvs || lpad(inst::text, 5, '0'),
	doctors = CASE WHEN ftype = '2' THEN 2 WHEN lv = 3 THEN 48 WHEN lv = 2 THEN 20 WHEN lv = 1 THEN 4 ELSE 3 END,
	name = right(c.name, 3)
		|| (string_to_array('安康,仁和,同济,康宁,博爱,惠民,永安,长青,和平,东湖,南山,西园,北苑,桃源,明德,清泉', ','))[1 + inst % 16]
		|| CASE WHEN ftype = '2' THEN '大药房' WHEN ftype = '3' THEN '护理院' WHEN lv = 3 THEN '中心医院'
			WHEN lv = 2 THEN '人民医院' WHEN n % 3 = 0 THEN '卫生院' WHEN n % 3 = 1 THEN '村卫生室' ELSE '社区卫生服务中心' END
		|| CASE WHEN n > 14 THEN '（' || n || '）' ELSE '' END
FROM demo.county c WHERE c.county = i.county;

INSERT INTO province.institution (fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, fix_blng_admdvs,
	biznat, aprv_bed_cnt, begndate, enddate, legrep_name, uscc)
SELECT i.code, i.name, i.ftype, i.lv, c.admdvs, CASE WHEN demo.r(1, inst) < .25 THEN '1' ELSE '3' END,
	CASE WHEN ftype = '1' THEN (ARRAY[12, 240, 900])[lv] WHEN ftype = '3' THEN 80 END,
	date '2021-01-01', date '2026-12-31', '法人' || inst, '91990000MA' || lpad((inst * 7919)::text, 8, '0')
FROM demo.inst i JOIN demo.county c USING (county) ORDER BY i.code;

-- One doctor in eight is a chief physician, one in four a deputy chief.
INSERT INTO province.practitioner (prac_psn_code, fixmedins_code, prac_psn_name, prac_psn_type, pro_tech_duty,
	hi_serv_stas, begndate)
SELECT CASE WHEN ftype = '2' THEN 'Y' ELSE 'D' END || lpad((inst * 100 + j)::text, 12, '0'), i.code,
	(string_to_array('王,李,张,刘,陈,杨,赵,黄,周,吴', ','))[1 + (inst + j) % 10] || '医' || j,
	CASE WHEN ftype = '2' THEN 'Y' ELSE 'D' END,
	CASE WHEN j % 8 = 0 THEN '231' WHEN j % 4 = 0 THEN '232' WHEN j % 2 = 0 THEN '233' ELSE '234' END,
	'1', date '2015-07-01'
FROM demo.inst i CROSS JOIN LATERAL generate_series(1, i.doctors) j ORDER BY 1, 2;

CREATE TABLE demo.pool AS
SELECT county, lv, ftype, array_agg(inst ORDER BY inst) AS inst
FROM (SELECT county, lv, ftype, inst FROM demo.inst WHERE lv <> 3
	UNION ALL SELECT c.county, lv, ftype, inst FROM demo.inst CROSS JOIN demo.county c WHERE lv = 3) s
GROUP BY county, lv, ftype;

---------------------------------------------------------------------------
-- People. Every 150th has a twin.

CREATE UNLOGGED TABLE demo.person AS
WITH base AS
(
	SELECT p, CASE WHEN p % 150 = 0 THEN p - 1 ELSE p END AS q FROM generate_series(1, :persons) p
), aged AS
(
	SELECT p, q, 1 + (demo.r(10, q) * 5)::integer % 5 AS county,
		CASE WHEN demo.r(11, q) < .51 THEN '1' ELSE '2' END AS gend,
		-- the pyramid: children, the bulge of middle age, the old
		(CASE WHEN demo.r(12, q) < .15 THEN demo.r(13, q) * 15
			WHEN demo.r(12, q) < .48 THEN 15 + demo.r(13, q) * 27
			WHEN demo.r(12, q) < .80 THEN 42 + demo.r(13, q) * 18
			WHEN demo.r(12, q) < .96 THEN 60 + demo.r(13, q) * 17
			ELSE 77 + demo.r(13, q) * 20 END)::float8 AS age
	FROM base
)
SELECT p::bigint, q::bigint, county, gend, age, date '2026-03-30' - (age * 365.25)::integer AS brdy,
	CASE WHEN age >= 18 AND demo.r(14, p) < .42 THEN '310' ELSE '390' END AS insu,
	CASE WHEN age BETWEEN 40 AND 96 THEN
		CASE WHEN demo.r(15, p) < .20 THEN 'I10' WHEN demo.r(15, p) < .32 THEN 'E11'
			WHEN demo.r(15, p) < .38 THEN 'I25' WHEN demo.r(15, p) < .40 THEN 'B18' END END AS chronic,
	CASE WHEN age BETWEEN 35 AND 85 THEN
		CASE WHEN demo.r(16, p) < .003 THEN 'dial' WHEN demo.r(16, p) < .012 THEN 'chemo' END END AS course,
	gend = '2' AND age BETWEEN 21 AND 39 AND demo.r(17, p) < .09 AS mother,
	(.5 + 1.6 * demo.r(18, p)) * CASE WHEN age < 7 THEN 1.6 WHEN age < 40 THEN .7 WHEN age < 60 THEN 1 ELSE 1.5 END AS need,
	CASE WHEN demo.r(19, p) < CASE WHEN age > 80 THEN .06 WHEN age > 60 THEN .012 ELSE .001 END
		THEN demo.since() + 100 + (demo.r(20, p) * 340)::integer END AS die_date,
	CASE WHEN demo.r(21, p) < .02 THEN demo.since() + 60 + (demo.r(22, p) * 300)::integer END AS paused_from
FROM aged;
ALTER TABLE demo.person ADD PRIMARY KEY (p);
ANALYZE demo.person;

INSERT INTO province.person (psn_no, psn_name, gend, brdy, die_date, psn_type, insu_admdvs, tel, addr)
SELECT demo.psn_no(p),
	(string_to_array('王,李,张,刘,陈,杨,赵,黄,周,吴,徐,孙,胡,朱,高,林,何,郭,马,罗', ','))[1 + (demo.r(30, q) * 20)::integer % 20]
	|| (string_to_array('建,秀,志,文,小,玉,国,海,春,晓,明,丽', ','))[1 + (demo.r(31, q) * 12)::integer % 12]
	|| (string_to_array('华,英,强,芳,军,敏,平,霞,涛,兰,杰,梅,波,燕', ','))[1 + (demo.r(32, p) * 14)::integer % 14],
	gend, brdy, die_date,
	CASE WHEN insu = '310' THEN CASE WHEN age < 60 THEN '11' ELSE '12' END
		ELSE CASE WHEN age < 18 THEN '14' WHEN age < 60 THEN '15' ELSE '16' END END,
	c.admdvs, '199' || lpad((demo.r(33, q) * 99999999)::bigint::text, 8, '0'),
	c.name || (1 + (demo.r(34, q) * 40)::integer) || '村' || (1 + (demo.r(35, q) * 90)::integer) || '号'
FROM demo.person JOIN demo.county c USING (county) ORDER BY p;

INSERT INTO province.person_insurance (psn_no, insutype, begndate, enddate, paused)
SELECT demo.psn_no(p), insu, date '2023-01-01', paused_from, false FROM demo.person
UNION ALL
SELECT demo.psn_no(p), insu, paused_from, paused_from + 60, true FROM demo.person WHERE paused_from IS NOT NULL
UNION ALL
SELECT demo.psn_no(p), insu, paused_from + 60, NULL, false FROM demo.person WHERE paused_from IS NOT NULL;

---------------------------------------------------------------------------
-- Visits: v is the visit's number, rk the key of its draws (a twin's is the
-- other's), i its number in a series.

-- Which disease: cumulative weights by season, sex and age.
CREATE TABLE demo.pick AS
SELECT ward, winter, gend, band, array_agg(lo ORDER BY dx) AS lo, array_agg(dx ORDER BY dx) AS dx
FROM (
	SELECT ward, winter, gend, band, dx, (sum(w) OVER s - w) / sum(w) OVER a AS lo
	FROM (
		SELECT ward, season, g.gend, band, d.dx,
			CASE WHEN ward THEN w_ip ELSE w_op END * CASE WHEN season THEN d.winter ELSE 2 - d.winter END AS w
		FROM demo.disease d, (VALUES (false), (true)) wd(ward), (VALUES (false), (true)) ws(season),
			(VALUES ('1'), ('2')) g(gend), generate_series(0, 21) band
		WHERE coalesce(d.sex, g.gend) = g.gend AND band * 5 >= d.age_lo AND band * 5 <= d.age_hi
			AND CASE WHEN ward THEN w_ip ELSE w_op END > 0
	) t(ward, winter, gend, band, dx, w)
	WINDOW a AS (PARTITION BY ward, winter, gend, band), s AS (a ORDER BY dx)
) c
GROUP BY ward, winter, gend, band;
ANALYZE demo.pick;

CREATE UNLOGGED TABLE demo.visit
(
	v		bigint NOT NULL,
	rk		bigint NOT NULL,
	p		bigint NOT NULL,
	i		integer NOT NULL,
	setting	text NOT NULL,
	med_type text NOT NULL,
	inst	integer NOT NULL,
	t0		timestamp NOT NULL,
	t1		timestamp,
	los		integer NOT NULL,
	dx		text NOT NULL,
	refd	boolean NOT NULL DEFAULT false,
	fund	boolean NOT NULL DEFAULT true,
	note	text
);

-- series of visits: outpatient, emergency, herbs, chronic, pharmacy, wards,
-- chemotherapy, dialysis, pregnancy, birth
INSERT INTO demo.visit (v, rk, p, i, setting, med_type, inst, t0, t1, los, dx)
SELECT q.v, q.rk, q.p, q.i, q.setting, q.med_type,
	o.inst[1 + floor(demo.r(41, CASE WHEN q.setting IN ('op', 'er', 'rx') THEN q.rk ELSE q.p END) * cardinality(o.inst))::integer],
	t0, CASE WHEN q.med_type LIKE '2%' OR q.med_type = '52' THEN t0::date + los + time '10:30' ELSE t0 + interval '90 min' END,
	los, coalesce(q.dx, k.dx[width_bucket(demo.r(68, q.rk), k.lo)])
FROM (
	SELECT s.*, p.county, p.gend,
		CASE WHEN setting IN ('op', 'er') THEN
				CASE WHEN demo.r(42, rk) < .5 AND setting = 'op' THEN 1 WHEN demo.r(42, rk) < .85 THEN 2 ELSE 3 END
			WHEN setting = 'tcm' THEN 1 + (demo.r(42, rk) < .4)::integer
			WHEN setting = 'chronic' THEN CASE WHEN demo.r(42, s.p) < .7 THEN 1 ELSE 2 END
			WHEN setting = 'rx' THEN 0
			WHEN setting = 'ip' THEN CASE WHEN demo.r(42, rk) < .2 THEN 1 WHEN demo.r(42, rk) < .72 THEN 2 ELSE 3 END
			WHEN setting = 'chemo' THEN 3 ELSE 2 END AS lv,
		CASE setting WHEN 'rx' THEN '2' ELSE '1' END AS ftype,
		demo.since() + day + CASE setting
			WHEN 'er' THEN interval '19 hours' + demo.r(43, rk) * interval '10 hours'
			WHEN 'rx' THEN interval '8 hours' + demo.r(43, rk) * interval '13 hours'
			WHEN 'dial' THEN interval '7 hours' + (rk % 2) * interval '5 hours' + demo.r(43, rk) * interval '30 min'
			ELSE interval '8 hours' + demo.r(43, rk) * interval '8 hours' END AS t0,
		setting = 'ip' AS ward, extract(month FROM demo.since() + day) IN (11, 12, 1, 2, 3) AS winter,
		least(21, greatest(0, extract(year FROM age(demo.since() + day, p.brdy))::integer / 5)) AS band
	FROM demo.person p
	CROSS JOIN LATERAL (
		SELECT p.p, p.p * 100000 + 10000 + i * 10 AS v, p.q * 100000 + 10000 + i * 10 AS rk, i, 'op' AS setting, '11' AS med_type,
			floor(demo.r(50, p.q * 1000 + i) * demo.days())::integer AS day, 0 AS los, NULL::text AS dx
		FROM generate_series(1, floor(p.need * 4 + demo.r(51, p.q))::integer) i
		UNION ALL
		SELECT p.p, v, v, i, 'er', '13', floor(demo.r(52, v) * demo.days())::integer, 0, NULL
		FROM (SELECT p.p * 100000 + 20000 + i * 10 AS v, i FROM generate_series(1, floor(p.need * .3 + demo.r(53, p.p))::integer) i) g
		UNION ALL
		SELECT p.p, v, v, i, 'tcm', '11', floor(demo.r(54, v) * demo.days())::integer, 0,
			(ARRAY['K29', 'M54', 'G47', 'J06'])[1 + floor(demo.r(55, v) * 4)::integer]
		FROM (SELECT p.p * 100000 + 30000 + i * 10 AS v, i FROM generate_series(1, floor(p.need * .5 + demo.r(56, p.p))::integer) i) g
		WHERE p.age > 20
		UNION ALL
		SELECT p.p, v, v, i, 'chronic', '14', floor(demo.r(57, p.p) * 28 + i * 30 + demo.r(58, v) * 3)::integer, 0, p.chronic
		FROM (SELECT p.p * 100000 + 40000 + i * 10 AS v, i FROM generate_series(0, 13) i) g
		WHERE p.chronic IS NOT NULL AND demo.r(59, v) < .9
		UNION ALL
		SELECT p.p, v, v, i, 'rx', '41', floor(demo.r(60, v) * demo.days())::integer, 0,
			CASE WHEN p.chronic IN ('I10', 'E11') AND i % 2 = 0 THEN p.chronic ELSE 'J06' END
		FROM (SELECT p.p * 100000 + 50000 + i * 10 AS v, i FROM generate_series(1, floor(p.need * 2 + demo.r(61, p.p))::integer) i) g
		UNION ALL
		SELECT p.p, v, v, i, 'ip', '21', floor(demo.r(62, p.p) * 60 + i * 100 + demo.r(63, v) * 60)::integer, -1, NULL
		FROM (SELECT p.p * 100000 + 60000 + i * 10 AS v, i FROM generate_series(0, 3) i) g
		WHERE demo.r(64, v) < CASE WHEN p.age < 5 THEN .05 WHEN p.age < 40 THEN .025 WHEN p.age < 60 THEN .055 ELSE .11 END
			AND p.course IS NULL AND NOT p.mother
		UNION ALL
		SELECT p.p, v, v, i, 'chemo', '21', 40 + floor(demo.r(65, p.p) * 200)::integer + i * 21, 3, 'Z51'
		FROM (SELECT p.p * 100000 + 70000 + i * 10 AS v, i FROM generate_series(0, 5) i) g
		WHERE p.course = 'chemo'
		UNION ALL
		SELECT p.p, v, v, i, 'dial', '14', (i / 3) * 7 + (i % 3) * 2 + (p.p % 2)::integer, 0, 'N18'
		FROM (SELECT p.p * 100000 + 80000 + i * 10 AS v, i FROM generate_series(0, 194) i) g
		WHERE p.course = 'dial'
		UNION ALL
		SELECT p.p, v, v, i, CASE WHEN i = 6 THEN 'birth' ELSE 'pre' END, CASE WHEN i = 6 THEN '52' ELSE '51' END,
			90 + floor(demo.r(66, p.p) * 100)::integer + i * 28,
			CASE WHEN i < 6 THEN 0 WHEN demo.r(67, p.p) < .45 THEN 6 ELSE 3 END,
			CASE WHEN i < 6 THEN 'Z34' WHEN demo.r(67, p.p) < .45 THEN 'O82' ELSE 'O80' END
		FROM (SELECT p.p * 100000 + 90000 + i * 10 AS v, i FROM generate_series(0, 6) i) g
		WHERE p.mother
	) s
) q
LEFT JOIN demo.pick k ON q.dx IS NULL AND k.ward = q.ward AND k.winter = q.winter AND k.gend = q.gend AND k.band = q.band
JOIN demo.pool o ON o.county = q.county AND o.lv = q.lv AND o.ftype = q.ftype
WHERE q.dx IS NOT NULL OR k.dx IS NOT NULL;

-- Length of stay by disease and level; nobody comes before birth or after
-- death, is insured while paused, leaves the ward to be seen elsewhere, or is
-- a ward's patient twice.
UPDATE demo.visit v SET los = l.los, t1 = t0::date + l.los + time '10:30'
FROM (SELECT v.v, greatest(2, round(d.los * (.6 + .8 * demo.r(70, v.v))))::integer AS los
	FROM demo.visit v JOIN demo.disease d USING (dx) WHERE v.setting = 'ip') l
WHERE l.v = v.v;
DELETE FROM demo.visit v USING demo.person p
WHERE p.p = v.p AND (v.t0::date < p.brdy + 3 OR v.t1::date > p.die_date OR v.t1::date >= demo.since() + demo.days()
	OR (v.t1::date >= p.paused_from AND v.t0::date < p.paused_from + 60));
DELETE FROM demo.visit a USING demo.visit s
WHERE s.p = a.p AND s.v <> a.v AND s.los > 0 AND a.t0::date <= s.t1::date + 1 AND a.t1::date >= s.t0::date
	AND (a.los = 0 OR a.v > s.v);
-- at most two outpatient visits a day
DELETE FROM demo.visit a USING (SELECT v, row_number() OVER (PARTITION BY p, t0::date ORDER BY v) AS n
	FROM demo.visit) s WHERE s.v = a.v AND s.n > 2;

-- One bill in two hundred is refunded as a whole and made out again.
INSERT INTO demo.visit
SELECT v + 5, rk, p, i, setting, med_type, inst, t0, t1, los, dx, true, fund, note
FROM demo.visit WHERE setting IN ('op', 'chronic', 'rx') AND demo.r(71, v) < .005;
ALTER TABLE demo.visit ADD PRIMARY KEY (v);
ANALYZE demo.visit;
CREATE INDEX ON demo.visit (p);

---------------------------------------------------------------------------
-- Fee lines. hint and honest are the truth, kept apart from the facts.

CREATE UNLOGGED TABLE demo.line
(
	v		bigint NOT NULL,
	sn		integer NOT NULL,
	t		timestamp,
	item	integer NOT NULL,
	cnt		numeric,
	pric	numeric,
	amt		numeric,
	rx		integer,
	days	integer,
	dose	numeric,
	doctor	text,
	dept	text,
	own		boolean NOT NULL DEFAULT false,
	lag		interval NOT NULL DEFAULT '20 min',
	reverses integer,
	code	text,
	psn		text,
	hint	text,
	honest	boolean
);

INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, rx, days, dose, doctor, dept)
SELECT v, b * 100 + day, t, item, cnt, pric, round(cnt * pric, 2), rx, days, dose, doctor, dept
FROM (
	SELECT v.v, k.b, d.day, k.item, k.days, i.dose,
		CASE WHEN v.los = 0 THEN date_trunc('minute', v.t0) + (2 + k.b % 25) * interval '1 min'
			ELSE greatest(v.t0::date + d.day + interval '8 hours' + (k.b * 7 % 480) * interval '1 min',
				date_trunc('minute', v.t0) + interval '10 min') END AS t,
		(k.lo + floor(demo.r(80 + k.b, v.rk * 64 + d.day + 32) * (k.hi - k.lo + 1))::integer)::numeric AS cnt,
		demo.price(i.price, i.cls, n.lv, n.ftype) AS pric,
		CASE WHEN i.cls IN ('X', 'Z', 'T') THEN d.day END AS rx,
		'D' || lpad((v.inst * 100 + 1 + floor(demo.r(72, v.rk) * n.doctors)::integer)::text, 12, '0') AS doctor,
		coalesce(z.dept, CASE v.setting WHEN 'birth' THEN 'A05.02' WHEN 'pre' THEN 'A05.02' WHEN 'chemo' THEN 'A19'
			WHEN 'dial' THEN 'A03.06' ELSE 'A03' END) AS dept
	FROM demo.visit v
	JOIN demo.inst n USING (inst)
	JOIN (
		SELECT b.b, b.setting, x.dx, b.item, b.prob, b.lo, b.hi, b.days, b.per
		FROM demo.basket b JOIN (SELECT DISTINCT setting, dx FROM demo.visit) x
			ON x.setting = b.setting AND b.dx IN (x.dx, '*')
	) k ON k.setting = v.setting AND k.dx = v.dx AND demo.r(80 + k.b, v.rk) < k.prob
	JOIN demo.item i USING (item)
	LEFT JOIN demo.disease z ON z.dx = v.dx
	CROSS JOIN LATERAL generate_series(0, CASE WHEN k.per = 'day' AND v.los > 1 THEN v.los - 1 ELSE 0 END) d(day)
) s;

-- a glycated haemoglobin every fourth month
INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, doctor, dept)
SELECT v.v, 70000, v.t0 + interval '9 min', i.item, 1, i.price, i.price, 'D' || lpad((v.inst * 100 + 1)::text, 12, '0'), 'A03.05'
FROM demo.visit v JOIN demo.item i ON i.k = 'hba1c'
WHERE v.setting = 'chronic' AND v.dx = 'E11' AND v.i % 4 = 1 AND NOT v.refd;

-- One line in three hundred is entered by mistake and reversed the same day.
INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, rx, doctor, dept, reverses)
SELECT l.v, 80000 + l.sn / 100, l.t + interval '40 min', l.item, -l.cnt, l.pric, -l.amt, l.rx, l.doctor, l.dept, l.sn
FROM demo.line l
WHERE l.pric < 200 AND NOT EXISTS (SELECT FROM demo.visit v WHERE v.v = l.v AND v.refd) AND l.sn % 100 = 0 AND l.sn < 70000 AND demo.r(73, l.v * 1000 + l.sn) < .003;
