-- What is planted: frauds, and honest look-alikes of each, with the truth.
--
-- A hint is the code of the rule that should find the line (rules.sql). Rules
-- never read it: it goes to demo.truth, the facts do not have it.

-- Visits that may host something. A large province hosts no more frauds than
-- a middle-sized one, so that planting stays cheap.
CREATE UNLOGGED TABLE demo.host AS
SELECT v.*, p.gend, p.brdy, n.lv, n.ftype, n.county, n.code AS inst_code,
	extract(year FROM age(v.t0::date, p.brdy))::integer AS age, v.t0::date - p.brdy AS age_days, p.insu, p.chronic,
	v.setting = 'op' AND n.lv = 3 AND demo.r(91, v.v) < .03 AS internet,
	w.v IS NOT NULL AS follows
FROM demo.visit v JOIN demo.person p USING (p) JOIN demo.inst n USING (inst) LEFT JOIN demo.visit w ON w.v = v.v - 10
WHERE v.t0 >= '2025-10-03' AND demo.r(900, v.p) < 8000.0 / :persons;
CREATE INDEX ON demo.host (setting, dx);
ANALYZE demo.host;
ANALYZE demo.visit;
ANALYZE demo.line;
ANALYZE demo.inst;
ANALYZE demo.item;
CREATE TABLE demo.used (v bigint, salt text, PRIMARY KEY (v, salt));
CREATE TABLE demo.diag (v bigint, srt integer, code text, hint text, honest boolean);
CREATE TABLE demo.oprn (v bigint, srt integer, code text, item integer, hint text, honest boolean);
CREATE TABLE demo.bill_error (v bigint, delta numeric, hint text);
CREATE TABLE demo.subject (hint text, subject text, honest boolean);
CREATE SEQUENCE demo.plant_no;

-- Adds items to hosts: n of them for each thousand people. Calls of one salt
-- meet the same hosts; other salts stay away from them. A line is dated
-- "delay" after the visit's begin, in a ward at 17:00 on days lo to hi.
CREATE PROCEDURE demo.plant(hint text, items text, cond text, n numeric, cnt numeric DEFAULT 1,
	honest boolean DEFAULT false, salt text DEFAULT NULL, delay interval DEFAULT '45 min', factor numeric DEFAULT 1,
	days integer DEFAULT NULL, own boolean DEFAULT false, lo integer DEFAULT NULL, hi integer DEFAULT NULL,
	back integer DEFAULT 0, doctor integer DEFAULT 1, dept text DEFAULT 'A03', dose numeric DEFAULT 1,
	lag interval DEFAULT '20 min', rx integer DEFAULT 7, refd boolean DEFAULT false, code text DEFAULT NULL)
LANGUAGE plpgsql AS $plant$
DECLARE
	people numeric := (SELECT least(count(*), 20000) FROM demo.person);
	call integer := nextval('demo.plant_no');
	key text := coalesce(salt, plant.hint || call);
BEGIN
	IF cond <> '' THEN
		EXECUTE format($q$
			INSERT INTO demo.used
			SELECT h.v, %L FROM demo.host h
			WHERE h.refd = %L AND (%s) AND NOT EXISTS (SELECT FROM demo.used u WHERE u.v = h.v)
			ORDER BY demo.r(901 + hashtext(%L) %% 100000, h.v) LIMIT %s
			$q$, key, refd, cond, key, ceil(n * people / 1000));
	END IF;
	INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, rx, days, dose, doctor, dept, own, lag, code, hint, honest)
	SELECT h.v - back * 10, 1000000 + call * 1000 + k.ord::integer * 50 + d.day,
		CASE WHEN w.los > 0 THEN w.t0::date + d.day + interval '17 hours' + delay - interval '45 min'
			ELSE date_trunc('minute', w.t0) + delay END + k.ord * interval '1 min',
		i.item, plant.cnt, f.pric, round(plant.cnt * f.pric, 2), CASE WHEN i.cls IN ('X', 'Z', 'T') THEN plant.rx END,
		plant.days, i.dose * plant.dose, 'D' || lpad((w.inst * 100 + plant.doctor)::text, 12, '0'), plant.dept, plant.own,
		plant.lag, plant.code, plant.hint, CASE WHEN plant.hint IS NOT NULL THEN plant.honest END
	FROM demo.used u
	JOIN demo.host h ON h.v = u.v
	JOIN demo.visit w ON w.v = h.v - back * 10
	CROSS JOIN LATERAL generate_series(coalesce(lo, 0), coalesce(hi, lo, 0)) d(day)
	CROSS JOIN LATERAL string_to_table(items, ' ') WITH ORDINALITY k(k, ord)
	JOIN demo.item i ON i.k = k.k
	CROSS JOIN LATERAL (SELECT round(demo.price(i.price, i.cls, h.lv, h.ftype) * factor, 2) AS pric) f
	WHERE u.salt = key AND (hi IS NULL OR w.los = 0 OR d.day < w.los OR lo >= 90);
