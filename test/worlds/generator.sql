-- Random worlds: facts, rules and knowledge drawn from small universes, so that
-- equal times, shared codes and rule hits are frequent. One seed, one world.

CREATE FUNCTION world.chance(p float8) RETURNS boolean LANGUAGE sql VOLATILE
RETURN random() < p;

CREATE FUNCTION world.upto(low integer, high integer) RETURNS integer LANGUAGE sql VOLATILE
RETURN low + floor(random() * (high - low + 1))::integer;

-- One of the words; '-' stands for NULL.
CREATE FUNCTION world.pick(words text) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT nullif(w[1 + floor(random() * cardinality(w))::integer], '-')
	FROM (SELECT string_to_array(words, ' ') AS w) q
$$;

-- Between low and high of the words, each once.
CREATE FUNCTION world.some(words text, low integer, high integer) RETURNS text[]
LANGUAGE sql VOLATILE AS $$
	SELECT array_agg(w) FROM (
		SELECT w FROM unnest(string_to_array(words, ' ')) w ORDER BY random()
		LIMIT world.upto(low, high)) q
$$;

CREATE FUNCTION world.somej(words text, low integer, high integer) RETURNS jsonb
LANGUAGE sql VOLATILE
RETURN to_jsonb(world.some(words, low, high));

-- The universes.
CREATE FUNCTION world.item_codes() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'A01 A02 A0201 A03 B01 B02 B0201 C01 C02 C%1';
CREATE FUNCTION world.item_patterns() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'A01 A02 A02% A03 A% B01 B02 B02% B% C01 C02 C% A0% Z01';
CREATE FUNCTION world.diag_codes() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'I10 I10.1 I11 E11 E11.9 O80 Z34';
CREATE FUNCTION world.diag_patterns() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'I10 I10% I% I11 E11% E11 O80 Z%';
CREATE FUNCTION world.oprn_codes() RETURNS text LANGUAGE sql IMMUTABLE
RETURN '47.0 47.01 74.1 81';
CREATE FUNCTION world.oprn_patterns() RETURNS text LANGUAGE sql IMMUTABLE
RETURN '47.0 47.0% 74.1 7% 8% 81';

-- First day of the world: near month ends, a leap February, year's ends.
CREATE TABLE world.setting (seed integer, base date, period daterange);

CREATE FUNCTION world.base() RETURNS date LANGUAGE sql STABLE
RETURN (SELECT base FROM world.setting);

-- Days and times of day that meet often.
CREATE FUNCTION world.instant(first integer, last integer) RETURNS timestamp
LANGUAGE sql VOLATILE AS $$
	SELECT world.base()
		+ CASE WHEN world.chance(0.4) THEN greatest(first, world.pick('0 1 1 7 20 21 21')::integer)
			ELSE world.upto(first, last) END
		+ world.pick('00:00:00 00:00:00 08:00:00 08:00:00 12:30:00 20:00:00 23:59:59 23:59:59.999999')::interval
$$;

CREATE FUNCTION world.day_or_null(first integer, last integer, p_null float8) RETURNS date
LANGUAGE sql VOLATILE
RETURN CASE WHEN NOT world.chance(p_null) THEN world.base() + world.upto(first, last) END;

-- A range of days around the world's, often unbounded.
CREATE FUNCTION world.validity(p_all float8) RETURNS daterange LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN world.chance(p_all) THEN daterange '(,)'
		ELSE daterange(CASE WHEN NOT world.chance(0.3) THEN b END,
			CASE WHEN NOT world.chance(0.3) THEN b + world.upto(5, 30) END) END
	FROM (SELECT world.base() + world.upto(0, 25) AS b) q
$$;

-- All pairs in order. What is drawn must not hang on how rows lie or queries are
-- planned: each statement draws along one ordered input.
CREATE FUNCTION world.grid(a integer, b integer) RETURNS TABLE (n integer, k integer)
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	FOR i IN 1 .. a LOOP
		FOR j IN 1 .. b LOOP
			n := i;
			k := j;
			RETURN NEXT;
		END LOOP;
	END LOOP;
END $$;

CREATE PROCEDURE world.make_facts(persons integer, lines integer)
LANGUAGE plpgsql AS $$
DECLARE
	settlements integer := greatest(3, lines / 5);
	visits integer := 3;
	r record;
