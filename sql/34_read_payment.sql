-- Limits read from the Chinese text: insurance, place, days, numbers, pairs.
--
-- As in 33_read_person.sql.

CREATE FUNCTION @extschema@.read_insurance(kind_seq integer, constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 300
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		CONSTANT text := read_text(constraint_text);
	injury	CONSTANT boolean := t ~ '工伤';
	birth	CONSTANT boolean := t ~ '生育保险|生育险';
BEGIN
	IF t ~ '基本医疗|医保|医疗保险|除外|不予|不支付|不得|不纳入' OR NOT (injury OR birth) THEN
		RETURN ('{}', 'unparsed', 'names other insurance, exceptions, or none')::reading;
	END IF;
	IF injury AND birth THEN
		RETURN ('{"attribute": "insutype", "op": "not_in", "value": ["310", "320", "330", "380", "390", "391", "392"]}',
			'partly', 'work-injury and maternity insurance: employees'' funds may carry maternity')::reading;
	ELSIF injury AND kind_seq IN (1, 16) THEN
		RETURN ('{"attribute": "insutype", "op": "not_in", "value": ["310", "320", "330", "380", "390", "391", "392", "510"]}',
			'understood', 'work-injury insurance: none of the medical types')::reading;
	ELSIF birth AND kind_seq IN (2, 17) THEN
		RETURN ('{"attribute": "insutype", "op": "in", "value": ["510"]}',
			'partly', 'maternity insurance: where it is merged, employees'' insurance pays it under 310')::reading;
	END IF;
	RETURN ('{}', 'unparsed', 'the insurance is not that of the kind')::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_insurance(integer, text) IS
'险种: reads 限工伤保险 and 限生育保险; the latter only partly, since merged funds pay maternity under another type.';

CREATE FUNCTION @extschema@.read_level(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 600
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		text := read_text(constraint_text);
	m		text[];
	lo		integer;
	hi		integer;
	n		integer;
	count	integer := 0;
	house	CONSTANT text := '(?:[甲乙丙]等)?(?:\([^)]*\))?(?:的)?(?:定点|公立|综合|专科|中医|眼科|儿童|妇产|肿瘤|专病|精神)*(?:专科|综合)?(医疗机构|医疗卫生机构|医疗单位|医院|卫生机构)';
BEGIN
	t := translate(regexp_replace(t, '\(含[^)]*\)', '', 'g'), '123', '一二三');
	t := regexp_replace(regexp_replace(regexp_replace(t, 'III(?=级)', '三', 'g'), 'II(?=级)', '二', 'g'), '(?<![IV])I(?=级)', '一', 'g');
	IF t ~ '首次|第一次|初次|首诊' THEN
		RETURN ('{}', 'unparsed', 'the level is asked of the first prescription only')::reading;
	END IF;
	-- 二级以下医疗机构不得使用
	m := regexp_match(t, '([二三])级以下' || house || '[^,;。]{0,6}(?:不得|不予|禁止|不能|不支付)');
	IF m IS NOT NULL THEN
		RETURN (jsonb_build_object('attribute', 'hosp_lv', 'op', '>=', 'value', strpos('一二三', m[1])), 'understood', m[1] || '级以下 are excluded')::reading;
	END IF;
	IF t ~ '(不得|不予支付|除外|不支付|不限)' OR t ~ '(或|及|和|、)(基层|社区|乡镇|村|药店|定点零售|专科|县级)|(基层|社区|乡镇|村|药店)[^,;。]{0,10}(或|及|和|、)'
		OR t ~ '(或|和|与|及|、)(?!以上|以下|其以|[一二三]级)[^,;。或和与及、一二三]{0,10}(医院|机构|中心|卫生院|卫生室|诊所|门诊部)' THEN
		RETURN ('{}', 'unparsed', 'exceptions or other places are named')::reading;
	END IF;
	FOR m IN SELECT regexp_matches(t, '([一二三])级[甲乙丙]?等?(及以上|或以上|以上|及其以上|及以下|以下|或以下)?' || house, 'g')
	LOOP
		n := strpos('一二三', m[1]);
		count := count + 1;
		IF m[2] ~ '下' THEN
			hi := GREATEST(hi, n);
		ELSE
			lo := LEAST(lo, n);
		END IF;
	END LOOP;
	IF count = 0 THEN
		m := regexp_match(t, '^(?:仅?限|限于|只限)(?:于)?([一二三])级(及以上|或以上|以上)?(?:使用|支付)?。?$');
		IF m IS NULL THEN
			-- 限二级、三级医疗机构
			m := regexp_match(t, '([一二])级?[、及和或]三级' || house);
		END IF;
		IF m IS NULL THEN
			RETURN ('{}', 'unparsed', 'no level of institution is stated')::reading;
		END IF;
		lo := strpos('一二三', m[1]);
		count := 1;
	ELSIF t ~ '([一二])级?[、及和或]三级' THEN
		lo := LEAST(lo, strpos('一二三', substring(t FROM '([一二])级?[、及和或]三级')));
	END IF;
	IF lo IS NOT NULL AND hi IS NOT NULL THEN
		RETURN ('{}', 'unparsed', 'levels from above and from below')::reading;
	ELSIF hi IS NOT NULL THEN
		RETURN (jsonb_build_object('attribute', 'hosp_lv', 'op', '<=', 'value', hi), 'understood', format('level %s and below', hi))::reading;
	END IF;
	IF count > 1 OR t ~ '[甲乙丙]等|级(及以上|以上)?(综合|专科)|医师|医生|科室|处方' THEN
		RETURN (jsonb_build_object('attribute', 'hosp_lv', 'op', '>=', 'value', lo), 'partly',
			format('at least level %s; type, department or physician is left over', lo))::reading;
	END IF;
	RETURN (jsonb_build_object('attribute', 'hosp_lv', 'op', '>=', 'value', lo), 'understood', format('at least level %s', lo))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_level(text) IS
'医疗机构级别: reads the lowest (or highest) level of institution; a level asked of the first prescription only is not read.';

-- Encounter types are excluded by name, so that a local type nobody listed is
-- never accused.
CREATE FUNCTION @extschema@.read_setting(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 600
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		text := read_text(constraint_text);
	no		CONSTANT text := '(?:[^,;。]{0,6})(?:不予|不得|不支付|不能|不纳入|除外)';
	inn		boolean;
	emg		boolean;
	outp	boolean;
	excl	jsonb;
	whom	text;
	state	text := 'understood';
BEGIN
	t := regexp_replace(t, '\((?![^()]*(?:住院|门诊|急诊))[^()]*\)', '', 'g');
	t := regexp_replace(t, '非(住院|门诊)[^,;。]{0,6}(?:不予支付|不支付|不得支付|不纳入[^,;。]*)', '限\1', 'g');
	IF t ~ '非(住院|门诊|急诊)|(不得|不予|禁止|不可|不能|不宜|不用)[^,;。]{0,4}(住院|门诊|急诊)' THEN
		RETURN ('{}', 'unparsed', 'a setting is negated')::reading;
	END IF;
	t := regexp_replace(t, '住院医师|住院号|住院天数|住院诊查|住院(病)?史|(既往|过去|曾|[年月周]内|最近|近期)[^,;。]{0,12}住院|住院过|出院|(门诊|急诊科?)医[师生]|门诊部|院外', '#', 'g');
	IF t ~ '除外|例外|经审批|备案|日间|家庭病床|急救|抢救|互联网|药店' THEN
		state := 'partly';
	END IF;
	IF t ~ ('住院' || no) OR t ~ ('门诊' || no) THEN
		IF t ~ ('住院' || no) AND t ~ ('门诊' || no) OR t ~ '急诊' OR state <> 'understood' THEN
			RETURN ('{}', 'unparsed', 'settings are both excluded and excepted')::reading;
		ELSIF t ~ ('住院' || no) THEN
			excl := '["21", "22", "23", "24", "26", "52"]'; whom := 'not for inpatients';
		ELSE
			excl := '["11", "12", "14", "41"]'; whom := 'not for outpatients';
		END IF;
		RETURN (jsonb_build_object('attribute', 'med_type', 'op', 'not_in', 'value', excl), state, whom)::reading;
	END IF;
	inn := t ~ '住院';
	emg := t ~ '急诊' AND t !~ '门急诊|门、急诊';
	outp := t ~ '门诊|门急诊|门、急诊';
	IF outp AND (inn OR emg) OR t ~ '除外|例外' THEN
		RETURN ('{}', 'unparsed', 'outpatients are admitted under conditions')::reading;
	ELSIF outp AND t ~ '慢|特殊|特病|规定病种' THEN
		RETURN ('{}', 'unparsed', 'a benefit for named diseases, not an encounter type')::reading;
	ELSIF inn AND emg THEN
		excl := '["11", "12", "14", "41"]'; whom := 'inpatients and emergencies';
		IF t ~ '急救|抢救' THEN
			state := 'understood';
		END IF;
	ELSIF inn THEN
		excl := '["11", "12", "13", "14", "41", "51"]'; whom := 'inpatients';
		IF t ~ '重症监护|ICU|监护病房|手术' THEN
			state := 'partly';
		END IF;
	ELSIF emg THEN
		excl := '["11", "12", "14", "21", "41"]'; whom := 'emergencies';
	ELSIF outp THEN
		excl := '["21", "22", "23", "24", "26", "52"]'; whom := 'outpatients';
	ELSE
		RETURN ('{}', 'unparsed', 'no setting is stated')::reading;
	END IF;
	RETURN (jsonb_build_object('attribute', 'med_type', 'op', 'not_in', 'value', excl), state, whom)::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_setting(text) IS
'就医方式: reads 住院, 急诊, 门诊 as the national encounter types that are excluded; unknown local types are never excluded.';

CREATE FUNCTION @extschema@.read_course(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		text := read_text(constraint_text);
	num		CONSTANT text := '([0-9]{1,4}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])';
	head	CONSTANT text := '(?:支付|付费|报销|使用|用药|疗程|治疗|时间|天数|住院|单次|每次|累计|合计|连续)[^,;。0-9一二两三四五六七八九十]{0,8}';
	m		text[];
	n		integer;
	numbers	integer[] := '{}';
	res		jsonb;
BEGIN
	IF t ~ '第一次使用|首次使用|首次用药' AND t ~ '(起|计算)' THEN
		RETURN ('{}', 'unparsed', 'a span from the first use, not days of use')::reading;
	END IF;
	IF t ~ ('每(周|个?月)[^,;。]{0,8}' || num || '[天日]') THEN
		RETURN ('{}', 'unparsed', 'days of each week or month, not of the course')::reading;
	END IF;
	FOR m IN SELECT regexp_matches(t, '(?:' || head || ')?(?:不超过|不得超过|不能超过|最多(?:连续|累计)?(?:支付|使用)?|最长(?:连续|累计)?(?:支付|使用)?(?:不超过)?|至多|不多于|不大于|≤|<=|限(?:支付|用)?)(?:为)?' || num
			|| '(天|日|周|个?月|年|个疗程)(?!用量|剂量|内|后)', 'g')
	LOOP
		n := read_number(m[1]);
		IF m[2] IN ('天', '日') THEN
			numbers := numbers || n;
		ELSIF m[2] = '周' THEN
			numbers := numbers || n * 7;
		ELSE
			RETURN ('{}', 'unparsed', 'a span of months or courses is not a number of days of use')::reading;
		END IF;
	END LOOP;
	IF numbers = '{}' THEN
		m := regexp_match(t, '(?:疗程|支付|使用)[^,;。0-9一二两三四五六七八九十]{0,6}' || num || '(天|日|周)(?:以内|之内|内)(?!开始|使用)');
		IF m IS NULL THEN
			m := regexp_match(t, '^限?(?:支付)?' || num || '(天|日|周)。?$');
		END IF;
		IF m IS NULL THEN
			RETURN ('{}', 'unparsed', 'no number of days is stated')::reading;
		END IF;
		numbers := ARRAY[(read_number(m[1]) * CASE m[2] WHEN '周' THEN 7 ELSE 1 END)::integer];
	END IF;
	SELECT max(x) INTO n FROM unnest(numbers) AS x;
	IF n IS NULL OR n = 0 THEN
		RETURN ('{}', 'unparsed', 'no number of days is stated')::reading;
	END IF;
	res := jsonb_build_object('max', n, 'period', 'visit');
	IF cardinality(numbers) > 1 AND (SELECT min(x) FROM unnest(numbers) AS x) < n THEN
		RETURN (res, 'partly', 'several numbers of days; the largest is taken')::reading;
	ELSIF t ~ '可延长|延长至|再(支付|使用|用)|重复|继续|特殊情况|除外|另行|审批|酌情|可适当' THEN
		RETURN (res, 'partly', 'may be prolonged')::reading;
	ELSIF t ~ '疾病过程|病程|总时间|每年|年度|一年|自然年|每月|累计|总计|每个?疗程|一个疗程|终身|终生' THEN
		RETURN (res, 'partly', 'days of one visit are counted; the span named reaches beyond it')::reading;
	END IF;
	RETURN (res, 'understood', format('%s days of use in one visit', n))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_course(text) IS
'支付疗程: reads the largest number of days that is paid, counted within one visit; hours of onset, intervals and quantities are not days.';

CREATE FUNCTION @extschema@.read_frequency(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 600
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		text := read_text(constraint_text);
	num		CONSTANT text := '([0-9]{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])';
	m		text[];
	n		numeric;
BEGIN
	t := regexp_replace(t, '^(计价单位|计费单位|收费单位|单位)(为|是)?:?', '');
	t := regexp_replace(t, '\([^)]*不足[^)]*\)|[,;]不足.*$|[。;]$', '', 'g');
	t := regexp_replace(t, '^(按|以|每|1|一)', '');
	t := regexp_replace(t, '(计费|计价|收费|收取|计)$', '');
	IF t ~ '^(日|天|床日|昼夜|人日|日次)$' THEN
		RETURN ('{"max": 1, "unit": "day"}', 'understood', 'priced by the day')::reading;
	ELSIF t ~ '^(个)?(小时|时)$' THEN
		RETURN ('{"max": 24, "unit": "day"}', 'understood', 'priced by the hour')::reading;
	ELSIF t ~ '^半(个)?小时$' OR t ~ '^30分钟$' THEN
		RETURN ('{"max": 48, "unit": "day"}', 'understood', 'priced by the half hour')::reading;
	ELSIF t ~ '^半[天日]$' THEN
		RETURN ('{"max": 2, "unit": "day"}', 'understood', 'priced by the half day')::reading;
	END IF;
	t := read_text(constraint_text);
	IF t ~ '部位|关节|穴|每侧|单侧|肢|项目|每个|特殊情况|除外|病情需要|酌情' THEN
		RETURN ('{}', 'unparsed', 'counted by site or with exceptions')::reading;
	END IF;
	IF (SELECT count(*) > 1 FROM regexp_matches(t, '(不超过|不得超过|最多|至多|≤|限)[^,;。]{0,6}?' || num || '次', 'g')) THEN
		RETURN ('{}', 'unparsed', 'several numbers')::reading;
	END IF;
	m := regexp_match(t, '(?:每[日天]|一[日天]|1[日天]|同[一]?[日天]|单日|当日)[^0-9一二两三四五六七八九十,;。]{0,8}?' || num || '(?:次|个?小时)');
	IF m IS NULL THEN
		m := regexp_match(t, num || '次(?:/|每)(?:日|天)');
	END IF;
	n := read_number(m[1]);
	IF n > 0 AND t !~ '(不少于|至少|≥|不低于)' AND t !~ '(每[周月年]|住院)' THEN
		RETURN (jsonb_build_object('max', n, 'unit', 'day'), 'understood', format('%s a day', n))::reading;
	END IF;
	m := regexp_match(t, '(?:每次住院|单次住院|一次住院|每次就诊|住院期间)[^0-9一二两三四五六七八九十,;。]{0,8}?' || num || '次');
	n := read_number(m[1]);
	IF n > 0 AND t !~ '(不少于|至少|≥|不低于|每[日天周月年])' THEN
		RETURN (jsonb_build_object('max', n, 'unit', 'visit'), 'understood', format('%s a visit', n))::reading;
	END IF;
	RETURN ('{}', 'unparsed', 'no unit of a day or visit')::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_frequency(text) IS
'频次: reads the unit of billing (日, 小时, …) or a number of times a day or visit; an hourly unit is a daily limit of 24.';

CREATE FUNCTION @extschema@.read_period(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 800
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		CONSTANT text := read_text(constraint_text);
	num		CONSTANT text := '([0-9]{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|半)';
	m		text[];
	n		numeric;
	p		numeric;
	res		jsonb := '{}';
	state	text := 'understood';
	why		text[] := '{}';
BEGIN
	IF t ~ '除外|特殊情况|病情需要|酌情|审批|可增加' THEN
		state := 'partly';
	END IF;
	m := regexp_match(t, '间隔[^0-9一二两三四五六七八九十半,;。]{0,10}' || num || '(天|日|周|个月|月|年)');
	IF m IS NOT NULL AND t ~ '间隔[^,;。]{0,12}(不短于|不少于|不低于|不得少于|不得短于|不得低于|至少|大于|超过|≥|应在|需)' AND t !~ '间隔[^,;。]{0,12}不(超过|大于)' THEN
		n := CASE m[1] WHEN '半' THEN 0.5 ELSE read_number(m[1]) END;
		n := CASE m[2] WHEN '天' THEN n WHEN '日' THEN n WHEN '周' THEN n * 7
			WHEN '年' THEN floor(n * 365) ELSE floor(n * 30.4375) - 2 END;
		res := jsonb_build_object('min_gap', n::integer);
		why := why || format('at least %s days apart', n::integer);
	END IF;
	m := regexp_match(t, '每' || num || '?(?:个)?(周|星期|月|季度|年|天|日|自然年|自然月|年度)(?:度)?[^0-9一二两三四五六七八九十,;。]{0,10}' || num || '次');
	IF m IS NULL THEN
		m := regexp_match(t, '(?:^|[^0-9])' || num || '(?:个)?(周|月|年|天|日)(?:内|之内)[^0-9一二两三四五六七八九十,;。]{0,10}' || num || '次');
	END IF;
	IF m IS NULL THEN
		m := regexp_match(t, num || '次/' || num || '?(?:个)?(周|月|年|天|日)');
		m := CASE WHEN m IS NOT NULL THEN ARRAY[m[2], m[3], m[1]] END;
	END IF;
	IF m IS NOT NULL AND t !~ '次数?(不少于|至少)' AND t !~ ('至少' || m[3]) THEN
		n := read_number(m[3]);
		p := CASE WHEN m[1] = '半' THEN 0.5 ELSE COALESCE(read_number(m[1]), 1) END;
		-- A calendar month, quarter or year is shorter or longer than the rolling
		-- one that is counted.
		IF m[2] ~ '自然|年度' OR t ~ '自然[年月]|年度|日历年|每(个)?(月|季|年)' THEN
			state := 'partly';
		END IF;
		m[2] := CASE WHEN m[2] ~ '周|星期' THEN 'week' WHEN m[2] ~ '季' THEN 'quarter' WHEN m[2] ~ '年' THEN 'year' WHEN m[2] ~ '月' THEN 'month' ELSE 'day' END;
		IF p = 0.5 THEN
			m[2] := CASE m[2] WHEN 'year' THEN '6 months' WHEN 'month' THEN '15 days' END;
		ELSE
			m[2] := CASE m[2] WHEN 'week' THEN p * 7 || ' days' WHEN 'quarter' THEN p * 3 || ' months'
				ELSE p || ' ' || m[2] || CASE WHEN p > 1 THEN 's' ELSE '' END END;
		END IF;
		IF n > 0 AND m[2] IS NOT NULL THEN
			res := res || jsonb_build_object('max', n, 'period', m[2]);
			why := why || format('%s in %s', n, m[2]);
		END IF;
	END IF;
	IF res = '{}' THEN
		-- What a value reflects need not be measured twice within it.
		m := regexp_match(t, '反映[^0-9一二两三四五六七八九十]{0,6}' || num || '(?:(?:[至到~-]|[—–]+)' || num || ')?(天|日|周|个月|月)');
		IF m IS NOT NULL THEN
			n := read_number(m[1]);
			res := jsonb_build_object('max', 1, 'period', CASE WHEN m[3] IN ('天', '日') THEN n || ' days' WHEN m[3] = '周' THEN n * 7 || ' days'
				WHEN n = 1 THEN '1 month' ELSE n || ' months' END);
			why := why || format('reflects %s at the least', res ->> 'period');
		END IF;
	END IF;
	IF res = '{}' THEN
		RETURN ('{}', 'unparsed', 'neither an interval nor a number per period')::reading;
	END IF;
	RETURN (res, state, array_to_string(why, '; '))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_period(text) IS
'周期频次: reads a least interval (min_gap, days), a number per period, or the period that a value reflects (the shorter end).';

-- A×B: the text says what A includes, so B is what was charged in addition.
CREATE FUNCTION @extschema@.read_pair(item_name text, constraint_text text, codes text[])
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 600
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	nm		CONSTANT text := regexp_replace(translate(read_text(item_name), '✕✖*', '×××'), '(?<=[一-鿿)])[xX](?=[一-鿿])', '×');
	t		CONSTANT text := read_text(constraint_text);
	a		text;
	b		text;
	b_short	text;
	judged	integer := 2;
	state	text := 'understood';
	why		text := 'A includes B: B is judged';
	part	text;
BEGIN
	IF COALESCE(cardinality(codes), 0) <> 2 OR codes[1] = codes[2] THEN
		RETURN ('{}', 'unparsed', 'a pair needs two different codes')::reading;
	END IF;
	a := split_part(nm, '×', 1);
	b := substr(nm, length(a) + 2);
	IF a = '' OR b = '' THEN
		RETURN ('{}', 'unparsed', 'the name is no pair A×B')::reading;
	END IF;
	b_short := regexp_replace(b, '\(.*$', '');
	IF t ~ '可同时(收取|收费|计费)|另行(计|收)|分别计费|分别收取|可?另(加|计)?收|可加收|可以同时|同时计费' THEN
		RETURN ('{}', 'unparsed', 'the text allows both')::reading;
	END IF;
	-- 不含: what the text takes out of A is no duplicate.
	FOR part IN SELECT regexp_split_to_table(x[1], '[、,及和与]|以?外') FROM regexp_matches(t, '(?:不(?:包?含|包括)|(?<![切摘剥解去清拆])除(?=[^;。]{1,20}外))([^;。]+)', 'g') AS x
	LOOP
		IF length(part) > 1 AND (b_short = part OR strpos(b, part) > 0) THEN
			RETURN ('{}', 'unparsed', 'the text says that A does not include B')::reading;
		END IF;
	END LOOP;
	IF length(b_short) > 1 AND t ~ ('^' || regexp_replace(b_short, '([][().+*?|^$\\{}])', '\\\1', 'g') || '[^不;。]{0,6}(包含|已含|包括|含)') THEN
		judged := 1;
		why := 'B includes A: A is judged';
	ELSIF t !~ '(^|[^不包])含|[^不]包含|^包含' THEN
		state := 'partly';
		why := 'the text does not say which includes the other';
	END IF;
	IF t ~ '同一(部位|切口|病变|血管|病灶|侧|手术野|视野|关节|支)|同侧|除外|特殊情况|同一医师' THEN
		state := 'partly';
		why := 'on a condition that is not in the facts';
	END IF;
	RETURN (jsonb_build_object('with', jsonb_build_array(codes[judged])), state, why)::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_pair(text, text, text[]) IS
'成对项目: of A×B with two codes in order, which one is charged in addition (with), unless the text excludes or allows it.';

CREATE FUNCTION @extschema@.read_price(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 300
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		CONSTANT text := read_text(constraint_text);
	prices	numeric[];
	top		numeric;
BEGIN
	SELECT array_agg(m[1]::numeric) INTO prices
	FROM regexp_matches(t, '(?:不超过|不高于|不得超过|不得高于|最高(?:限价|支付|收费)?|上限|限价)[^0-9,;。]{0,6}([0-9]{1,8}(?:\.[0-9]{1,2})?)元', 'g') AS m;
	IF prices IS NULL THEN
		RETURN ('{}', 'unparsed', 'no price is stated')::reading;
	END IF;
	SELECT max(x) INTO top FROM unnest(prices) AS x;
	RETURN (jsonb_build_object('ceiling', jsonb_build_array(jsonb_build_object('price', top))),
		CASE WHEN cardinality(prices) = 1 AND t !~ '除外|级|地区|[省市县]|加收|每年|年度|/|万' THEN 'understood' ELSE 'partly' END,
		format('at most %s yuan', top))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_price(text) IS
'限价: reads one ceiling in yuan; of several, the highest, and only partly.';

CREATE FUNCTION @extschema@.read_kinds(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t	CONSTANT text := read_text(constraint_text);
	m	text[] := regexp_match(t, '(?:不超过|不得超过|最多|≤|不多于)([0-9]{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?:种|味|个品种)');
BEGIN
	IF m IS NULL THEN
		RETURN ('{}', 'unparsed', 'no number of kinds is stated')::reading;
	END IF;
	RETURN (jsonb_build_object('max', read_number(m[1]), 'unit', 'rx'),
		CASE WHEN t ~ '除外|特殊|确需|审批|每日|当日' THEN 'partly' ELSE 'understood' END, format('at most %s kinds', read_number(m[1])))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_kinds(text) IS
'种数: reads the largest number of kinds in one prescription.';