END
$plant$;

-- Adds a diagnosis to the hosts of a salt, or to n new ones.
CREATE PROCEDURE demo.diagnose(hint text, icd text, cond text, n numeric, honest boolean DEFAULT false, salt text DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
	people numeric := (SELECT least(count(*), 20000) FROM demo.person);
	call integer := nextval('demo.plant_no');
	key text := coalesce(salt, diagnose.hint || call);
BEGIN
	IF cond <> '' THEN
		EXECUTE format($q$
			INSERT INTO demo.used
			SELECT h.v, %L FROM demo.host h
			WHERE NOT h.refd AND (%s) AND NOT EXISTS (SELECT FROM demo.used u WHERE u.v = h.v)
			ORDER BY demo.r(901 + hashtext(%L) %% 100000, h.v) LIMIT %s
			$q$, key, cond, key, ceil(n * people / 1000));
	END IF;
	INSERT INTO demo.diag
	SELECT u.v, 10 + call, icd, diagnose.hint, CASE WHEN diagnose.hint IS NOT NULL THEN diagnose.honest END
	FROM demo.used u WHERE u.salt = key;
END
$$;

-- Limits of one attribute
CALL demo.plant('SEX-DRUG-M', 'finasteride', $$setting = 'op' AND gend = '2' AND age > 30$$, 2.5, days => 20);
CALL demo.plant('SEX-SVC-F', 'us_uterus', $$setting = 'op' AND gend = '1' AND age > 18$$, 2.5);
CALL demo.plant('SEX-DRUG-F', 'progesterone', $$setting = 'op' AND gend = '1' AND age > 18$$, 2, days => 10);
CALL demo.plant('SEX-DRUG-F', 'progesterone', $$setting = 'op' AND gend = '2' AND age BETWEEN 20 AND 45$$, 2, days => 10, honest => true);
CALL demo.plant('SEX-CONS', 'iud', $$setting = 'op' AND gend = '1' AND age > 18$$, 1.5);
CALL demo.plant('CHILD-DRUG', 'ped_cough', $$setting = 'op' AND age BETWEEN 15 AND 70$$, 2.5, days => 5);
CALL demo.plant('CHILD-DRUG', 'ped_cough', $$setting = 'op' AND age BETWEEN 12 AND 14$$, 2, days => 5, honest => true);
CALL demo.plant('CHILD-FORBID', 'levofloxacin', $$setting = 'op' AND age BETWEEN 5 AND 17$$, 2.5, days => 5);
CALL demo.plant('CHILD-FORBID', 'levofloxacin', $$setting = 'op' AND age BETWEEN 18 AND 20$$, 2, days => 5, honest => true);
CALL demo.plant('LEVEL-DRUG', 'albumin', $$setting = 'op' AND lv = 1$$, 2);
CALL demo.plant('LEVEL-DRUG', 'albumin', $$setting = 'ip' AND lv = 3$$, 2, honest => true, lo => 1);
CALL demo.plant('WARD-DRUG', 'butylphth', $$setting = 'op' AND lv >= 2$$, 2);
CALL demo.plant('WARD-DRUG', 'butylphth', $$setting = 'er' AND lv >= 2$$, 2, honest => true);
CALL demo.plant('INJURY-DRUG', 'wound_gel', $$setting = 'op' AND lv >= 2$$, 2);
CALL demo.plant('INJURY-DRUG', 'wound_gel', $$setting = 'op' AND lv >= 2$$, 2, own => true, honest => true);
CALL demo.plant('MATERNITY-DRUG', 'carboprost', $$setting = 'op' AND gend = '2' AND age > 25$$, 1.5);
CALL demo.plant('DEPT-SVC', 'voc_train', $$setting = 'op' AND age BETWEEN 20 AND 55$$, 2);
CALL demo.plant('DEPT-SVC', 'voc_train', $$setting = 'op' AND age BETWEEN 20 AND 55$$, 2, dept => 'A21', honest => true);
CALL demo.plant('AGE-SVC', 'voc_train', $$setting = 'op' AND age > 64$$, 2, dept => 'A21');
CALL demo.plant('TITLE-ABX', 'meropenem', $$setting = 'ip' AND lv >= 2$$, 2.5, cnt => 2, lo => 1);
CALL demo.plant('TITLE-ABX', 'meropenem', $$setting = 'ip' AND lv >= 2$$, 2.5, cnt => 2, lo => 1, doctor => 8, honest => true);
CALL demo.plant('PREGNANT-DRUG', 'warfarin', $$setting = 'pre'$$, 1, days => 14);
CALL demo.plant('PREGNANT-DRUG', 'warfarin', $$setting = 'op' AND gend = '2' AND age BETWEEN 50 AND 60$$, 1, days => 14, honest => true);
CALL demo.plant('NEWBORN-SVC', 'photo_neo', $$setting IN ('op', 'er') AND age BETWEEN 1 AND 10$$, 1.5);
CALL demo.plant('NEWBORN-SVC', 'photo_neo', $$age_days <= 28$$, 1, honest => true);
CALL demo.plant('NEWBORN-CONS', 'neo_line', $$setting = 'ip' AND age > 1$$, 1.5, lo => 1);
CALL demo.plant('CHILD-ADD', 'ped_add', $$setting = 'er' AND age > 7$$, 2);
CALL demo.plant('CHILD-ADD', 'ped_add', $$setting IN ('er', 'op') AND age <= 6$$, 2, honest => true);
CALL demo.plant('ELDER-DRUG', 'diazepam', $$setting = 'op' AND age > 76$$, 2, days => 7);
CALL demo.plant('ELDER-DRUG', 'diazepam', $$setting = 'op' AND age BETWEEN 50 AND 70$$, 2, days => 7, honest => true);
CALL demo.plant('DOSE-LABEL', 'zolpidem', $$setting = 'op' AND age BETWEEN 30 AND 70$$, 2, days => 7, dose => 3);
CALL demo.plant('PRIMARY-SVC', 'home_bed', $$setting = 'op' AND lv = 3$$, 2);
CALL demo.plant('PRIMARY-SVC', 'home_bed', $$setting = 'op' AND lv = 1$$, 2, honest => true);
CALL demo.plant('PHARMACY-SVC', 'acupuncture', $$setting = 'rx'$$, 2);

CALL demo.plant('NET-NARCOTIC', 'morphine', $$internet$$, 2, days => 7);
CALL demo.plant('NET-NARCOTIC', 'morphine', $$setting = 'op' AND lv = 3 AND NOT internet$$, 2, days => 7, honest => true);

-- Never payable, and prescriptions of nothing else
CALL demo.plant('NEVER-TCM', 'ejiao', $$setting = 'tcm'$$, 2.5, cnt => 45, days => 5, rx => 0);
CALL demo.plant('NEVER-TCM', 'ejiao', $$setting = 'tcm'$$, 2.5, cnt => 45, days => 5, rx => 0, own => true, honest => true);
CALL demo.plant('TCM-SINGLE', 'gouqi juhua danggui', $$setting = 'op' AND age > 20$$, 1.5, cnt => 50, days => 5);
CALL demo.plant('TCM-SINGLE', 'gouqi juhua', $$setting = 'op' AND age > 20$$, 1.5, cnt => 50, days => 5, honest => true, salt => 'compound');
CALL demo.plant(NULL, 'fuling', '', 0, cnt => 75, days => 5, salt => 'compound', delay => '50 min');

-- Indications and contraindications
CALL demo.plant('IND-LUNG', 'gefitinib', $$setting = 'op' AND dx = 'K29'$$, 1.5, days => 28);
CALL demo.plant('IND-LUNG', 'gefitinib', $$setting = 'op' AND dx = 'J20' AND age > 50$$, 1.5, days => 28, honest => true, salt => 'lung');
CALL demo.diagnose(NULL, 'C34.900', '', 0, salt => 'lung');
CALL demo.plant('IND-STROKE', 'edaravone', $$setting = 'ip' AND dx NOT IN ('I63', 'S72')$$, 2.5, lo => 1, hi => 3);
CALL demo.plant('IND-HEPB', 'entecavir', $$setting = 'op' AND dx = 'L30'$$, 1.5, days => 28);
CALL demo.plant('IND-TUMOUR', 'tumor_pnl', $$setting = 'op' AND dx IN ('J06', 'M54')$$, 2);
CALL demo.plant('IND-TUMOUR', 'tumor_pnl', $$setting = 'chemo'$$, 2, lo => 0, honest => true);
CALL demo.plant('DISEASE-LIST', 'metformin', $$setting = 'chronic' AND dx = 'I10'$$, 2, cnt => 2, days => 28);
CALL demo.plant('CONTRA-NSAID', 'diclofenac', $$setting = 'op' AND dx = 'K25'$$, 1.5, days => 7);
CALL demo.plant('CONTRA-NSAID', 'diclofenac', $$setting = 'op' AND dx = 'M17'$$, 1.5, days => 7, honest => true);
CALL demo.plant('CONTRA-RENAL', 'acarbose', $$setting = 'op' AND age > 50$$, 1.5, days => 14, salt => 'renal');
CALL demo.diagnose(NULL, 'N18.500', '', 0, salt => 'renal');

-- Charged twice; cured by a reversing line, cured by refunding the bill
CALL demo.plant(NULL, 'ct_enh', $$setting = 'op' AND lv >= 2 AND dx IN ('K29', 'M54', 'L30', 'M17')$$, 2.5, salt => 'ct');
CALL demo.plant('DUP-CT', 'ct_plain', '', 0, salt => 'ct', delay => '50 min');
CALL demo.plant(NULL, 'ct_enh', $$setting = 'op' AND lv >= 2 AND dx IN ('K29', 'M54', 'L30', 'M17')$$, 2.5, salt => 'ct cured');
CALL demo.plant('DUP-CT', 'ct_plain', '', 0, salt => 'ct cured', delay => '50 min', honest => true);
INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, doctor, dept, reverses)
SELECT l.v, l.sn + 1, l.t + interval '15 min', l.item, -l.cnt, l.pric, -l.amt, l.doctor, l.dept, l.sn
FROM demo.line l JOIN demo.used u ON u.v = l.v AND u.salt = 'ct cured' WHERE l.hint = 'DUP-CT';
CALL demo.plant(NULL, 'ct_enh', $$setting IN ('op', 'chronic')$$, 2.5, salt => 'ct refunded', refd => true);
CALL demo.plant('DUP-CT', 'ct_plain', '', 0, salt => 'ct refunded', delay => '50 min', honest => true);
CALL demo.plant('DUP-DIALYSIS', 'hp', $$setting = 'dial'$$, 3);
CALL demo.plant('DUP-DIALYSIS', 'hp', $$setting = 'er'$$, 1.5, honest => true);
CALL demo.plant('DUP-EMERGENCY', 'er_monitor', $$setting = 'er'$$, 2.5);
CALL demo.plant('DUP-EMERGENCY', 'er_monitor', $$setting = 'op' AND lv = 3$$, 1.5, honest => true);
CALL demo.plant('DUP-ANAESTHESIA', 'intubate', $$setting = 'ip' AND dx IN ('K35', 'K80', 'S72', 'D25', 'K40')$$, 2.5, lo => 0);
CALL demo.plant('DUP-ANAESTHESIA', 'intubate', $$setting = 'ip' AND dx IN ('J44', 'I63')$$, 2.5, lo => 1, honest => true);
CALL demo.plant(NULL, 'nurse_sp', $$setting = 'ip' AND lv >= 2$$, 2, lo => 1, salt => 'nurse');
CALL demo.plant('DUP-NURSING', 'nurse_item', '', 0, lo => 1, salt => 'nurse', delay => '55 min');
CALL demo.plant(NULL, 'nurse_sp', $$setting = 'ip' AND los > 3$$, 2, lo => 1, salt => 'nurse other day');
CALL demo.plant('DUP-NURSING', 'nurse_item', '', 0, lo => 2, salt => 'nurse other day', honest => true);
CALL demo.plant('DUP-CONSUMABLE', 'iv_set', $$setting = 'dial'$$, 3);
CALL demo.plant(NULL, 'gancao', $$setting = 'tcm'$$, 1.5, cnt => 30, days => 5, salt => 'gan');
CALL demo.plant('TCM-INCOMPATIBLE', 'gansui', '', 0, cnt => 15, days => 5, salt => 'gan', delay => '50 min');
CALL demo.plant('TCM-INCOMPATIBLE', 'gansui', $$setting = 'tcm'$$, 1.5, cnt => 15, days => 5, honest => true);
CALL demo.plant(NULL, 'banxia', $$setting = 'op' AND age > 20$$, 1.5, cnt => 45, days => 5, salt => 'wutou');
CALL demo.plant('TCM-INCOMPATIBLE-2', 'wutou', '', 0, cnt => 15, days => 5, salt => 'wutou', delay => '50 min');
CALL demo.plant(NULL, 'aspirin', $$setting = 'op' AND age BETWEEN 40 AND 70 AND dx NOT IN ('K25', 'K29') AND chronic IS NULL$$, 2, days => 28, salt => 'interaction');
CALL demo.plant('INTERACTION', 'warfarin', '', 0, days => 14, salt => 'interaction', delay => '50 min');
CALL demo.plant(NULL, 'rosuva', $$setting = 'op' AND age > 45$$, 2, days => 28, salt => 'statin', rx => 3);
CALL demo.plant('DUP-CLASS-RX', 'simva', '', 0, days => 28, salt => 'statin', rx => 3, delay => '50 min');
CALL demo.plant(NULL, 'rosuva', $$setting = 'op' AND age > 45$$, 2, days => 28, salt => 'statin two', rx => 3);
CALL demo.plant('DUP-CLASS-RX', 'simva', '', 0, days => 28, salt => 'statin two', rx => 4, delay => '50 min', honest => true);
CALL demo.plant(NULL, 'omeprazole', $$setting = 'chronic' AND follows AND i BETWEEN 5 AND 12$$, 2, days => 60, salt => 'ppi', back => 1);
CALL demo.plant('DUP-CLASS-SUPPLY', 'rabeprazole', '', 0, days => 14, salt => 'ppi');
CALL demo.plant(NULL, 'omeprazole', $$setting = 'chronic' AND follows AND i BETWEEN 5 AND 12$$, 2, days => 14, salt => 'ppi over', back => 1);
CALL demo.plant('DUP-CLASS-SUPPLY', 'rabeprazole', '', 0, days => 14, salt => 'ppi over', honest => true);