BEGIN
	DELETE FROM world.institution;
	DELETE FROM world.practitioner;
	DELETE FROM world.person;
	DELETE FROM world.person_insurance;
	DELETE FROM world.visit;
	DELETE FROM world.settlement;
	DELETE FROM world.fee_line;
	DELETE FROM world.diagnosis;
	DELETE FROM world.operation;
	DELETE FROM world.stock_movement;

	INSERT INTO world.institution (fixmedins_code, fixmedins_type, hosp_lv, fix_blng_admdvs)
	VALUES
		('H1', '1', 3, '320102'),
		('H2', world.pick('1 1 -'), world.upto(1, 2), world.pick('320201 320201 32 -')),
		('P1', world.pick('2 2 3 -'), world.pick('0 0 -')::smallint, world.pick('3201 330100 -')),
		(NULL, '1', 3, '320102');	-- H9 has no row

	INSERT INTO world.practitioner (prac_psn_code, fixmedins_code, pro_tech_duty, begndate, enddate)
	SELECT 'D' || n, ('{H1,H2,NULL}'::text[])[k], world.pick('231 232 233 234 -'),
		world.day_or_null(-10, 20, 0.6), world.day_or_null(15, 45, 0.6)
	FROM world.grid(3, 3)
	WHERE world.chance(0.6);

	INSERT INTO world.person (psn_no, gend, brdy, die_date, psn_type, insu_admdvs)
	SELECT 'p' || n, world.pick('1 1 2 2 9 -'),
		CASE world.upto(1, 9)
			WHEN 1 THEN NULL
			WHEN 2 THEN date '2004-02-29'
			WHEN 9 THEN date '2004-02-29'
			WHEN 3 THEN date '2016-02-29'
			WHEN 4 THEN world.base() + world.upto(-20, 25)
			WHEN 5 THEN (world.base() + world.upto(0, 30) - interval '18 years')::date
			WHEN 6 THEN (world.base() + world.upto(0, 30) - interval '6 years')::date
			ELSE world.base() - world.upto(1, 30000) END,
		world.day_or_null(5, 40, 0.7), world.pick('11 12 21 -'),
		world.pick('320102 320201 330100 32 -')
	FROM generate_series(1, persons) n
	WHERE NOT world.chance(0.06);

	INSERT INTO world.person_insurance (psn_no, insutype, begndate, enddate, paused)
	SELECT 'p' || n, world.pick('310 310 390 392 -'), world.day_or_null(-20, 20, 0.4),
		world.day_or_null(10, 45, 0.4), world.pick('true false false -')::boolean
	FROM world.grid(persons, 3)
	WHERE world.chance(0.7);

	INSERT INTO world.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type,
		matn_stas, channel)
	SELECT 'v' || n || '-' || k,
		CASE WHEN world.chance(0.03) THEN world.pick('p1 p2 -') ELSE 'p' || n END,
		world.pick('H1 H1 H2 H2 P1 H9'), b.t,
		CASE world.upto(1, 8) WHEN 1 THEN NULL WHEN 2 THEN NULL WHEN 3 THEN b.t
			WHEN 4 THEN b.t - interval '1 day'
			ELSE b.t + world.upto(0, 15) * interval '1 day' + world.pick('00:00 08:00 -08:00')::interval END,
		world.pick('11 14 21 2101 52 - 11 24'), world.pick('- - 1 2'), world.pick('- - internet')
	FROM world.grid(persons, visits),
		LATERAL (SELECT CASE WHEN NOT world.chance(0.03) AND n > 0 AND k > 0
			THEN world.instant(0, 35) END AS t) b
	WHERE NOT world.chance(0.08);

	INSERT INTO world.diagnosis (mdtrt_id, diag_srt_no, diag_code, maindiag_flag, vali_flag)
	SELECT v.mdtrt_id, k, CASE WHEN NOT world.chance(0.03) THEN world.pick(world.diag_codes()) END,
		CASE WHEN k = 1 THEN '1' END, world.pick('0 1 1 1 1 -')
	FROM (SELECT mdtrt_id, k FROM world.visit, generate_series(1, 3) k
		ORDER BY mdtrt_id COLLATE "C", k) v
	WHERE world.chance(0.45);

	INSERT INTO world.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code, vali_flag, oprn_begntime, oprn_endtime)
	SELECT v.mdtrt_id, k, CASE WHEN NOT world.chance(0.03) THEN world.pick(world.oprn_codes()) END,
		world.pick('0 1 1 1 1 -'), b.t,
		CASE WHEN NOT world.chance(0.1) THEN b.t + world.pick('00:00 02:00 12:00 24:00 -01:00')::interval END
	FROM (SELECT mdtrt_id, k FROM world.visit, generate_series(1, 2) k
		ORDER BY mdtrt_id COLLATE "C", k) v,
		LATERAL (SELECT CASE WHEN NOT world.chance(0.1) AND v.k > 0 THEN world.instant(0, 35) END AS t) b
	WHERE world.chance(0.4);

	INSERT INTO world.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id,
		med_type, insutype, medfee_sumamt, fund_pay_sumamt, refd_setl_flag, init_setl_id,
		dise_codg)
	SELECT 's' || n || '-' || k,
		CASE WHEN world.chance(0.03) THEN world.pick('p1 p2 -') ELSE 'p' || n END,
		world.pick('H1 H1 H1 H2 H2 P1 H9'),
		CASE WHEN NOT world.chance(0.02) AND n > 0 AND k > 0 THEN world.instant(0, 40) END,
		CASE WHEN world.chance(0.65) THEN 'v' || n || '-' || world.upto(1, visits)
			WHEN world.chance(0.1) THEN 'v1-1' END,
		world.pick('11 14 21 52 - - -'), world.pick('310 390 - -'),
		NULL, NULL, world.pick('1 0 0 - - - - -'),
		CASE WHEN world.chance(0.2) THEN 's' || CASE WHEN world.chance(0.15)
			THEN world.upto(1, persons) ELSE n END || '-' || world.upto(1, settlements) END,
		CASE WHEN world.chance(0.4) THEN world.pick(world.diag_codes()) END
	FROM world.grid(persons, settlements)
	WHERE NOT world.chance(0.05);

	INSERT INTO world.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time,
		med_list_codg, cnt, det_item_fee_sumamt, mdtrt_id, pric, inscp_amt, list_type,
		med_chrgitm_type, rxno, prd_days, sin_dos, bilg_dept_codg, bilg_dr_code, upload_time,
		init_feedetl_sn)
	SELECT 's' || n || '-' || q.s, k::text,
		CASE WHEN world.chance(0.03) THEN world.pick('p1 p2 -')
			ELSE COALESCE((SELECT s.psn_no FROM world.settlement s
				WHERE s.setl_id = 's' || n || '-' || q.s), 'p' || n) END,
		CASE WHEN world.chance(0.05) THEN world.pick('H1 H2 -')
			ELSE COALESCE((SELECT s.fixmedins_code FROM world.settlement s
				WHERE s.setl_id = 's' || n || '-' || q.s), 'H1') END,
		CASE WHEN NOT world.chance(0.01) AND k > 0 THEN world.instant(0, 35) END,
		CASE WHEN NOT world.chance(0.01) AND k > 0 THEN world.pick(world.item_codes()) END,
		q.cnt,
		CASE world.upto(1, 14) WHEN 1 THEN 0
			WHEN 2 THEN world.upto(-5000, 20000) / 100.0
			WHEN 3 THEN round(q.cnt * q.pric, 2) + world.pick('0.01 0.02 -0.01 0.011')::numeric
			ELSE round(COALESCE(q.cnt, 1) * q.pric, 2) END,
		CASE WHEN world.chance(0.15) THEN 'v' || n || '-' || world.upto(1, visits) END,
		CASE WHEN NOT world.chance(0.08) THEN q.pric END,
		world.pick('0 10 20 5.5 -')::numeric, world.pick('101 101 102 201 301 -'),
		world.pick('01 02 09 -'), world.pick('R1 R1 R2 -'),
		world.pick('- 0 1 3 7 0.5 2.5 -1 30')::numeric, world.pick('1 2.5 0.25 10 -')::numeric,
		world.pick('10 20 30 -'), world.pick('D1 D1 D2 D3 D9 -'),
		CASE WHEN world.chance(0.6) THEN world.instant(0, 40) END,
		CASE WHEN world.chance(0.1) THEN world.upto(1, lines)::text END
	FROM world.grid(persons, lines)
	CROSS JOIN LATERAL (SELECT world.upto(1, settlements) AS s,
			world.pick('1 1 1 2 2 3 5 0.5 1.25 0.333 10 0 -1 -2')::numeric AS cnt,
			world.pick('1 2 3.33 10 12.5 20 50 99.99 0.01 7')::numeric AS pric
			WHERE n > 0 AND k > 0) q;

	-- Some lines have nothing but what every line has; most reversing lines name one
	-- that is there, in their own settlement or in the one that theirs corrects.
	FOR r IN SELECT f.setl_id, f.feedetl_sn, f.init_feedetl_sn, COALESCE(s.init_setl_id, f.setl_id) AS other
		FROM world.fee_line f LEFT JOIN world.settlement s USING (setl_id)
		ORDER BY f.setl_id COLLATE "C", f.feedetl_sn COLLATE "C"
	LOOP
		IF world.chance(0.01) THEN
			UPDATE world.fee_line SET fee_ocur_time =
				world.pick('0001-01-01T00:00:00 1899-12-31T23:59:59 9999-12-31T23:59:59')::timestamp
			WHERE setl_id = r.setl_id AND feedetl_sn = r.feedetl_sn;
		END IF;
		IF r.init_feedetl_sn IS NULL AND world.chance(0.04) THEN
			UPDATE world.fee_line SET mdtrt_id = NULL, pric = NULL, inscp_amt = NULL,
				list_type = NULL, med_chrgitm_type = NULL, rxno = NULL, prd_days = NULL,
				sin_dos = NULL, bilg_dept_codg = NULL, bilg_dr_code = NULL, upload_time = NULL
			WHERE setl_id = r.setl_id AND feedetl_sn = r.feedetl_sn;
		ELSIF r.init_feedetl_sn IS NOT NULL AND world.chance(0.8) THEN
			UPDATE world.fee_line SET init_feedetl_sn = (
				SELECT o.sns[world.upto(1, cardinality(o.sns))]
				FROM (SELECT array_agg(feedetl_sn ORDER BY feedetl_sn COLLATE "C") AS sns
					FROM world.fee_line WHERE setl_id = r.other) o)
			WHERE setl_id = r.setl_id AND feedetl_sn = r.feedetl_sn;
		END IF;
	END LOOP;

	FOR r IN SELECT setl_id, sum(det_item_fee_sumamt) AS total FROM world.fee_line
		GROUP BY setl_id ORDER BY setl_id COLLATE "C"
	LOOP
		UPDATE world.settlement SET
			medfee_sumamt = CASE world.upto(1, 10)
				WHEN 1 THEN NULL WHEN 2 THEN world.pick('0 0 -10')::numeric
				WHEN 3 THEN r.total + world.pick('0.01 0.02 -0.01 5 -7')::numeric ELSE r.total END,
			fund_pay_sumamt = CASE world.upto(1, 8)
				WHEN 1 THEN NULL WHEN 2 THEN 0 WHEN 3 THEN r.total
				ELSE round(r.total * world.pick('0.5 0.7 0.333 0.85')::numeric, 2) END
		WHERE setl_id = r.setl_id;
	END LOOP;
