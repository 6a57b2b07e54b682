-- The synthetic province: places, people, and the persons of planted cases.

---------------------------------------------------------------------------
-- Places: from a handful to the 1,164 institutions of 966,000 insured

CREATE TABLE demo.county (county integer PRIMARY KEY, admdvs text, name text);
INSERT INTO demo.county VALUES
	(1, '990102', '青岚市云溪区'), (2, '990121', '青岚市临江县'), (3, '990122', '青岚市松岭县'),
	(4, '990221', '白石市望河县'), (5, '990222', '白石市梅川县');

CREATE TABLE demo.inst AS
SELECT row_number() OVER (ORDER BY lv DESC, ftype, n)::integer AS inst, lv, ftype, n,
	CASE WHEN lv = 3 THEN CASE WHEN n % 4 = 0 THEN 4 ELSE 1 END ELSE 1 + (n % 5) END AS county,
	-- hospitals with habits of their own, and some that merely tend that way
	CASE WHEN lv = 2 AND n IN (3, 7) THEN 'drugs' WHEN lv = 2 AND n = 5 THEN 'tests' WHEN lv = 2 AND n = 13 THEN 'returns'
		WHEN lv = 2 AND n = 10 THEN 'ct' WHEN lv = 2 AND n = 11 THEN 'mri' WHEN lv = 2 AND n = 12 THEN 'infections'
		WHEN lv = 1 AND n = 6 THEN 'consumables' WHEN lv = 1 AND n = 9 THEN 'treatment' END AS special
FROM (VALUES (3, '1', 4, 8), (2, '1', 16, 60), (1, '1', 24, 270), (0, '1', 16, 420), (0, '2', 24, 390), (0, '3', 3, 16)) k(lv, ftype, least, most)
CROSS JOIN LATERAL generate_series(1, round(least + (most - least) * power(:persons / 966000.0, .6))::integer) n;
ALTER TABLE demo.inst ADD PRIMARY KEY (inst), ADD code text, ADD name text, ADD doctors integer;
UPDATE demo.inst i SET
	code = CASE ftype WHEN '2' THEN 'P' ELSE 'H' END || c.admdvs || lpad(inst::text, 5, '0'),
	doctors = CASE WHEN ftype = '2' THEN 2 WHEN lv = 3 THEN 96 WHEN lv = 2 THEN 40 WHEN lv = 1 THEN 8 WHEN ftype = '1' THEN 1 ELSE 3 END,
	name = right(c.name, 3)
		|| (string_to_array('安康,仁和,同济,康宁,博爱,惠民,永安,长青,和平,东湖,南山,西园,北苑,桃源,明德,清泉', ','))[1 + inst % 16]
		|| CASE WHEN ftype = '2' THEN '大药房' WHEN ftype = '3' THEN '护理院' WHEN lv = 3 THEN '中心医院'
			WHEN lv = 2 THEN '人民医院' WHEN lv = 0 THEN '村卫生室' WHEN n % 2 = 0 THEN '卫生院' ELSE '社区卫生服务中心' END
		|| CASE WHEN n > 14 THEN '（' || n || '）' ELSE '' END
FROM demo.county c WHERE c.county = i.county;

INSERT INTO province.institution (fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, fix_blng_admdvs,
	biznat, aprv_bed_cnt, begndate, enddate, legrep_name, uscc)
SELECT i.code, i.name, i.ftype, i.lv, c.admdvs, CASE WHEN demo.r(1, inst) < .25 THEN '1' ELSE '3' END,
	CASE WHEN ftype = '1' AND lv > 0 THEN (ARRAY[40, 400, 1500])[lv] WHEN ftype = '3' THEN 80 END,
	date '2021-01-01', date '2026-12-31', '法人' || inst, '91990000MA' || lpad((inst * 7919)::text, 8, '0')
FROM demo.inst i JOIN demo.county c USING (county) ORDER BY i.code;

-- One physician in eight is a chief, one in eight a deputy chief; each rests two days a week.
INSERT INTO province.practitioner (prac_psn_code, fixmedins_code, prac_psn_name, prac_psn_type, pro_tech_duty,
	hi_serv_stas, begndate)
SELECT CASE WHEN ftype = '2' THEN 'Y' ELSE 'D' END || lpad((inst * 100 + j)::text, 12, '0'), i.code,
	(string_to_array('王,李,张,刘,陈,杨,赵,黄,周,吴', ','))[1 + (inst + j) % 10] || CASE WHEN ftype = '2' THEN '药' ELSE '医' END || j,
	CASE WHEN ftype = '2' THEN 'Y' ELSE 'D' END,
	CASE WHEN j % 8 = 0 THEN '231' WHEN j % 4 = 0 THEN '232' WHEN j % 2 = 0 THEN '233' ELSE '234' END,
	'1', date '2015-07-01'