-- Something is missing
CALL demo.plant('NO-IMAGING', 'contrast', $$setting = 'ip' AND dx IN ('K80', 'M54', 'K29', 'A09')$$, 2, lo => 1);
CALL demo.plant(NULL, 'ct_enh', $$setting = 'ip' AND dx IN ('K80', 'M54', 'K29', 'A09')$$, 2, lo => 1, salt => 'imaging');
CALL demo.plant('NO-IMAGING', 'contrast', '', 0, lo => 1, salt => 'imaging', honest => true);
CALL demo.plant('NO-INTUBATION', 'ett', $$setting = 'ip' AND dx IN ('M54', 'M17', 'K29', 'F20', 'J20')$$, 2, lo => 1);
CALL demo.plant('NO-CATARACT-OP', 'iol', $$setting = 'ip' AND dx IN ('G47', 'M54', 'M17', 'I63')$$, 2, lo => 1);

-- Quantities
CALL demo.plant('HOURS-MONITOR', 'monitor_h', $$setting = 'ip' AND dx NOT IN ('I63', 'J44', 'S72')$$, 2.5, cnt => 30, lo => 1);
CALL demo.plant('HOURS-MONITOR', 'monitor_h', $$setting = 'ip' AND dx NOT IN ('I63', 'J44', 'S72')$$, 2.5, cnt => 24, lo => 1, honest => true);
CALL demo.plant(NULL, 'oxygen_h', $$setting = 'ip' AND dx NOT IN ('I63', 'J44', 'J18')$$, 2, cnt => 14, lo => 1, salt => 'oxygen');
CALL demo.plant('HOURS-OXYGEN', 'oxygen_h', '', 0, cnt => 16, lo => 1, salt => 'oxygen', delay => '55 min');
CALL demo.plant('BED-DAY', 'bed', $$setting = 'ip' AND los > 3$$, 2.5, lo => 1);
CALL demo.plant(NULL, 'ventil_h', $$setting = 'ip' AND lv >= 2 AND dx = 'J44'$$, 1.5, cnt => 18, lo => 1, salt => 'ventilator');
CALL demo.plant('HOURS-VENTILATOR', 'ventil_h', '', 0, cnt => 18, lo => 1, salt => 'ventilator', delay => '55 min');
CALL demo.plant('ACUPUNCTURE-DAY', 'cupping', $$setting = 'op' AND dx = 'M17'$$, 2, cnt => 5);
CALL demo.plant('ACUPUNCTURE-DAY', 'cupping', $$setting = 'op' AND dx = 'M17'$$, 2, cnt => 2, honest => true);
CALL demo.plant(NULL, 'nurse1', $$setting = 'ip' AND dx = 'H25' AND los > 1$$, 2, lo => 1, salt => 'nursing');
CALL demo.plant('NURSING-DAY', 'nurse2', '', 0, lo => 1, salt => 'nursing', delay => '55 min');
DELETE FROM demo.line l USING demo.used u, demo.item i
WHERE u.v = l.v AND u.salt = 'nursing' AND i.item = l.item AND i.k = 'nurse2' AND l.hint IS NULL AND l.sn % 100 = 1;
CALL demo.plant('NEWBORN-CARE', 'neo_care', $$setting = 'birth'$$, 1.5, lo => 1);
CALL demo.plant('NEWBORN-CARE', 'neo_care', $$setting = 'birth'$$, 1.5, lo => 1, honest => true, salt => 'twins');
CALL demo.diagnose(NULL, 'O30.000', '', 0, salt => 'twins');
CALL demo.plant('HERB-GRAMS', 'huangqi', $$setting = 'op' AND age > 20$$, 2, cnt => 600, days => 5, salt => 'grams');
CALL demo.plant(NULL, 'fuling', '', 0, cnt => 75, days => 5, salt => 'grams', delay => '50 min');
CALL demo.plant('STAPLER-VISIT', 'stapler', $$setting = 'ip' AND dx IN ('K40', 'K25')$$, 1.5, cnt => 9, lo => 1);
CALL demo.plant('INSULIN-BILL', 'insulin', $$setting = 'chronic' AND dx = 'I10'$$, 1.5, cnt => 9, days => 28);
CALL demo.plant('DIALYSIS-DAY', 'hd', $$setting = 'dial'$$, 2);
CALL demo.plant('HBA1C-PERIOD', 'hba1c', $$setting = 'chronic' AND dx = 'E11' AND i % 4 = 2 AND follows$$, 2.5);
UPDATE demo.line SET hint = 'HBA1C-PERIOD', honest = true WHERE sn = 70000 AND demo.r(74, v) < .05;
CALL demo.plant(NULL, 'rehab_eval', $$setting = 'ip' AND dx IN ('M54', 'M17', 'F20') AND los > 6$$, 2, lo => 0, salt => 'eval');
CALL demo.plant('REHAB-EVAL-GAP', 'rehab_eval', '', 0, lo => 5, salt => 'eval');
CALL demo.plant(NULL, 'xueshuan', $$setting = 'ip' AND los > 16$$, 1, lo => 0, hi => 13, salt => 'course');
CALL demo.plant('COURSE-14', 'xueshuan', '', 0, lo => 14, hi => 40, salt => 'course');
CALL demo.plant('COURSE-14', 'xueshuan', $$setting = 'ip' AND los > 16$$, .5, lo => 0, hi => 13, honest => true);
CALL demo.plant(NULL, 'rehab_ot', $$setting = 'ip' AND los > 22 AND dx = 'F20'$$, 1, lo => 0, hi => 19, salt => 'rehab');
CALL demo.plant('REHAB-DAYS', 'rehab_ot', '', 0, lo => 20, hi => 40, salt => 'rehab');
CALL demo.plant(NULL, 'amlodipine losartan metoprolol loratadine montelukast', $$setting = 'op' AND age > 30 AND chronic IS NULL$$, 2, days => 7, salt => 'kinds', rx => 9);
CALL demo.plant('RX-KINDS', 'weitai anshen', '', 0, days => 7, salt => 'kinds', rx => 9, delay => '55 min');