END $$;

-- Rules ------------------------------------------------------------------------

CREATE FUNCTION world.period_text() RETURNS text LANGUAGE sql VOLATILE
RETURN replace(world.pick('1_day 2_days 3_days 7_days 14_days 30_days 1_month 1_week 24_hours 12_hours 24_hours 48_hours 1_hour 30_minutes 1_year'), '_', ' ');
CREATE FUNCTION world.day_period_text() RETURNS text LANGUAGE sql VOLATILE
RETURN replace(world.pick('1_day 3_days 7_days 14_days 30_days 1_month 2_weeks'), '_', ' ');

CREATE FUNCTION world.ceiling() RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'price', world.pick('1 2.5 5 8 9.99 10 20 40')::numeric,
		'hosp_lv', CASE WHEN world.chance(0.35) THEN world.upto(0, 3) END,
		'area', CASE WHEN world.chance(0.55) THEN world.pick('32 3201 320102 33 3202') END,
		'med_type', CASE WHEN world.chance(0.25) THEN world.pick('11 21 14') END)))
	FROM generate_series(1, world.upto(1, 4)) n
$$;

CREATE FUNCTION world.attr_params() RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	a text := world.pick('gend age age age age age_days age_days insutype psn_type med_type hosp_lv fixmedins_type dept channel title matn_stas area psn_area list_type sin_dos prd_days');
	listed jsonb;
