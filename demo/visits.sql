-- Visits of ordinary people. psql variables part and parts: this session's share of them.
SELECT count(*) AS first FROM demo.cases \gset

CREATE TEMPORARY TABLE raw AS
SELECT q.v, q.rk, q.p, q.i, q.setting, q.med_type,
	w.inst[1 + floor(demo.r(41, CASE WHEN q.setting IN ('op', 'er', 'rx') THEN q.rk ELSE q.p END) * cardinality(w.inst))::integer] AS inst, q.t0,
	CASE WHEN l.los > 0 THEN q.t0::date + l.los + time '10:30' ELSE q.t0 + interval '90 min' END AS t1, l.los, q.dx, q.die_date, q.brdy, q.paused_from
FROM (
	SELECT s.*, coalesce(s.known_dx, k.dx[width_bucket(demo.r(68, s.rk), k.lo)]) AS dx
	FROM (
		SELECT p.*, x.*, demo.since() + x.day + CASE x.setting
				WHEN 'er' THEN interval '19 hours' + demo.r(43, x.rk) * interval '10 hours'
				WHEN 'rx' THEN interval '8 hours' + demo.r(43, x.rk) * interval '13 hours'
				WHEN 'dial' THEN interval '7 hours' + (x.rk % 2) * interval '5 hours' + demo.r(43, x.rk) * interval '30 min'
				ELSE interval '8 hours' + demo.r(43, x.rk) * interval '8 hours' END AS t0,
			x.setting = 'ip' AS ward, extract(month FROM demo.since() + x.day) IN (11, 12, 1, 2, 3) AS winter,
			least(21, greatest(0, (demo.since() + x.day - p.brdy) / 1827)) AS band
		FROM demo.person p
		CROSS JOIN LATERAL (
			SELECT p.p * 100000 + 10000 + i * 10 AS v, p.q * 100000 + 10000 + i * 10 AS rk, i, 'op' AS setting, '11' AS med_type,
				CASE WHEN demo.r(42, p.q * 1000 + i) < .45 THEN 1 WHEN demo.r(42, p.q * 1000 + i) < .8 THEN 2 ELSE 3 END AS lv, '1' AS ftype,
				floor(demo.r(50, p.q * 1000 + i) * demo.days())::integer AS day, 0 AS los, NULL::text AS known_dx
			FROM generate_series(1, floor(p.need * 1.8 + demo.r(51, p.q))::integer) i
			UNION ALL
			SELECT v, v, i, 'vil', '11', 0, '1', floor(demo.r(47, v) * demo.days())::integer, 0, CASE WHEN p.chronic = 'I10' AND i % 2 = 0 THEN 'I10' ELSE 'J06' END
			FROM (SELECT p.p * 100000 + 15000 + i * 10 AS v, i FROM generate_series(1, floor(p.need * .6 + demo.r(48, p.p))::integer) i) g
			UNION ALL
			SELECT v, v, i, 'er', '13', CASE WHEN demo.r(42, v) < .7 THEN 2 ELSE 3 END, '1', floor(demo.r(52, v) * demo.days())::integer, 0, NULL
			FROM (SELECT p.p * 100000 + 20000 + i * 10 AS v, i FROM generate_series(1, floor(p.need * .25 + demo.r(53, p.p))::integer) i) g
			UNION ALL
			SELECT v, v, i, 'tcm', '11', CASE WHEN demo.r(42, v) < .6 THEN 1 ELSE 2 END, '1', floor(demo.r(54, v) * demo.days())::integer, 0,
				(ARRAY['K29', 'M54', 'G47', 'J06'])[demo.whole(55, v, 1, 4)]
			FROM (SELECT p.p * 100000 + 30000 + i * 10 AS v, i FROM generate_series(1, floor(p.need * .3 + demo.r(56, p.p))::integer) i) g
			WHERE p.age > 20
			UNION ALL
			SELECT v, v, i, 'chronic', '14', CASE WHEN demo.r(42, p.p) < .7 THEN 1 ELSE 2 END, '1',
				floor(demo.r(57, p.p) * 28 + i * 30 + demo.r(58, v) * 3)::integer, 0, p.chronic
			FROM (SELECT p.p * 100000 + 40000 + i * 10 AS v, i FROM generate_series(0, 13) i) g
			WHERE p.chronic IS NOT NULL AND demo.r(59, v) < .55
			UNION ALL
			SELECT v, v, i, 'rx', '41', 0, '2', floor(demo.r(60, v) * demo.days())::integer, 0,
				CASE WHEN p.chronic IN ('I10', 'E11') AND i % 2 = 0 THEN p.chronic ELSE 'J06' END
			FROM (SELECT p.p * 100000 + 50000 + i * 10 AS v, i FROM generate_series(1, floor(p.need + demo.r(61, p.p))::integer) i) g
			UNION ALL
			SELECT v, v, i, 'ip', '21', CASE WHEN demo.r(42, v) < .2 THEN 1 WHEN demo.r(42, v) < .72 THEN 2 ELSE 3 END, '1',
				floor(demo.r(62, p.p) * 60 + i * 100 + demo.r(63, v) * 60)::integer, -1, NULL
			FROM (SELECT p.p * 100000 + 60000 + i * 10 AS v, i FROM generate_series(0, 3) i) g
			WHERE demo.r(64, v) < CASE WHEN p.age < 5 THEN .042 WHEN p.age < 40 THEN .021 WHEN p.age < 60 THEN .047 ELSE .095 END
				AND p.course IS NULL AND NOT p.mother
			UNION ALL
			SELECT v, v, i, 'chemo', '21', 3, '1', 40 + floor(demo.r(65, p.p) * 200)::integer + i * 21, 3, 'Z51'
			FROM (SELECT p.p * 100000 + 70000 + i * 10 AS v, i FROM generate_series(0, 5) i) g
			WHERE p.course = 'chemo'
			UNION ALL
			SELECT v, v, i, 'dial', '14', 2, '1', (i / 3) * 7 + (i % 3) * 2 + (p.p % 2)::integer, 0, 'N18'
			FROM (SELECT p.p * 100000 + 80000 + i * 10 AS v, i FROM generate_series(0, 194) i) g
			WHERE p.course = 'dial'
			UNION ALL
			SELECT v, v, i, 'ltc', '28', 0, '3', floor(demo.r(46, p.p) * 40 + i * 150)::integer, 90 + floor(demo.r(46, v) * 50)::integer, 'I10'
			FROM (SELECT p.p * 100000 + 85000 + i * 10 AS v, i FROM generate_series(0, 1) i) g
			WHERE p.course = 'ltc'
			UNION ALL
			SELECT v, v, i, CASE WHEN i = 6 THEN 'birth' ELSE 'pre' END, CASE WHEN i = 6 THEN '52' ELSE '51' END, 2, '1',
				90 + floor(demo.r(66, p.p) * 100)::integer + i * 28,
				CASE WHEN i < 6 THEN 0 WHEN demo.r(67, p.p) < .45 THEN 6 ELSE 3 END,
				CASE WHEN i < 6 THEN 'Z34' WHEN demo.r(67, p.p) < .45 THEN 'O82' ELSE 'O80' END
			FROM (SELECT p.p * 100000 + 90000 + i * 10 AS v, i FROM generate_series(0, 6) i) g
			WHERE p.mother
		) x
		WHERE p.course IS DISTINCT FROM 'case'
			-- twins (q is not p for one of them) stay together
			AND p.q >= :first + (SELECT max(p) - :first + 1 FROM demo.person) * (:part - 1) / :parts
			AND p.q < :first + (SELECT max(p) - :first + 1 FROM demo.person) * :part / :parts
	) s
	LEFT JOIN demo.pick k ON s.known_dx IS NULL AND k.ward = s.ward AND k.winter = s.winter AND k.gend = s.gend AND k.band = s.band
) q
JOIN demo.pool o ON o.county = q.county AND o.lv = q.lv AND o.ftype = q.ftype
CROSS JOIN LATERAL (SELECT CASE WHEN q.setting = 'dial' THEN o.plain ELSE o.inst END) w(inst)
LEFT JOIN demo.disease z ON q.setting = 'ip' AND z.dx = q.dx
CROSS JOIN LATERAL (SELECT CASE WHEN z.los IS NULL THEN q.los ELSE greatest(2, round(z.los * (.6 + .8 * demo.r(70, q.v)))::integer) END AS los) l
WHERE q.dx IS NOT NULL;

