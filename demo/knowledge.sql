-- Lines with items of the knowledge points just imported, for the rules KP-…:
-- some within the limits, some beyond, some before the point was in force. Only points that were understood and
-- codes of a single point; a dozen points a kind.

CREATE TABLE demo.known AS
SELECT *, dense_rank() OVER (PARTITION BY kind_code ORDER BY hashtextextended(point_id, demo.seed()), point_id) AS nth
FROM (
	SELECT p.point_id, p.kind_code, k.template, k.params || p.limits AS params, p.item_name, c.role, p.valid * c.valid AS valid, min(c.code) AS code
	FROM meso_audit.point_in_force p
	JOIN meso_audit.rule_kind k USING (kind_code)
	JOIN meso_audit.knowledge_code c USING (point_id, version)
	WHERE p.understood = 'understood' AND k.template IN ('attr_limit', 'never_pay', 'all_of_set', 'pair_exclusive', 'max_qty')
		AND left(c.code, 1) IN ('X', 'Z', 'T', '0', 'C') AND c.code NOT LIKE '%\%'
		AND NOT EXISTS (SELECT FROM meso_audit.knowledge_code o WHERE o.code = c.code AND o.point_id <> c.point_id)
	GROUP BY p.point_id, p.kind_code, k.template, k.params, p.limits, p.item_name, c.role, p.valid * c.valid
) s;
DELETE FROM demo.known WHERE nth > 12;
DELETE FROM demo.known a WHERE template = 'pair_exclusive'
	AND (SELECT count(*) FROM demo.known b WHERE b.point_id = a.point_id) < 2;

INSERT INTO demo.item (k, cls, chrg, price, dose, name, code, list_type)
SELECT DISTINCT ON (code) 'kp ' || code, c.cls, CASE c.cls WHEN 'X' THEN '09' WHEN 'Z' THEN '11' WHEN 'T' THEN '10' WHEN 'C' THEN '08' ELSE '05' END,
	30, 1, coalesce(item_name, code), code, CASE c.cls WHEN 'T' THEN '102' WHEN 'S' THEN '201' WHEN 'C' THEN '301' ELSE '101' END
FROM demo.known CROSS JOIN LATERAL (SELECT CASE left(code, 1) WHEN '0' THEN 'S' ELSE left(code, 1) END AS cls) c
WHERE NOT EXISTS (SELECT FROM demo.item i WHERE i.code = known.code)
ORDER BY code, point_id;

-- hosts: visits of ordinary people in the audited period, in a fixed order; of
-- a large province a part
CREATE TABLE demo.free AS
SELECT v.*, p.gend, p.insu, n.lv, n.ftype, extract(year FROM age(v.t0::date, p.brdy))::integer AS age, v.t0::date - p.brdy AS age_days,
	demo.internet(v.setting, n.lv, v.v) AS internet,
	row_number() OVER (PARTITION BY v.setting = 'ip' ORDER BY demo.r(910, v.v)) AS n
FROM demo.visit v JOIN demo.person p USING (p) JOIN demo.inst n USING (inst)
WHERE v.setting IN ('op', 'ip') AND v.spec IS NULL AND NOT v.refd AND (v.setting = 'op' OR v.los > 2) AND n.special IS NULL
	AND v.t0 >= '2025-10-03' AND demo.r(900, v.p) < 20000.0 / :persons;

-- what is used: four times a point, each time at another host
CREATE TABLE demo.use AS
SELECT k.*, t, f.v, f.gend, f.age, f.age_days, f.lv, f.med_type, f.insu, f.internet, f.inst, f.t0, f.los, f.ftype
FROM (SELECT *, dense_rank() OVER (ORDER BY kind_code, nth) AS place FROM demo.known) k
CROSS JOIN generate_series(1, 4) t
JOIN demo.free f ON f.n = k.place * 4 + t AND (f.setting = 'ip') = (k.template = 'max_qty');

INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, rx, days, dose, doctor, dept, hint, honest)
SELECT u.v, 2000000 + u.place::integer * 10 + u.t * 2 + (u.role = 'with')::integer,
	CASE WHEN u.los > 0 THEN u.t0::date + 1 + interval '17 hours' ELSE date_trunc('minute', u.t0) + interval '45 min' END + CASE u.role WHEN 'with' THEN interval '5 min' ELSE interval '0' END,
	i.item, q.cnt, 30, q.cnt * 30, CASE WHEN i.cls IN ('X', 'Z', 'T') THEN 9 END, 3, 1, 'D' || lpad((u.inst * 100 + 8)::text, 12, '0'), 'A03',
	CASE WHEN u.template <> 'pair_exclusive' OR u.role = 'with' THEN 'KP-' || u.kind_code END,
	CASE WHEN u.template <> 'pair_exclusive' OR u.role = 'with' THEN NOT b.beyond END
FROM demo.use u
JOIN demo.item i ON i.code = u.code
CROSS JOIN LATERAL (SELECT CASE u.params ->> 'attribute' WHEN 'gend' THEN u.gend WHEN 'age' THEN u.age::text WHEN 'age_days' THEN u.age_days::text
	WHEN 'hosp_lv' THEN u.lv::text WHEN 'med_type' THEN u.med_type WHEN 'insutype' THEN u.insu WHEN 'channel' THEN CASE WHEN u.internet THEN 'internet' END END AS is) a
CROSS JOIN LATERAL (SELECT CASE WHEN u.template = 'max_qty' THEN (u.params ->> 'max')::numeric + u.t % 2 ELSE 1 END AS cnt) q
CROSS JOIN LATERAL (SELECT u.valid @> u.t0::date + (u.los > 0)::integer AND coalesce(CASE
	WHEN u.template = 'max_qty' THEN u.t % 2 = 1
	WHEN u.template <> 'attr_limit' THEN true
	WHEN u.params ->> 'op' = 'in' THEN NOT u.params -> 'value' ? a.is
	WHEN u.params ->> 'op' = 'not_in' THEN u.params -> 'value' ? a.is
	WHEN u.params ->> 'op' = '>=' THEN a.is::numeric < (u.params ->> 'value')::numeric
	WHEN u.params ->> 'op' = '<=' THEN a.is::numeric > (u.params ->> 'value')::numeric
	WHEN u.params ->> 'op' = 'between' THEN a.is::numeric NOT BETWEEN (u.params -> 'value' ->> 0)::numeric AND (u.params -> 'value' ->> 1)::numeric
	END, false) AS beyond) b;
INSERT INTO demo.truth SELECT hint, honest, 'line', demo.setl_id(v), demo.sn(sn) FROM demo.line WHERE hint LIKE 'KP-%';
ANALYZE demo.line, demo.diag, demo.oprn, demo.item, demo.price, demo.truth;