-- Prices and sums
CALL demo.plant('PRICE-CT', 'ct_plain', $$setting = 'op' AND dx IN ('J06', 'L30', 'N39')$$, 2.5, factor => 1.4);
CALL demo.plant('PRICE-MRI', 'mri', $$setting = 'ip' AND dx NOT IN ('I63')$$, 2, factor => 1.25, lo => 1);
CALL demo.plant('CEILING-VISIT', 'scalpel', $$setting = 'ip' AND dx IN ('K35', 'K40')$$, 1.5, cnt => 5, lo => 0);
CALL demo.plant('CEILING-YEAR', 'alendronate', $$setting = 'op' AND age > 50$$, 1.5, cnt => 14, days => 28);
CALL demo.plant('CEILING-YEAR', 'alendronate', $$setting = 'op' AND age > 50$$, 1.5, cnt => 4, days => 28, honest => true);
CALL demo.plant('SECOND-OPERATION', 'op_cyst', $$setting = 'ip' AND dx = 'D25'$$, 1, lo => 0);
CALL demo.plant('SECOND-OPERATION', 'op_cyst', $$setting = 'ip' AND dx = 'D25'$$, 1, lo => 0, factor => .5, honest => true);
CALL demo.plant('SECOND-LINE', 'semaglutide', $$setting = 'op' AND chronic IS NULL AND t0 > '2026-01-13'$$, 2, days => 28);
CALL demo.plant(NULL, 'metformin', $$setting = 'chronic' AND dx = 'E11' AND follows$$, 2, cnt => 2, days => 28, back => 1, salt => 'first line');
CALL demo.plant('SECOND-LINE', 'semaglutide', '', 0, days => 28, salt => 'first line', honest => true);
CALL demo.plant('UNBUNDLED-LIVER', 'alt ast ggt alp tbil alb', $$setting = 'op' AND lv >= 2$$, 1.5);
CALL demo.plant('UNBUNDLED-LIVER', 'alt ast', $$setting = 'op' AND lv >= 2$$, 1.5, honest => true);
CALL demo.plant('LONG-SUPPLY', 'guci', $$setting = 'op' AND age > 20$$, 2, days => 90);