-- Nobody comes before birth or after death, is insured while paused, leaves
-- the ward to be seen elsewhere, or is a ward's patient twice; two outpatient
-- visits a day at most.
DELETE FROM raw
WHERE t0::date < brdy + 3 OR t1::date > die_date OR t1::date >= demo.since() + demo.days() OR (t1::date >= paused_from AND t0::date < paused_from + 60);
CREATE TEMPORARY TABLE stay AS SELECT v, p, t0::date AS d0, t1::date AS d1 FROM raw WHERE los > 0;
ANALYZE raw;
ANALYZE stay;

INSERT INTO demo.visit (v, rk, p, i, setting, med_type, inst, t0, t1, los, dx, refd)
SELECT v + twice.again, rk, p, i, setting, med_type, inst, t0, t1, los, dx, twice.again > 0
FROM (
	SELECT a.*, row_number() OVER (PARTITION BY p, t0::date ORDER BY v) AS nth
	FROM raw a
	WHERE NOT EXISTS (
		SELECT FROM stay s
		WHERE s.p = a.p AND s.v <> a.v AND a.t0::date <= s.d1 + 1 AND a.t1::date >= s.d0 AND (a.los = 0 OR a.v > s.v))
) o
-- one bill in two hundred is refunded as a whole and made out again
CROSS JOIN LATERAL generate_series(0, CASE WHEN setting IN ('op', 'chronic', 'rx', 'vil') AND demo.r(71, v) < .005 THEN 5 ELSE 0 END, 5) AS twice(again)
WHERE nth <= 2;