BEGIN
	IF a IN ('age', 'age_days', 'sin_dos', 'prd_days', 'hosp_lv') AND world.chance(0.8) THEN
		RETURN jsonb_build_object('attribute', a) || CASE world.upto(1, 3)
			WHEN 1 THEN jsonb_build_object('op', '>=', 'value', CASE a
				WHEN 'age' THEN world.pick('6 7 18 19 60') WHEN 'age_days' THEN world.pick('7 28 365')
				WHEN 'hosp_lv' THEN world.pick('2 3') ELSE world.pick('1 2.5') END::numeric)
			WHEN 2 THEN jsonb_build_object('op', '<=', 'value', CASE a
				WHEN 'age' THEN world.pick('5 6 17 18 18') WHEN 'age_days' THEN world.pick('10 28')
				WHEN 'hosp_lv' THEN world.pick('1 2') ELSE world.pick('1 2.5') END::numeric)
			ELSE jsonb_build_object('op', 'between', 'value', CASE a
				WHEN 'age' THEN world.pick('[6,17] [18,60] [0,18] [7,18]') WHEN 'age_days' THEN world.pick('[0,28] [5,10000]')
				WHEN 'hosp_lv' THEN world.pick('[1,2] [2,2]') ELSE world.pick('[0.5,2.5] [1,1]') END::jsonb)
			END;
	END IF;
	listed := CASE a
		WHEN 'gend' THEN world.somej('1 2', 1, 1)
		WHEN 'age' THEN '[17, 18, 19]'
		WHEN 'age_days' THEN '[1, 2, 3]'
		WHEN 'insutype' THEN world.somej('310 390 392', 1, 2)
		WHEN 'psn_type' THEN world.somej('11 12 21', 1, 2)
		WHEN 'med_type' THEN world.somej('11 14 21 52', 1, 2)
		WHEN 'hosp_lv' THEN '[2, 3]'
		WHEN 'fixmedins_type' THEN world.somej('1 2', 1, 1)
		WHEN 'dept' THEN world.somej('10 20 30', 1, 2)
		WHEN 'channel' THEN '["internet"]'
		WHEN 'title' THEN world.somej('231 232 233 234', 1, 3)
		WHEN 'matn_stas' THEN world.somej('1 2', 1, 2)
		WHEN 'area' THEN world.somej('32 3201 320201 33', 1, 2)
		WHEN 'psn_area' THEN world.somej('32 3201 320201 33', 1, 2)
		WHEN 'list_type' THEN world.somej('101 102 201', 1, 2)
		WHEN 'sin_dos' THEN '[1, 2.5]'
		WHEN 'prd_days' THEN '[1, 3]'
		END;
	RETURN jsonb_build_object('attribute', a, 'op', world.pick('in not_in'), 'value', listed);
END $$;