-- Data that cannot be right
CALL demo.plant('DQ-AMOUNT', 'saline', $$setting = 'op'$$, 2, cnt => 2);
UPDATE demo.line SET amt = amt + 12.40 WHERE hint = 'DQ-AMOUNT';
CALL demo.plant('DQ-UPLOAD', 'saline', $$setting = 'op'$$, 2, lag => '75 hours');
CALL demo.plant('DQ-UPLOAD', 'saline', $$setting = 'op'$$, 2, lag => '23 hours', honest => true);
CALL demo.plant('DQ-OUTSIDE', 'crp', $$setting = 'ip'$$, 2, lo => 93);
UPDATE demo.line l SET t = v.t1::date + 3 + interval '9 hours' FROM demo.visit v WHERE v.v = l.v AND l.hint = 'DQ-OUTSIDE';
CALL demo.plant('DQ-UNKNOWN', 'saline', $$setting = 'op'$$, 2, code => 'XZ99ZZD999A00101019999');
CALL demo.plant('DQ-MISSING', 'saline', $$setting = 'op'$$, 2);
UPDATE demo.line SET doctor = NULL WHERE hint = 'DQ-MISSING';
CALL demo.plant('DQ-OWNER', 'saline', $$setting = 'op' AND p > 1$$, 1.5);
UPDATE demo.line l SET psn = demo.psn_no(v.p - 1) FROM demo.visit v WHERE v.v = l.v AND l.hint = 'DQ-OWNER';
CALL demo.plant('DQ-REFUND', 'saline', $$setting IN ('op', 'chronic', 'rx')$$, 1, cnt => -1, refd => true);
INSERT INTO demo.used SELECT v, 'sum' FROM (SELECT v FROM demo.host h WHERE setting = 'op' AND NOT refd
	AND NOT EXISTS (SELECT FROM demo.used u WHERE u.v = h.v) ORDER BY demo.r(75, v) LIMIT 10) s;