FROM demo.inst i CROSS JOIN LATERAL generate_series(1, i.doctors) j ORDER BY 1, 2;

CREATE FUNCTION demo.doctor(inst integer, doctors integer, ftype text, draw float8, day date) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE ftype WHEN '2' THEN 'Y' ELSE 'D' END
	|| lpad((inst * 100 + 1 + (floor(draw * ceil(doctors * 5 / 7.0::float8))::integer + (day - date '2025-01-01') % 7 * (doctors * 2 / 7)) % doctors)::text, 12, '0');

-- Whom a county goes to: its own, and the tertiary hospitals and nursing homes of all
CREATE TABLE demo.pool AS
SELECT county, lv, ftype, array_agg(inst ORDER BY inst) AS inst, array_agg(inst ORDER BY inst) FILTER (WHERE special IS NULL) AS plain
FROM (SELECT county, lv, ftype, inst, special FROM demo.inst WHERE lv <> 3 AND ftype <> '3'
	UNION ALL SELECT c.county, lv, ftype, inst, special FROM demo.inst CROSS JOIN demo.county c WHERE lv = 3 OR ftype = '3'
	-- county 0: anywhere
	UNION ALL SELECT 0, lv, ftype, inst, special FROM demo.inst) s
GROUP BY county, lv, ftype;

CREATE TABLE demo.price AS
SELECT i.item, l.lv, l.ftype, demo.price(i.price, i.cls, l.lv, l.ftype) AS pric
FROM demo.item i, (SELECT DISTINCT lv, ftype FROM demo.inst) l;

---------------------------------------------------------------------------
-- The cases of what is planted, one person each