-- Parameters of a template; those of a point's limits are drawn from here too.
CREATE FUNCTION world.params(template text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	items text := world.item_patterns();
BEGIN
	RETURN CASE template
	WHEN 'attr_limit' THEN world.attr_params()
	WHEN 'never_pay' THEN '{}'
	WHEN 'payment_suspended' THEN '{}'
	WHEN 'stay_profile' THEN jsonb_build_object('max_days', world.upto(3, 60))
		|| CASE WHEN world.chance(0.3) THEN jsonb_build_object('max_amount', world.pick('20 60 200')::numeric) ELSE '{}' END
		|| CASE WHEN world.chance(0.3) THEN '{"chrgitm": ["01", "09"], "min_share": 0.5}'::jsonb ELSE '{}' END
		|| CASE WHEN world.chance(0.3) THEN jsonb_build_object('diag', world.somej(world.diag_patterns(), 2, 4)) ELSE '{}' END
	WHEN 'operation_time' THEN jsonb_build_object('operation', CASE WHEN world.chance(0.6) THEN '["%"]' ELSE world.somej(world.oprn_patterns(), 2, 4) END)
		|| CASE world.upto(1, 3) WHEN 1 THEN jsonb_build_object('before', world.period_text())
			WHEN 2 THEN jsonb_build_object('after', world.period_text())
			ELSE jsonb_build_object('before', world.period_text(), 'after', world.period_text()) END
		|| CASE WHEN world.chance(0.3) THEN jsonb_build_object('unless', world.somej(world.diag_patterns(), 1, 2)) ELSE '{}' END
	WHEN 'all_of_set' THEN '{}'
	WHEN 'diag_required' THEN jsonb_strip_nulls(jsonb_build_object(
		'diag', world.somej(world.diag_patterns(), 1, 3), 'source', world.pick('diagnosis dise both -')))
	WHEN 'diag_forbidden' THEN jsonb_strip_nulls(jsonb_build_object(
		'diag', world.somej(world.diag_patterns(), 1, 3), 'source', world.pick('diagnosis dise both -')))
	WHEN 'pair_exclusive' THEN jsonb_build_object('with', world.somej(items, 1, 3),
		'window', world.pick('settlement visit day rx supply'))
	WHEN 'group_dup' THEN jsonb_build_object('n', world.upto(2, 3),
		'window', world.pick('rx settlement day supply'))
	WHEN 'companion_required' THEN jsonb_build_object('needs', world.somej(items, 1, 3),
		'window', world.pick('settlement visit day'))
	WHEN 'max_qty' THEN jsonb_build_object('max', world.pick('0 1 2 2.5 4 6')::numeric,
		'unit', world.pick('line day settlement visit rx'))
	WHEN 'max_qty_period' THEN jsonb_build_object('period', world.period_text())
		|| CASE world.upto(1, 3)
			WHEN 1 THEN jsonb_build_object('max', world.pick('1 3 5.5 8')::numeric)
			WHEN 2 THEN jsonb_build_object('min_gap', world.pick('1 2 5 10')::integer)
			ELSE jsonb_build_object('max', world.pick('3 6 10')::numeric,
				'min_gap', world.pick('2 3')::integer) END
	WHEN 'max_days' THEN jsonb_build_object('max', world.upto(0, 4),
		'period', CASE WHEN world.chance(0.3) THEN 'visit' ELSE world.day_period_text() END)
	WHEN 'max_kinds' THEN jsonb_build_object('max', world.upto(1, 2),
		'unit', world.pick('rx settlement day'))
	WHEN 'price_ceiling' THEN jsonb_strip_nulls(jsonb_build_object('ceiling', world.ceiling(),
		'tolerance', world.pick('0 0.1 0.25 - -')::numeric, 'basis', world.pick('price visit year -')))
	WHEN 'second_discount' THEN jsonb_build_object('ratio', world.pick('0.5 0.8 1')::numeric, 'by', 'day')
	WHEN 'prior_use_required' THEN jsonb_build_object('first_line', world.somej(items, 1, 3),
		'lookback', world.period_text())
	WHEN 'component_sum' THEN jsonb_build_object('parent', world.pick('A01 B01 C02 Z01'),
		'components', world.somej(items, 2, 4), 'n', world.upto(1, 3), 'ceiling', world.ceiling())
	WHEN 'data_quality' THEN CASE world.upto(1, 11)
		WHEN 1 THEN jsonb_build_object('check', 'missing', 'columns',
			world.somej('pric inscp_amt list_type rxno prd_days bilg_dr_code bilg_dept_codg upload_time sin_dos mdtrt_id', 1, 2))
		WHEN 2 THEN jsonb_strip_nulls(jsonb_build_object('check', 'qty_price_amount',
			'tolerance', world.pick('0.01 0.015 1 - -')::numeric))
		WHEN 3 THEN jsonb_strip_nulls(jsonb_build_object('check', 'upload_lag',
			'tolerance', replace(world.pick('24_hours 7_days -'), '_', ' ')))
		WHEN 4 THEN jsonb_strip_nulls(jsonb_build_object('check', 'outside_stay',
			'tolerance', world.pick('0 1 2 -')::integer))
		WHEN 5 THEN '{"check": "after_death"}'
		WHEN 6 THEN '{"check": "insurance_paused"}'
		WHEN 7 THEN '{"check": "unknown_code"}'
		WHEN 8 THEN '{"check": "key_mismatch"}'
		WHEN 9 THEN jsonb_strip_nulls(jsonb_build_object('check', 'sum_mismatch',
			'tolerance', world.pick('0.01 1 - -')::numeric))
		WHEN 10 THEN '{"check": "refund_both"}'
		ELSE '{"check": "order"}' END
	WHEN 'aggregate_threshold' THEN (
		SELECT jsonb_build_object('metric', m, 'by', 'person',
			'op', CASE m WHEN 'stay_gap' THEN world.pick('< <=') WHEN 'share' THEN world.pick('> >= <') WHEN 'readmissions' THEN '>=' ELSE world.pick('> >=') END,
			'period', replace(world.pick('day week month year 3_days 7_days 30_days'), '_', ' '),
			'value', CASE m WHEN 'amount' THEN world.pick('50 100 300')
				WHEN 'fund_amount' THEN world.pick('20 50 100')
				WHEN 'share' THEN world.pick('0.3 0.5 0.6') WHEN 'institutions' THEN world.pick('1 2')
				WHEN 'readmissions' THEN world.pick('1 1 2') WHEN 'stay_gap' THEN world.pick('1 3 10')
				ELSE world.pick('1 2 3 4') END::numeric)
			|| CASE m WHEN 'share' THEN world.pick('{"chrgitm":["01","09"]} {"items":["A%","B1"]}')::jsonb
				WHEN 'readmissions' THEN jsonb_build_object('days', world.pick('1 5 14')::integer)
				ELSE '{}' END
		FROM world.pick('visits settlements stays amount fund_amount share institutions drug_codes readmissions stay_gap') m)
	WHEN 'expression' THEN jsonb_build_object('sql', world.expression_text())
	END;
END $$;

CREATE FUNCTION world.expression_text() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT q[world.upto(1, cardinality(q))]
	FROM (SELECT ARRAY[
		'det_item_fee_sumamt > 20 AND age < 18',
		'cnt < 0',
		'cnt <= 0 OR det_item_fee_sumamt < 0',
		'gend = ''1'' AND med_type LIKE ''2%''',
		'pric IS NULL',
		'hosp_lv >= 2 AND title IS NULL',
		'title IS DISTINCT FROM ''233'' AND bilg_dept_codg IN (''10'', ''20'')',
		'round(cnt * pric, 2) <> det_item_fee_sumamt',
		'upload_time < fee_ocur_time',
		'day - brdy < 3000 AND age_days > 28',
		'extract(hour FROM fee_ocur_time) >= 20 AND insutype = ''310''',
		'fee_ocur_time > setl_time',
		'day NOT BETWEEN begntime::date AND endtime::date',
		'fund_pay_sumamt > medfee_sumamt * 0.6',
		'dise_codg LIKE ''I%'' AND matn_stas IS NULL',
		'channel = ''internet'' AND prd_days > 2',
		'inscp_amt = 0 AND list_type <> ''101''',
		'left(area, 4) <> left(psn_area, 4)',
		'fixmedins_type = ''2'' AND rxno IS NOT NULL',
		'mdtrt_id IS NULL OR psn_type = ''21'''])
	w(q)
$$;

CREATE FUNCTION world.scope() RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN world.chance(0.7) THEN '{}' ELSE jsonb_strip_nulls(jsonb_build_object(
		'area', CASE WHEN world.chance(0.25) THEN world.somej('32 3201 320201 33', 1, 2) END,
		'psn_area', CASE WHEN world.chance(0.15) THEN world.somej('32 3201 320201 33', 1, 2) END,
		'hosp_lv', CASE WHEN world.chance(0.25) THEN to_jsonb(world.some('0 1 2 3', 2, 3)::integer[]) END,
		'med_type', CASE WHEN world.chance(0.25) THEN world.somej('11 14 21 52', 2, 3) END,
		'insutype', CASE WHEN world.chance(0.25) THEN world.somej('310 390 392', 1, 2) END,
		'fixmedins_type', CASE WHEN world.chance(0.2) THEN world.somej('1 2', 1, 2) END,
		'fixmedins_code', CASE WHEN world.chance(0.25) THEN world.somej('H1 H2 P1 H9', 2, 3) END)) END
$$;

CREATE PROCEDURE world.make_points(rule_no integer, kind text, template text, patterns text)
LANGUAGE plpgsql AS $$
DECLARE
	point text;
BEGIN
	FOR n IN 1 .. world.upto(1, 4) LOOP
		point := 'Z' || rule_no || '-' || n;
		FOR v IN 1 .. CASE WHEN world.chance(0.15) THEN 2 ELSE 1 END LOOP
			INSERT INTO meso_audit.knowledge_point (point_id, version, kind_code, limits,
				understood, valid)
			VALUES (point, v, kind,
				CASE WHEN template IN ('data_quality', 'expression') THEN '{}'
					WHEN template = 'component_sum' OR world.chance(0.6) THEN world.params(template)
						- CASE WHEN template = 'pair_exclusive' THEN 'with' ELSE '' END
					ELSE '{}' END
				|| CASE WHEN world.chance(0.15) AND template IN ('pair_exclusive', 'companion_required',
						'group_dup', 'max_qty', 'max_qty_period', 'max_days', 'max_kinds', 'prior_use_required')
					THEN jsonb_build_object('same', world.pick('institution person')) ELSE '{}' END
				|| CASE WHEN world.chance(0.1) AND template NOT IN ('data_quality', 'expression')
					THEN '{"payable_only": false}'::jsonb ELSE '{}' END,
				world.pick('understood understood understood understood understood partly unparsed'),
				world.validity(0.7));
			INSERT INTO meso_audit.knowledge_code (point_id, version, seq, code, role, valid)
			SELECT point, v, row_number() OVER (), c, 'codes', world.validity(0.75)
			FROM unnest(world.some(patterns, 1, 3)) c;
			IF template = 'pair_exclusive' THEN
				INSERT INTO meso_audit.knowledge_code (point_id, version, seq, code, role, valid)
				SELECT point, v, 100 + row_number() OVER (), c, 'with', world.validity(0.75)
				FROM unnest(world.some(patterns, 1, 3)) c;
			END IF;
		END LOOP;
	END LOOP;
END $$;

CREATE PROCEDURE world.make_rule(n integer, template text)
LANGUAGE plpgsql AS $$
DECLARE
	-- some rules share their kind, and so its points
	kind text := 'K' || CASE WHEN world.chance(0.35) THEN template ELSE n::text END;
	way text := world.pick('codes codes params group points points points');
	codes_of text := 'item';
	patterns text := world.item_patterns();
	fixed jsonb := '{}';
	own text[];
BEGIN
	IF template IN ('attr_limit', 'never_pay', 'diag_required', 'diag_forbidden') THEN
		codes_of := world.pick('item item item item item diagnosis operation');
	END IF;
	IF codes_of <> 'item' THEN
		fixed := jsonb_build_object('codes_of', codes_of);
		patterns := CASE codes_of WHEN 'diagnosis' THEN world.diag_patterns()
			ELSE world.oprn_patterns() END;
		IF way = 'group' THEN way := 'codes'; END IF;
	END IF;
	IF template IN ('aggregate_threshold', 'stay_profile') THEN way := 'none'; END IF;
	IF template = 'component_sum' AND way <> 'points' THEN way := 'none'; END IF;
	IF template IN ('data_quality', 'expression') AND way = 'points' THEN way := 'codes'; END IF;
	IF way = 'points' THEN
		CALL world.make_points(n, kind, template, patterns);
	END IF;
	FOR v IN 1 .. CASE WHEN world.chance(0.35) THEN world.upto(2, 3) ELSE 1 END LOOP
		own := world.some(patterns, 1, CASE template WHEN 'data_quality' THEN 3 ELSE 4 END);
		IF template IN ('data_quality', 'all_of_set') AND world.chance(0.5) THEN
			own := CASE WHEN template = 'data_quality' THEN '{%}' ELSE '{A%,B%}' END;
		END IF;
		INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, scope,
			action, certainty, area, valid, decides, status)
		VALUES ('R' || n, v, kind, template,
			world.params(template) || fixed
			|| CASE WHEN way = 'params' THEN jsonb_build_object('codes', own) ELSE '{}' END
			|| CASE WHEN way = 'group' THEN jsonb_build_object('group', world.pick('G1 G2 G3')) ELSE '{}' END
			|| CASE WHEN way IN ('codes', 'params', 'group') AND world.chance(0.25)
				AND template IN ('group_dup', 'max_qty', 'max_qty_period', 'max_days', 'price_ceiling',
					'companion_required', 'second_discount')
				THEN '{"each": true}'::jsonb ELSE '{}' END
			|| CASE WHEN template NOT IN ('data_quality', 'aggregate_threshold', 'expression')
				AND world.chance(0.3) THEN '{"payable_only": false}'::jsonb ELSE '{}' END
			|| CASE WHEN template = 'attr_limit' AND world.chance(0.3) THEN '{"missing": "hit"}'::jsonb ELSE '{}' END
			|| CASE WHEN template IN ('pair_exclusive', 'companion_required', 'group_dup', 'max_qty',
					'max_qty_period', 'max_days', 'max_kinds', 'price_ceiling', 'prior_use_required')
				AND world.chance(0.35)
				THEN jsonb_build_object('same', world.pick('institution person')) ELSE '{}' END,
			CASE WHEN way = 'codes' THEN own 
				WHEN way = 'points' AND template <> 'component_sum' AND world.chance(0.1) THEN '{}' END,
			CASE WHEN template = 'never_pay' AND way = 'none' THEN '{}' ELSE world.scope() END,
			world.pick('flag flag flag flag flag hold deny remind'),
			world.pick('violation suspect'),
			CASE WHEN v = 1 OR world.chance(0.5) THEN '' ELSE world.pick('32 3201 3202 320102 33') END,
			world.validity(0.8),
			CASE WHEN v = 1 THEN daterange '(,)' ELSE world.validity(0.1) END,
			CASE WHEN v = 1 THEN world.pick('active active active active active active active draft')
				ELSE world.pick('active active active void trial') END);
	END LOOP;