INSERT INTO demo.bill_error SELECT v, 100, 'DQ-SUM' FROM demo.used WHERE salt = 'sum';
INSERT INTO demo.used SELECT v, 'order' FROM (SELECT v FROM demo.host h WHERE setting = 'op' AND NOT refd
	AND NOT EXISTS (SELECT FROM demo.used u WHERE u.v = h.v) ORDER BY demo.r(76, v) LIMIT 10) s;
UPDATE demo.visit v SET t1 = t0 - interval '1 day', note = 'DQ-ORDER' FROM demo.used u WHERE u.v = v.v AND u.salt = 'order';

-- Diagnoses and operations
CALL demo.diagnose('DIAG-SEX', 'N40.x00', $$setting = 'ip' AND gend = '2'$$, 1.5);
CALL demo.diagnose('DIAG-AGE', 'P59.900', $$setting = 'op' AND age > 2$$, 1.5);
INSERT INTO demo.oprn
SELECT l.v, 1, o.code, l.item, NULL, NULL
FROM demo.line l JOIN demo.item i USING (item)
JOIN (VALUES ('op_append', '47.0101'), ('op_gall', '51.2300'), ('op_hernia', '53.0000'), ('op_hip', '81.5200'),
	('op_cataract', '13.4100'), ('op_cs', '74.1x00'), ('op_myoma', '68.2900')) o(k, code) ON o.k = i.k