CREATE FUNCTION demo.drawn(what integer, who bigint, span text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN demo.whole(what, who, split_part(span, '-', 1)::integer, split_part(span || '-' || span, '-', CASE WHEN span LIKE '%-%' THEN 2 ELSE 1 END)::integer);

CREATE TABLE demo.cases AS
SELECT c.p, c.spec, c.times, c.back, c.los, CASE s.day
		WHEN 'holiday' THEN (ARRAY[date '2025-10-02', '2026-01-01', '2026-05-01', '2025-10-03'])[1 + c.p % 4]
		WHEN 'workday' THEN (ARRAY[date '2025-10-14', '2026-01-06', '2026-05-12', '2025-12-15'])[1 + c.p % 4]
		-- a year of the calendar, as far as there are data
		WHEN 'early' THEN demo.since() + 2 + c.p::integer % 40
		ELSE w.first + floor(demo.r(603, c.p) * greatest(1, date '2026-09-15' - w.first - c.los - extract(epoch FROM s.step * (c.times - 1))::integer / 86400))::integer END AS day
FROM (
	SELECT row_number() OVER (ORDER BY s.spec, k) AS p, s.spec, demo.drawn(600, s.spec * 1000 + k, s.times) AS times,
		CASE WHEN s.back IS NOT NULL THEN demo.drawn(601, s.spec * 1000 + k, s.back) END AS back, demo.drawn(602, s.spec * 1000 + k, s.los) AS los
	FROM demo.spec s CROSS JOIN LATERAL generate_series(1, CASE WHEN s.special IS NULL THEN :cases ELSE 1 END) k
) c
JOIN demo.spec s USING (spec)
CROSS JOIN LATERAL (SELECT CASE WHEN s.day = 'late' THEN date '2026-01-15' ELSE date '2025-10-05' END AS first) f
CROSS JOIN LATERAL (SELECT greatest(f.first, demo.since() + coalesce(c.back, 0) + 10) AS first) w;
ALTER TABLE demo.cases ADD PRIMARY KEY (p);

---------------------------------------------------------------------------
-- People. The first are those of the cases; every 150th has a twin.

CREATE UNLOGGED TABLE demo.person AS
WITH base AS
(
	SELECT p, CASE WHEN p % 150 = 0 THEN p - 1 ELSE p END AS q
	FROM generate_series((SELECT count(*) FROM demo.cases) + 1, greatest(:persons, (SELECT count(*) FROM demo.cases) + 200)) p
), aged AS
(
	SELECT p, q, demo.whole(10, q, 1, 5) AS county,
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
	CASE WHEN age BETWEEN 35 AND 85 THEN CASE WHEN demo.r(16, p) < .002 THEN 'dial' WHEN demo.r(16, p) < .008 THEN 'chemo' END
		WHEN age > 85 AND demo.r(16, p) < .08 THEN 'ltc' END AS course,
	gend = '2' AND age BETWEEN 21 AND 39 AND demo.r(17, p) < .09 AS mother,
	(.5 + 1.6 * demo.r(18, p)) * CASE WHEN age < 7 THEN 1.6 WHEN age < 40 THEN .7 WHEN age < 60 THEN 1 ELSE 1.5 END AS need,
	CASE WHEN demo.r(19, p) < CASE WHEN age > 80 THEN .06 WHEN age > 60 THEN .012 ELSE .001 END
		THEN demo.since() + 100 + (demo.r(20, p) * 340)::integer END AS die_date,
	CASE WHEN demo.r(21, p) < .02 THEN demo.since() + 60 + (demo.r(22, p) * 300)::integer END AS paused_from
FROM aged
UNION ALL
SELECT c.p, c.p, demo.whole(10, c.p, 1, 5), coalesce(s.gend, CASE WHEN demo.r(11, c.p) < .51 THEN '1' ELSE '2' END), a.age,
	CASE WHEN s.newborn IS NOT NULL THEN c.day - demo.drawn(611, c.p, s.newborn)
		ELSE (c.day - a.age * interval '1 year')::date - 1 - floor(demo.r(612, c.p) * 300)::integer END,
	CASE WHEN a.age >= 18 AND demo.r(14, c.p) < .42 THEN '310' ELSE '390' END, NULL, 'case', false, 0,
	CASE s.person WHEN 'died' THEN c.day - demo.whole(613, c.p, 1, 40) WHEN 'dies' THEN c.day END,
	CASE s.person WHEN 'paused' THEN c.day - demo.whole(613, c.p, 0, 50) WHEN 'resumed' THEN c.day - demo.whole(613, c.p, 65, 120) END
FROM demo.cases c JOIN demo.spec s USING (spec)
CROSS JOIN LATERAL (SELECT demo.drawn(610, c.p, s.age)) a(age);
ALTER TABLE demo.person ADD PRIMARY KEY (p);
ANALYZE demo.person;

INSERT INTO province.person (psn_no, psn_name, gend, brdy, die_date, psn_type, insu_admdvs, tel, addr)
SELECT demo.psn_no(p),
	(string_to_array('王,李,张,刘,陈,杨,赵,黄,周,吴,徐,孙,胡,朱,高,林,何,郭,马,罗', ','))[demo.whole(30, q, 1, 20)]
	|| (string_to_array('建,秀,志,文,小,玉,国,海,春,晓,明,丽', ','))[demo.whole(31, q, 1, 12)]
	|| (string_to_array('华,英,强,芳,军,敏,平,霞,涛,兰,杰,梅,波,燕', ','))[demo.whole(32, p, 1, 14)],
	gend, brdy, die_date,
	CASE WHEN insu = '310' THEN CASE WHEN age < 60 THEN '11' ELSE '12' END
		ELSE CASE WHEN age < 18 THEN '14' WHEN age < 60 THEN '15' ELSE '16' END END,
	c.admdvs, '199' || lpad((demo.r(33, q) * 99999999)::bigint::text, 8, '0'),
	c.name || demo.whole(34, q, 1, 40) || '村' || demo.whole(35, q, 1, 90) || '号'
FROM demo.person JOIN demo.county c USING (county) ORDER BY p;

INSERT INTO province.person_insurance (psn_no, insutype, begndate, enddate, paused)
SELECT demo.psn_no(p), insu, date '2023-01-01', paused_from, false FROM demo.person
UNION ALL
SELECT demo.psn_no(p), insu, paused_from, paused_from + 60, true FROM demo.person WHERE paused_from IS NOT NULL
UNION ALL
SELECT demo.psn_no(p), insu, paused_from + 60, NULL, false FROM demo.person WHERE paused_from IS NOT NULL;

---------------------------------------------------------------------------
-- What visits are made of

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
ANALYZE demo.pick, demo.inst, demo.item, demo.price, demo.basket, demo.disease, demo.spec, demo.cases, demo.pool;

-- One row a visit: v is its number, rk the key of its draws (a twin's is the
-- other's), i its number in a series.
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
	spec	integer,
	base	boolean NOT NULL DEFAULT true
);

-- Fee lines that are not of a basket: what is planted.
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
CREATE TABLE demo.diag (v bigint, srt integer, code text, hint text, honest boolean);
CREATE TABLE demo.oprn (v bigint, srt integer, code text, hint text, honest boolean);