END $$;

-- Templates of a round of rules, but for those that the setting world.skip names.
CREATE FUNCTION world.templates() RETURNS TABLE (template text) LANGUAGE sql STABLE AS $$
	SELECT t FROM unnest('{attr_limit,attr_limit,never_pay,all_of_set,diag_required,diag_forbidden,pair_exclusive,group_dup,companion_required,max_qty,max_qty_period,max_days,max_kinds,price_ceiling,second_discount,second_discount,group_dup,prior_use_required,component_sum,data_quality,data_quality,data_quality,aggregate_threshold,stay_profile,expression,payment_suspended,operation_time}'::text[]) WITH ORDINALITY u(t, n)
	WHERE t <> ALL (string_to_array(COALESCE(current_setting('world.skip', true), ''), ','))
	ORDER BY n
$$;

CREATE PROCEDURE world.make_rules(rounds integer)
LANGUAGE plpgsql AS $$
DECLARE
	t text;
	n integer := 0;
BEGIN
	DELETE FROM meso_audit.rule;
	DELETE FROM meso_audit.knowledge_code;
	DELETE FROM meso_audit.knowledge_point;
	DELETE FROM meso_audit.item_group;
	DELETE FROM meso_audit.list_price;
	DELETE FROM meso_audit.known_code;
	DELETE FROM meso_audit.rule_exemption;
	DELETE FROM meso_audit.fact_since;
	DELETE FROM meso_audit.payment_suspension;

	INSERT INTO meso_audit.item_group (group_code, code, valid)
	SELECT g, c, world.validity(0.7)
	FROM unnest('{G1,G2,G3}'::text[]) g, unnest(world.some(world.item_patterns(), 4, 7)) c
	WHERE world.chance(0.6);

	INSERT INTO meso_audit.list_price (fixmedins_code, area, code, price, valid)
	SELECT CASE WHEN w LIKE 'H%' THEN w END, CASE WHEN w NOT LIKE 'H%' THEN w END, c,
		world.pick('1 2 5 8.5 20 20 60')::numeric, world.validity(0.6)
	FROM unnest('{H1,H2,320102,32,3201,33}'::text[]) w,
		unnest(string_to_array(world.item_codes(), ' ')) c
	WHERE world.chance(0.4);

	IF world.chance(0.8) THEN
		INSERT INTO meso_audit.known_code (code, valid)
		SELECT c, world.validity(0.6)
		FROM unnest(string_to_array(world.item_codes(), ' ')) c
		WHERE world.chance(0.8);
	END IF;

	IF world.chance(0.6) THEN
		INSERT INTO meso_audit.fact_since VALUES ('fee_line', world.base() + world.upto(-30, 10));
	END IF;
	IF world.chance(0.3) THEN
		INSERT INTO meso_audit.fact_since VALUES ('visit', world.base() + 40);
	END IF;

	FOR r IN 1 .. rounds LOOP
		FOREACH t IN ARRAY ARRAY(SELECT template FROM world.templates())
		LOOP
			n := n + 1;
			CALL world.make_rule(n, t);
		END LOOP;
	END LOOP;

	INSERT INTO meso_audit.rule_exemption (rule_code, psn_no, fixmedins_code, diag_code, code,
		valid, reason)
	SELECT q.rule, q.psn, q.inst, q.diag, q.item, world.validity(0.6), 'drawn'
	FROM (
		SELECT CASE WHEN world.chance(0.7) THEN 'R' || world.upto(1, n) END AS rule,
			CASE WHEN world.chance(0.4) THEN 'p' || world.upto(1, 5) END AS psn,
			CASE WHEN world.chance(0.4) THEN world.pick('H1 H2 P1') END AS inst,
			CASE WHEN world.chance(0.3) THEN world.pick(world.diag_patterns()) END AS diag,
			CASE WHEN world.chance(0.3) THEN world.pick(world.item_patterns()) END AS item
		FROM generate_series(1, 8) e WHERE e > 0
	) q
	WHERE num_nonnulls(q.psn, q.inst, q.diag, q.item) > CASE WHEN q.rule IS NULL THEN 1 ELSE 0 END;

	-- some are changed, some taken back; now and then nobody is suspended
	IF world.chance(0.85) THEN
		INSERT INTO meso_audit.payment_suspension (suspension_id, version, subject_type, subject_code, valid, reason)
		SELECT g.n, g.k, q.t, CASE q.t WHEN 'institution' THEN world.pick('H1 H2 P1 H9')
				WHEN 'practitioner' THEN world.pick('D1 D2 D3 D9') ELSE 'p' || world.upto(1, 6) END,
			CASE WHEN g.k > 1 AND world.chance(0.3) THEN 'empty' ELSE world.validity(0.05) END, 'drawn'
		FROM world.grid(5, 2) g,
			LATERAL (SELECT world.pick('institution practitioner practitioner person') AS t WHERE g.n > 0 AND g.k > 0) q
		WHERE g.k = 1 OR world.chance(0.3);
	END IF;