WHERE l.cnt > 0;
INSERT INTO demo.used SELECT v, 'oprn sex' FROM (SELECT v FROM demo.host h WHERE setting = 'ip' AND gend = '1'
	AND NOT EXISTS (SELECT FROM demo.used u WHERE u.v = h.v) ORDER BY demo.r(77, v) LIMIT 8) s;
INSERT INTO demo.oprn SELECT v, 2, '68.4900', NULL, 'OPERATION-SEX', false FROM demo.used WHERE salt = 'oprn sex';
INSERT INTO demo.used SELECT v, 'oprn fee' FROM (SELECT v FROM demo.host h WHERE setting = 'ip' AND dx IN ('K25', 'J18', 'M54')
	AND NOT EXISTS (SELECT FROM demo.used u WHERE u.v = h.v) ORDER BY demo.r(78, v) LIMIT 8) s;
INSERT INTO demo.oprn SELECT v, 2, '47.0101', NULL, 'OPERATION-NO-FEE', false FROM demo.used WHERE salt = 'oprn fee';

---------------------------------------------------------------------------
-- Whole visits: after death, while paused, by the dozen

INSERT INTO demo.visit (v, rk, p, i, setting, med_type, inst, t0, t1, los, dx, note)
SELECT p * 100000 + 95000 + i * 10, p * 100000 + 95000 + i * 10, p, i, CASE WHEN s.ward THEN 'ip' WHEN s.rx THEN 'rx' ELSE 'op' END,
	CASE WHEN s.ward THEN '21' WHEN s.rx THEN '41' ELSE '11' END,
	o.inst[1 + (p + i * s.spread) % cardinality(o.inst)], t0, CASE WHEN s.ward THEN t0::date + 3 + time '10:30' ELSE t0 + interval '40 min' END,
	CASE WHEN s.ward THEN 3 ELSE 0 END, CASE WHEN s.ward THEN 'M54' ELSE 'J06' END, s.hint