END $$;

-- Always generic plans: a condition that is folded away in a custom plan draws nothing.
CREATE PROCEDURE world.make(seed integer, persons integer, lines integer, rounds integer)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	PERFORM setseed((seed % 100000) / 100000.0);
	DELETE FROM world.setting;
	INSERT INTO world.setting (seed, base)
	VALUES (seed, world.pick('2023-01-11 2024-02-08 2023-12-11 2024-12-11 2023-02-08')::date);
	CALL world.make_facts(persons, lines);
	PERFORM setseed(-(seed % 100000) / 100000.0);
	CALL world.make_rules(rounds);
	UPDATE world.setting SET period = CASE
		WHEN world.chance(0.1) THEN daterange '(,)'
		WHEN world.chance(0.6) THEN daterange(base - 5, base + 70)
		ELSE daterange(base + world.upto(0, 12), base + world.upto(15, 40)) END;
END $$;

-- A world of many institutions and physicians, with rules over populations alone.
CREATE PROCEDURE world.make_population(seed integer, persons integer, lines integer, rules integer)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	r record;
	metric text;
	period text;
BEGIN
	CALL world.make(seed, persons, lines, 0);
	UPDATE world.setting SET period = daterange(base - 5, base + 400) WHERE world.chance(0.5);
	INSERT INTO world.institution (fixmedins_code, fixmedins_type, hosp_lv, fix_blng_admdvs)
	SELECT 'Q' || n, world.pick('1 1 1 2 -'), world.upto(2, 3), world.pick('320102 320201')
	FROM generate_series(1, 18) n;
	FOR r IN SELECT setl_id FROM world.settlement ORDER BY setl_id COLLATE "C" LOOP
		UPDATE world.settlement SET fixmedins_code = 'Q' || world.upto(1, 18)
		WHERE setl_id = r.setl_id AND world.chance(0.8);
		UPDATE world.fee_line SET fixmedins_code = 'Q' || world.upto(1, 18)
		WHERE setl_id = r.setl_id AND world.chance(0.8);
	END LOOP;
	FOR r IN SELECT mdtrt_id FROM world.visit ORDER BY mdtrt_id COLLATE "C" LOOP
		UPDATE world.visit SET fixmedins_code = 'Q' || world.upto(1, 6),
			chfpdr_code = world.pick('D1 D2 D3 D4 -')
		WHERE mdtrt_id = r.mdtrt_id AND world.chance(0.8);
	END LOOP;
	INSERT INTO world.stock_movement (fixmedins_code, med_list_codg, inv_chg_type, cnt, inv_chg_time)
	SELECT world.pick('H1 H2 H9 P1 Q1 Q2 Q3 Q4 Q5 Q6 Q7 Q8 Q9 Q10 -'), world.pick(world.item_codes()),
		world.pick('opening opening opening purchase purchase purchase_return sale sale_return count gain loss transfer_in transfer_out -'),
		world.pick('0 1 2 3 5 5 10 20 -1 -')::numeric, world.instant(-5, 35)
	FROM world.grid(250, 1) g WHERE g.n > 0;
	FOR n IN 1 .. rules LOOP
		metric := world.pick('visits stays settlements amount amount fund_amount share drug_codes institutions persons readmissions readmission_rate stay_gap diag_rate unstocked unstocked');
		period := world.pick('day week month month year year 7_days 30_days');
		INSERT INTO meso_audit.rule (code, version, kind_code, template, params, scope, certainty,
			valid, status)
		SELECT 'R' || n, 1, 'K' || n, 'aggregate_threshold', jsonb_build_object('metric', metric,
				'by', q.by_, 'op', CASE metric WHEN 'stay_gap' THEN '<=' WHEN 'share' THEN world.pick('> >= <') ELSE world.pick('> >=') END)
			|| CASE metric WHEN 'share' THEN world.pick('{"chrgitm":["01","09"]} {"items":["A%","B1"]}')::jsonb
				WHEN 'unstocked' THEN jsonb_build_object('items', world.somej(world.item_patterns(), 1, 4))
					|| CASE WHEN world.chance(0.5) THEN jsonb_build_object('days', world.upto(0, 10)) ELSE '{}' END
				WHEN 'diag_rate' THEN '{"diag": ["J%", "O80"]}'
				WHEN 'readmissions' THEN '{"days": 14}' WHEN 'readmission_rate' THEN '{"days": 14}'
				ELSE '{}' END
			|| CASE WHEN world.chance(0.3) THEN jsonb_build_object('at_least', world.pick('1 2 3 5')::integer) ELSE '{}' END
			|| CASE WHEN q.by_ = 'person' OR (world.chance(0.5) AND q.by_ <> 'practitioner')
				THEN jsonb_build_object('period', world.pick('week month month year year'), 'peer',
					jsonb_strip_nulls(jsonb_build_object('z', world.pick('0.5 1 2 3')::numeric,
						'group', CASE q.by_ WHEN 'person' THEN world.pick('"gend" ["psn_type","gend"] -')
							ELSE world.pick('"hosp_lv" ["hosp_lv","area"] -') END::jsonb)))
				ELSE jsonb_build_object('period', replace(period, '_', ' '), 'value',
					CASE metric WHEN 'amount' THEN world.pick('100 300') WHEN 'fund_amount' THEN world.pick('50 200')
						WHEN 'share' THEN '0.5' WHEN 'unstocked' THEN world.pick('0.2 0.5') WHEN 'readmission_rate' THEN '0.3' WHEN 'diag_rate' THEN '0.3' WHEN 'readmissions' THEN '1'
						ELSE world.pick('1 2 4') END::numeric) END,
			world.scope(), world.pick('violation suspect'), world.validity(0.8), 'active'
		FROM (SELECT CASE metric WHEN 'unstocked' THEN 'institution' ELSE world.pick('institution institution practitioner person') END AS by_) q;
	END LOOP;
END $$;