FROM (
	SELECT 'DQ-DEATH' AS hint, p, county, 1 AS i, true AS rx, false AS ward, 0 AS spread, die_date + 10 + time '09:15' AS t0
	FROM demo.person WHERE die_date BETWEEN '2025-09-24' AND '2026-09-09' AND demo.r(79, p) < .3
	UNION ALL
	SELECT 'DQ-PAUSED', p, county, 2, false, false, 0, paused_from + 20 + time '09:40'
	FROM demo.person WHERE paused_from BETWEEN '2025-09-14' AND '2026-08-31' AND die_date IS NULL AND demo.r(79, p) < .2
	UNION ALL
	SELECT 'AGG-SWIPES', p, county, 10 + j, true, false, 0, date '2025-11-29' + (p % 200)::integer + time '09:00' + j * interval '25 min'
	FROM (SELECT * FROM demo.person WHERE age BETWEEN 25 AND 75 AND die_date IS NULL AND paused_from IS NULL AND course IS NULL
		ORDER BY demo.r(801, p) LIMIT 8) s, generate_series(1, 6) j
	UNION ALL
	SELECT 'AGG-VISITS', p, county, 20 + j, false, false, 0, date '2025-11-29' + (p % 200)::integer + j + time '10:00'
	FROM (SELECT * FROM demo.person WHERE age BETWEEN 45 AND 75 AND die_date IS NULL AND paused_from IS NULL AND course IS NULL AND NOT mother
		ORDER BY demo.r(802, p) LIMIT 6) s, generate_series(1, 24) j
	UNION ALL
	SELECT 'AGG-PLACES', p, county, 50 + j, true, false, 1, date '2025-11-20' + (p % 200)::integer + j * 2 + time '14:00'
	FROM (SELECT * FROM demo.person WHERE age BETWEEN 45 AND 75 AND die_date IS NULL AND paused_from IS NULL AND course IS NULL AND NOT mother
		ORDER BY demo.r(803, p) LIMIT 6) s, generate_series(1, 10) j
	UNION ALL
	SELECT 'AGG-STAYS', p, county, 70 + j, false, true, 0, date '2025-10-10' + (p % 20)::integer + j * 28 + time '15:00'
	FROM (SELECT * FROM demo.person WHERE age BETWEEN 55 AND 75 AND die_date IS NULL AND paused_from IS NULL AND course IS NULL
		ORDER BY demo.r(804, p) LIMIT 5) s, generate_series(1, 10) j
	UNION ALL
	SELECT 'AGG-SPLIT', p, county, 90 + j, false, true, 0, date '2025-12-08' + (p % 200)::integer + j * 7 + time '15:00'
	FROM (SELECT * FROM demo.person WHERE age BETWEEN 50 AND 80 AND die_date IS NULL AND paused_from IS NULL AND course IS NULL
		ORDER BY demo.r(805, p) LIMIT 8) s, generate_series(1, 3) j
) s
JOIN demo.pool o ON o.county = s.county AND o.ftype = CASE WHEN s.rx THEN '2' ELSE '1' END AND o.lv = CASE WHEN s.rx THEN 0 WHEN s.ward THEN 2 ELSE 1 END
WHERE NOT EXISTS (SELECT FROM demo.visit w WHERE w.p = s.p AND w.los > 0 AND s.hint LIKE 'AGG%' AND w.t0::date <= s.t0::date + 4 AND w.t1::date >= s.t0::date - 1);

INSERT INTO demo.line (v, sn, t, item, cnt, pric, amt, rx, days, dose, doctor, dept, hint, honest)
SELECT v.v, x.ord::integer + 100 * d.day, CASE WHEN v.los > 0 THEN greatest(v.t0, v.t0::date + d.day + interval '9 hours') ELSE v.t0 END + x.ord * interval '2 min',
	i.item, 1, f.pric, f.pric, CASE WHEN i.cls IN ('X', 'Z') THEN 0 END, CASE WHEN i.cls IN ('X', 'Z') THEN 3 END, i.dose,
	'D' || lpad((v.inst * 100 + 1)::text, 12, '0'), 'A03', CASE WHEN v.note LIKE 'DQ-%' THEN v.note END, CASE WHEN v.note LIKE 'DQ-%' THEN false END
FROM demo.visit v
JOIN demo.inst n USING (inst)
CROSS JOIN LATERAL string_to_table(CASE v.setting WHEN 'rx' THEN 'ganmao lianhua' WHEN 'ip' THEN 'bed consult_ip nurse2 infusion saline' ELSE 'gh_op ganmao' END, ' ')
	WITH ORDINALITY x(k, ord)
JOIN demo.item i ON i.k = x.k
CROSS JOIN LATERAL generate_series(0, greatest(v.los - 1, 0)) d(day)
CROSS JOIN LATERAL (SELECT demo.price(i.price, i.cls, n.lv, n.ftype)) f(pric)
WHERE v.note IN ('DQ-DEATH', 'DQ-PAUSED') OR v.note LIKE 'AGG-%';

INSERT INTO demo.subject
SELECT note, demo.psn_no(p), false FROM demo.visit WHERE note LIKE 'AGG-%' GROUP BY 1, 2
UNION ALL
-- six cycles of chemotherapy, three dialyses a week: many visits, all honest
SELECT h, demo.psn_no(p), true FROM demo.person, (VALUES ('AGG-STAYS'), ('AGG-SPLIT')) s(h) WHERE course = 'chemo'
UNION ALL
SELECT 'AGG-VISITS', demo.psn_no(p), true FROM demo.person WHERE course = 'dial';

-- Two hospitals whose bills are drugs.
UPDATE demo.line l SET cnt = l.cnt * 12, amt = round(l.cnt * 12 * l.pric, 2)
FROM demo.visit v
WHERE v.v = l.v AND v.inst IN (SELECT inst FROM demo.inst WHERE lv = 2 AND n IN (3, 7))
	AND l.hint IS NULL AND l.reverses IS NULL AND l.cnt > 0
	AND l.item IN (SELECT item FROM demo.item WHERE cls = 'X' AND k <> 'insulin');
INSERT INTO demo.subject SELECT 'AGG-DRUG-SHARE', code, false FROM demo.inst WHERE lv = 2 AND n IN (3, 7);
