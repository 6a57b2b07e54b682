-- Limits read from the Chinese text of a knowledge point.
--
-- A reader returns what the text says in the parameters of the kind's
-- template, how far it was understood, and why. 'understood' is claimed only
-- where everything that the text says for this kind stands in the limits; of
-- two readings the one that accuses less is taken. The vocabulary is general
-- medical language; each reader first masks the words that merely look alike.

CREATE TYPE @extschema@.reading AS
(
	limits		jsonb,
	understood	text,
	why			text
);
COMMENT ON TYPE @extschema@.reading IS
'What was read from the text of a knowledge point: limits, how far understood, and the words it rests on.';
COMMENT ON COLUMN @extschema@.reading.limits IS 'Parameters for the template of the kind';
COMMENT ON COLUMN @extschema@.reading.understood IS 'understood, partly or unparsed';
COMMENT ON COLUMN @extschema@.reading.why IS 'Words that the reading rests on, or what is missing';

CREATE FUNCTION @extschema@.read_text(t text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 20
AS $$
	SELECT pg_catalog.regexp_replace(pg_catalog.normalize(COALESCE(t, ''), 'NFKC'), '\s|[\x01-\x1f\u200b-\u200d\ufeff]', '', 'g')
$$;
COMMENT ON FUNCTION @extschema@.read_text(text) IS
'Text as the readers see it: compatibility forms folded (full width, radicals, roman numerals), white space and control characters removed; NULL is empty.';

CREATE FUNCTION @extschema@.read_number(t text)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN t ~ '^[0-9]{1,6}(\.[0-9]{1,4})?$' THEN t::numeric
		WHEN t ~ '^[一二两三四五六七八九]$' THEN translate(t, '一二两三四五六七八九', '1223456789')::numeric
		WHEN t ~ '^[一二三四五六七八九]?十[一二三四五六七八九]?$' THEN
			COALESCE(NULLIF(translate(split_part(t, '十', 1), '一二三四五六七八九', '123456789'), ''), '1')::numeric * 10
			+ COALESCE(NULLIF(translate(split_part(t, '十', 2), '一二三四五六七八九', '123456789'), ''), '0')::numeric
	END
$$;
COMMENT ON FUNCTION @extschema@.read_number(text) IS
'Number written in digits or in Chinese numerals up to 99; NULL if it is none.';

-- Sentences that warn, exclude or describe harm say nothing of whom an item
-- is for.
CREATE FUNCTION @extschema@.read_indications(t text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT COALESCE(string_agg(s, '。' ORDER BY n), '')
	FROM regexp_split_to_table(t, '[。;!\n]') WITH ORDINALITY AS x(s, n)
	WHERE s !~ '禁用|慎用|忌用|忌服|禁服|慎服|禁忌:|不推荐|避免使用|不(宜|应|得|可)(使用|服用|应用)|禁止使用|除外|不良反应|副作用|可(能)?(引起|导致|造成|出现)|可致|尚(不|未)(明确|确立|确定)|未进行|注意事项'
$$;
COMMENT ON FUNCTION @extschema@.read_indications(text) IS
'The sentences of a text that are no warnings, exclusions or adverse effects.';

CREATE FUNCTION @extschema@.read_sex(item_name text, constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	male_words	CONSTANT text :=
		'(前列腺|睾丸|隐睾|附睾|阴茎|阴囊|包皮|包茎|龟头|精索|精囊|输精管|射精|精液|精子|精浆|遗精|滑精|梦遗|早泄|阳[痿萎]|勃起|[弱少无死]精(?=[子症、,;()。]|$)|鞘膜积液|男)';
	female_words	CONSTANT text :=
		'(子宫|宫颈|宫腔|宫体|宫角|宫缩|胞宫|刮宫|清宫|暖宫|宫寒|宫外孕|卵巢|输卵管|[采取排]卵|卵泡|卵母细胞|阴道|外阴|阴蒂|阴唇|女阴|阴痒|阴蚀|阴挺|前庭大腺|巴氏腺|后穹窿|阔韧带|处女膜'
		'|月经|月事|痛经|经期|经量|经血|经色|经水|经行|行经|经前|经后|经来|经闭|闭经|绝经|初潮|崩漏|血崩|调经|固经|更年期|白带|带下|赤带|止带'
		'|盆腔炎|附件炎|双附件|子宫附件|附件(囊肿|包块|肿物)|阴式|妇|女)';
	birth_words	CONSTANT text :=
		'(孕妇|怀孕|妊娠|受孕|早孕|孕[期周产早中晚]|保孕|不孕|口服避孕|紧急避孕|避孕[药针环]|宫内节育|上环(?=后|术|所|加|引|者)|取环[术后]|宫内孕'
		'|流产|引产|催产|产后|产前|产妇|产褥|产程|产道|产科|产钳|分娩|顺产|难产|早产|小产|剖[腹宫]产|临产|助产|待产|接生|子痫|恶露'
		'|胎儿|胎动|胎位|胎心|胎头|安胎|保胎|胎漏|胎膜|胎盘|[死减取多双单]胎|葡萄胎|羊水|羊膜|绒毛取材|人工授精'
		'|哺乳|乳汁|缺乳|少乳|乳少|无乳|[下通催增回]乳)';
	all_text	text := read_text(item_name) || '。' || read_text(constraint_text);
	said		text;
	sentence	text;
	found		text[];
	male		text[] := '{}';
	female		text[] := '{}';
	besides		text;
BEGIN
	-- A limit stated by excluding the other sex.
	IF all_text ~ '女性?(患者|病人|者)?(禁用|不适用|不得使用|不予支付|除外)' THEN
		male := male || '女性除外'::text;
	END IF;
	IF all_text ~ '男性?(患者|病人|者)?(禁用|不适用|不得使用|不予支付|除外)' THEN
		female := female || '男性除外'::text;
	END IF;
	said := regexp_replace(all_text, '[男女]性?(患者|病人|者)?(禁用|不适用|不得使用|不予支付|除外)', '', 'g');
	said := read_indications(said);

	IF said ~ '男女|男性?[和或及与、]女|女性?[和或及与、]男|夫妇|夫妻|配偶|双方|不孕不育|性别不限|不分性别' THEN
		RETURN ('{}', 'unparsed', 'both sexes are named')::reading;
	END IF;

	-- Words that only look like the terms below.
	said := regexp_replace(said,
		'前列腺素|经(?=前列腺)|睾丸?酮|睾丸素|抗精子|酒精囊|无精打采|[无少]精神|阴蒂包皮|[面红]包皮|包皮肤'
		'|女贞|子女|儿女|女儿|妇幼|妇儿|女性化|母婴|哺乳(动物|类)'
		'|孕激素|孕酮|孕烯|孕二[烯酮]|孕三烯酮?|炔诺孕酮|黄体(生成|酮)|促黄体|促?卵泡(刺激|生成|激)|绒毛膜促性腺'
		'|甲胎|胎牛|畸胎瘤|胎记|胎粪|胎盘(组织|多肽|脂多糖|球蛋白|注射|提取|片|粉)|人胎盘|胎黄'
		'|生产|产生|产品|产业|量产|投产|产地|产量|产物|产能|产[热酸气酶碱毒超]|[国水物财资遗特破]产|[物主]流|回流产|吸引产|催产素'
		'|携带|[韧声绷脐腰热寒纽系条胶吊]带|蛋白带|带状|带下[列方]'
		'|神经|[已曾未历业]经|[拒断]绝经|[封密关]闭经|经闭(合|式|塞)|[个0-9一二三四五六七八九十数半多]月经|[疼头腹胃牙背胸颈肢关]痛经(?![、,。和或及期])'
		'|经血(管|液|流|透|清|浆|压|型|培|细|氧|气|常|源|生|小)|经水(化|合|溶|解|煎|提|洗)|经量化|调经[络脉]'
		'|行经(?![腹小期前后时量不错腰,、。])|经行(?![腹小头不乳量错先后发吐])|经前(庭|外|路|入|胸|臂|壁|颅|牙|房)|经后(路|外|腹|正中)'
		'|普通乳|[皮腋颌]下乳|下乳头|无乳(链|糖|酸)|少乳(酸|糖)|减少乳|缺乳(糖|酸)|乳汁[样状色]|[泌催]乳(激)?素|迷宫|安宫牛黄',
		'#', 'g');

	FOR sentence IN SELECT s FROM regexp_split_to_table(said, '。') AS s WHERE s <> ''
	LOOP
		SELECT array_agg(m[1]) INTO found
		FROM regexp_matches(sentence,
			male_words, 'g') AS m;
		male := male || COALESCE(found, '{}');
		SELECT array_agg(m[1]) INTO found
		FROM regexp_matches(sentence,
			female_words, 'g') AS m;
		female := female || COALESCE(found, '{}');
		-- What is said of pregnancy and birth in a sentence on infants is
		-- said of their mothers.
		IF sentence !~ '新生儿|婴|患儿|早产儿|儿童|小儿' THEN
			SELECT array_agg(m[1]) INTO found
			FROM regexp_matches(sentence,
				birth_words, 'g') AS m;
			female := female || COALESCE(found, '{}');
		END IF;
	END LOOP;

	SELECT COALESCE(array_agg(DISTINCT x), '{}') INTO male FROM unnest(male) AS x;
	SELECT COALESCE(array_agg(DISTINCT x), '{}') INTO female FROM unnest(female) AS x;
	-- 更年期 alone is said of women; with a man named it is his.
	IF male <> '{}' AND female = '{更年期}' THEN
		female := '{}';
	END IF;
	-- A cancer of either sex beside that of an organ.
	IF said ~ '(肺|胃|肠|肝|食管|胰腺?|膀胱|肾|甲状腺|鼻咽|头颈部?|乳腺|胆|皮肤)(细胞)?癌|淋巴瘤|肉瘤|白血病|骨髓瘤'
		AND male || female <> '{}' AND NOT male || female && '{男,女,妇,绝经}' THEN
		RETURN ('{}', 'unparsed', 'a disease of either sex is named beside')::reading;
	END IF;
	besides := (regexp_match(said, '(?:[也亦还]|同时)(?:可|适)?(?:试|应)?用于(.*)$'))[1];
	IF besides !~ (male_words || '|' || female_words || '|' || birth_words) AND (male = '{}') <> (female = '{}') THEN
		RETURN (jsonb_build_object('attribute', 'gend', 'op', 'in', 'value', jsonb_build_array(CASE WHEN male = '{}' THEN '2' ELSE '1' END)),
			'partly', 'also used for what is not of one sex: ' || left(besides, 40))::reading;
	END IF;
	IF male <> '{}' AND female <> '{}' THEN
		RETURN ('{}', 'unparsed', format('words of both sexes: %s; %s',
			array_to_string(male, ' '), array_to_string(female, ' ')))::reading;
	ELSIF male <> '{}' THEN
		RETURN ('{"attribute": "gend", "op": "in", "value": ["1"]}', 'understood',
			'male: ' || array_to_string(male, ' '))::reading;
	ELSIF female <> '{}' THEN
		RETURN ('{"attribute": "gend", "op": "in", "value": ["2"]}', 'understood',
			'female: ' || array_to_string(female, ' '))::reading;
	END IF;
	RETURN ('{}', 'unparsed', 'no word tells the sex')::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_sex(text, text) IS
'性别: reads the one sex that an item is for from organs, conditions and words for men and women; words of both sexes, or none, are not guessed.';

-- Ages in days, lower and upper, either NULL where the text sets none. A year
-- that is named belongs to the range (以上 and 以下 include their number);
-- months count from their shortest to their longest.
CREATE FUNCTION @extschema@.read_ages(t text, OUT lo numeric, OUT hi numeric, OUT years boolean)
RETURNS record
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	num			CONSTANT text := '([0-9]{1,3}(?:\.[0-9])?|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])';
	-- Months and days are ages only where a child or 龄 follows.
	unit		CONSTANT text := '(周?岁|日龄|月龄|个?月(?=[^,;。、]{0,6}(?:龄|婴|幼|儿)))';
	m			text[];
	n			numeric;
	part_lo		numeric;
	part_hi		numeric;
	have_lo		boolean := true;
	have_hi		boolean := true;
	part		text;
BEGIN
	years := true;
	-- "1.1岁" after "2." elsewhere is an item number before "1岁".
	IF t ~ '(^|[:;。,)])1[.、]' AND t ~ '[;。,]?2[.、]' THEN
		t := regexp_replace(t, '(^|[:;。,)、])[1-9][.、](?=[^ ])', '\1§', 'g');
	END IF;

	FOR part IN SELECT s FROM regexp_split_to_table(t, '§') AS s WHERE s ~ '[^限:于用 ]'
	LOOP
		part_lo := NULL;
		part_hi := NULL;
		FOR m IN SELECT regexp_matches(part, '(?<![0-9.])' || num || '(周?岁|个?月|月龄)?(?:[至到~-]|[—–]+)' || num || unit
				|| '(?:以下|以内)?(?:\((不?含)[^)]*\))?', 'g')
		LOOP
			n := read_number(m[1]);
			part_lo := LEAST(part_lo, CASE WHEN COALESCE(m[2], m[4]) ~ '岁' THEN floor(n) * 365.25 WHEN COALESCE(m[2], m[4]) ~ '月' THEN n * 30.4375 - 3 ELSE n END);
			n := read_number(m[3]);
			IF m[4] ~ '岁' THEN
				n := (ceil(n) + CASE WHEN m[5] = '不含' THEN 0 ELSE 1 END) * 365.25;
			ELSE
				years := false;
				n := CASE WHEN m[4] ~ '月' THEN (n + 1) * 30.5 + 1 ELSE n END;
			END IF;
			IF m[2] ~ '月' THEN
				years := false;
			END IF;
			part_hi := GREATEST(part_hi, n);
		END LOOP;
		part := regexp_replace(part, num || '(周?岁|个?月|月龄)?(?:[至到~-]|[—–]+)' || num || '(周?岁|月龄|日龄|个?月)(以下|以内)?', '#', 'g');

		FOR m IN SELECT regexp_matches(part, '(≥|>=|>|大于等于|大于|超过|不小于|年?满)?(?<![0-9.])' || num || unit
				|| '(?:\(含[^)]*\))?(及以上|或以上|以上|及' || num || '周?岁以上)?', 'g')
		LOOP
			CONTINUE WHEN m[1] IS NULL AND m[4] IS NULL;
			CONTINUE WHEN part ~ ('[未不]满' || m[2]);
			n := read_number(m[2]);
			part_lo := LEAST(part_lo, CASE WHEN m[3] ~ '岁' THEN floor(n) * 365.25 WHEN m[3] ~ '月' THEN n * 30.4375 - 3 ELSE n END);
			years := years AND m[3] ~ '岁';
		END LOOP;

		FOR m IN SELECT regexp_matches(part, '(≤|<=|<|小于等于|小于|低于|[未不]满|不超过|不大于)?(?<![0-9.])' || num || unit
				|| '(?:\((不?含)[^)]*\))?((?:及|或)?(?:以下|以内)(?:\(不含[^)]*\))?)?', 'g')
		LOOP
			CONTINUE WHEN m[1] IS NULL AND m[5] IS NULL;
			n := read_number(m[2]);
			IF m[3] ~ '岁' THEN
				n := (ceil(n) + CASE WHEN m[1] IN ('<', '小于', '低于', '未满', '不满') OR m[4] = '不含' OR m[5] ~ '不含' THEN 0 ELSE 1 END) * 365.25;
			ELSE
				years := false;
				n := CASE WHEN m[3] ~ '月' THEN (n + 1) * 30.5 + 1 ELSE n END;
			END IF;
			part_hi := GREATEST(part_hi, n);
		END LOOP;

		m := regexp_match(part, '(?:出生|生后|年龄)[^0-9,;。]{0,6}' || num || '(天|日)');
		IF m IS NOT NULL THEN
			part_hi := GREATEST(part_hi, read_number(m[1]));
			years := false;
		END IF;

		-- Alternatives: what any of them leaves open is open.
		have_lo := have_lo AND part_lo IS NOT NULL;
		have_hi := have_hi AND part_hi IS NOT NULL;
		lo := LEAST(lo, part_lo);
		hi := GREATEST(hi, part_hi);
	END LOOP;
	IF NOT have_lo THEN
		lo := NULL;
	END IF;
	IF NOT have_hi THEN
		hi := NULL;
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.read_ages(text) IS
'Ages that a text states, in days (a year 365.25): lower, upper (the first instant beyond the last year named), and whether years alone were named; of numbered alternatives the widest.';

CREATE FUNCTION @extschema@.age_limit(lo numeric, hi numeric, years boolean)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 50
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN lo > 0 AND hi IS NOT NULL THEN jsonb_build_object('attribute', a, 'op', 'between', 'value', jsonb_build_array(l, h))
		WHEN hi IS NOT NULL THEN jsonb_build_object('attribute', a, 'op', '<=', 'value', h)
		WHEN lo > 0 THEN jsonb_build_object('attribute', a, 'op', '>=', 'value', l)
	END
	FROM (SELECT CASE WHEN years THEN 'age' ELSE 'age_days' END AS a,
		CASE WHEN years THEN round(lo / 365.25)::integer ELSE floor(lo)::integer END AS l,
		CASE WHEN years THEN round(hi / 365.25)::integer - 1 ELSE ceil(hi)::integer END AS h) AS x
$$;
COMMENT ON FUNCTION @extschema@.age_limit(numeric, numeric, boolean) IS
'Limit on completed years, or on days of life where months or days were named, from what read_ages returns; NULL where nothing is limited.';

-- children: the kind itself says that the item is for children (or newborns).
CREATE FUNCTION @extschema@.read_age(kind_seq integer, item_name text, constraint_text text, child_age integer)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 3000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	children	CONSTANT boolean := kind_seq IN (7, 19, 33, 65, 80);
	newborns	CONSTANT boolean := kind_seq IN (6, 18, 32);
	label		CONSTANT boolean := kind_seq = 65;	-- the text is an indication, not a limit
	raw			text := read_text(constraint_text);
	t			text := read_indications(raw);
	w			text;
	a			record;
	hi			numeric;
	years		boolean;
	stage		text;
	stage_hi	numeric;
	left_over	text;
	res			jsonb;
BEGIN
	w := replace(replace(t, '未成年', '少年'), '学龄前儿童', '学龄前');
	IF (children OR newborns) AND (raw || read_text(item_name)) ~ '成人|(?<!未)成年|老年|中年|各年龄|所有年龄|不限年龄|孕妇|产妇|青壮年' THEN
		RETURN ('{}', 'unparsed', 'grown-ups are named as well')::reading;
	END IF;
	IF t ~ '(儿童?|婴儿|小儿|患儿)(患者)?(或|及|和|与|以及)(?!青少年|少年|婴|幼|儿|新生|早产|小儿|学龄|患儿)[^,;。]*(患者|病人|人群|者)($|[,;。])' THEN
		RETURN ('{}', 'unparsed', 'others than children are named as well')::reading;
	END IF;
	a := read_ages(w);
	hi := a.hi;
	years := a.years;
	-- The lower end of a label's indication in months is medicine, not payment.
	IF label AND hi IS NULL AND NOT years THEN
		a.lo := NULL;
		years := true;
	END IF;

	-- The stage of life that reaches furthest. A label's 婴幼儿 is who gets the
	-- disease, not a limit.
	IF label OR NOT (children OR newborns) THEN
		w := w || read_text(item_name);
	ELSIF w !~ '儿|婴|少年|学龄' THEN
		w := read_text(item_name);
	END IF;
	IF w ~ '儿童|小儿|患儿|青少年|少年|少儿' OR (label AND w ~ '婴|幼|儿|新生') THEN
		stage := '儿童'; stage_hi := (child_age + 1) * 365.25;
	ELSIF w ~ '学龄前' THEN
		stage := '学龄前'; stage_hi := 8 * 365.25;
	ELSIF w ~ '幼儿' AND w !~ '婴幼儿' THEN
		stage := '幼儿'; stage_hi := 7 * 365.25;
	ELSIF w ~ '婴幼儿' THEN
		stage := '婴幼儿'; stage_hi := 4 * 365.25;
	ELSIF w ~ '婴儿|婴' OR w ~ '早产儿' THEN
		stage := '婴儿'; stage_hi := 2 * 365.25;
	ELSIF w ~ '新生儿' THEN
		stage := '新生儿'; stage_hi := 28;
	END IF;

	IF hi IS NULL AND (children OR newborns OR t ~ '^(仅?限|限于|仅用于|只限)' OR t ~ '专用') THEN
		hi := stage_hi;
		IF stage = '新生儿' THEN
			hi := 28; years := false;
			stage := '新生儿';
		END IF;
	END IF;
	-- A lower bound in years with an upper stage in days is no limit to trust.
	IF years IS FALSE AND a.years AND a.lo IS NOT NULL THEN
		a.lo := NULL;
	END IF;
	IF a.lo IS NULL AND hi IS NULL AND kind_seq = 29 THEN
		IF t ~ '法定(就业|劳动)年龄' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 16}', 'partly',
				'from the legal working age of 16; the end depends on sex, occupation and year')::reading;
		ELSIF t ~ '^(仅?限|限于).*(成人|成年)' AND t !~ '未成年|儿童' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 18}', 'understood', 'grown-ups')::reading;
		ELSIF t ~ '^(仅?限|限于).*老年' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 60}', 'understood', '老年: from 60')::reading;
		END IF;
	END IF;
	res := age_limit(a.lo, hi, years);
	IF res IS NULL THEN
		RETURN ('{}', 'unparsed', 'no age is stated')::reading;
	END IF;
	left_over := substring(raw FROM '体重[^,;。]{0,3}[0-9.]+(?:kg|公斤|千克)|身高[^,;。]*[0-9]|胎龄[^,;。]*|孕周[^,;。]*|出生体重[^,;。]*');
	IF left_over IS NOT NULL THEN
		RETURN (res, 'partly', 'not in the facts: ' || left_over)::reading;
	END IF;
	IF NOT (children OR newborns) AND raw ~ '除外|特殊情况|[及和或][^,;。]*患者$' THEN
		RETURN (res, 'partly', 'with exceptions or alternatives')::reading;
	END IF;
	RETURN (res, 'understood', concat_ws('; ',
		CASE WHEN a.lo IS NOT NULL OR a.hi IS NOT NULL THEN 'age stated' END,
		CASE WHEN a.hi IS NULL THEN stage END))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_age(integer, text, text, integer) IS
'年龄: reads an age range from numbers, else from the stage of life that is named; 儿童 without a number ends with child_age completed years.';

-- Who must not: the limit is what remains allowed.
CREATE FUNCTION @extschema@.read_forbidden_age(kind_seq integer, item_name text, constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t			CONSTANT text := read_text(constraint_text);
	who			text;
	m			text[];
	forbidden	CONSTANT text := '禁用|忌用|禁忌|禁止使用|不得使用|不应使用|禁服|不可使用|不予支付';
BEGIN
	-- The clause that forbids.
	SELECT string_agg(s, ',') INTO who
	FROM regexp_split_to_table(t, '[。;]') AS s
	WHERE s ~ forbidden AND s ~ CASE kind_seq WHEN 66 THEN '岁|月龄|个月|儿|婴|少年|未成年' ELSE '岁|老年|高龄' END;
	IF who IS NULL THEN
		RETURN ('{}', 'unparsed', CASE WHEN t ~ '慎用|不推荐|不宜|尚不|未确' THEN 'advises caution, does not forbid' ELSE 'no age is forbidden' END)::reading;
	END IF;
	IF who ~ '慎用|遵医嘱|除外|可用于' THEN
		RETURN ('{}', 'unparsed', 'forbids and allows in one sentence')::reading;
	END IF;

	IF kind_seq = 66 THEN
		m := regexp_match(who, '([0-9]{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(周?岁|个月|月龄)(?:及)?(?:以下|以内)');
		m := COALESCE(m, regexp_match(who, '(?:<|小于|未满|不满|低于)([0-9]{1,2})(周?岁|个月|月龄)'));
		IF m IS NOT NULL AND m[2] ~ '岁' THEN
			RETURN (jsonb_build_object('attribute', 'age', 'op', '>=', 'value', read_number(m[1])), 'understood', 'forbidden below ' || m[1] || m[2])::reading;
		ELSIF m IS NOT NULL THEN
			RETURN (jsonb_build_object('attribute', 'age_days', 'op', '>=', 'value', floor(read_number(m[1]) * 30.4375 - 3)), 'understood', 'forbidden below ' || m[1] || m[2])::reading;
		ELSIF who ~ '[0-9一二三四五六七八九十](周?岁|个月|月龄)|早产' THEN
			RETURN ('{}', 'unparsed', 'the age that is forbidden is not read')::reading;
		ELSIF who ~ '儿童|小儿|患儿|未成年' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 14}', 'understood', '儿童: forbidden below 14')::reading;
		ELSIF who ~ '婴幼儿|幼儿' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 3}', 'understood', '婴幼儿: forbidden below 3')::reading;
		ELSIF who ~ '婴儿' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 1}', 'understood', '婴儿: forbidden below 1')::reading;
		ELSIF who ~ '新生儿' THEN
			RETURN ('{"attribute": "age_days", "op": ">=", "value": 28}', 'understood', '新生儿: forbidden in the first 28 days')::reading;
		END IF;
	ELSE
		m := regexp_match(who, '([0-9]{2,3}|[五六七八九]十[一二三四五六七八九]?)周?岁(?:及)?以上');
		m := COALESCE(m, regexp_match(who, '(?:>|≥|大于|超过)([0-9]{2,3})周?岁'));
		IF m IS NOT NULL THEN
			RETURN (jsonb_build_object('attribute', 'age', 'op', '<=', 'value', read_number(m[1])), 'understood', 'forbidden beyond ' || m[1])::reading;
		ELSIF who ~ '岁' THEN
			RETURN ('{}', 'unparsed', 'the age that is forbidden is not read')::reading;
		ELSIF who ~ '老年|高龄' THEN
			RETURN ('{"attribute": "age", "op": "<=", "value": 64}', 'understood', '老年: forbidden from 65')::reading;
		END IF;
	END IF;
	RETURN ('{}', 'unparsed', 'the age that is forbidden is not read')::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_forbidden_age(integer, text, text) IS
'禁用年龄: reads from a prohibition for children (kind 66) or the old (kind 72) who remains allowed; caution is no prohibition.';

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
	IF t ~ '基本医疗|医保|医疗保险|除外' OR NOT (injury OR birth) THEN
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
	t := translate(t, '123', '一二三');
	t := regexp_replace(regexp_replace(regexp_replace(t, 'III(?=级)', '三', 'g'), 'II(?=级)', '二', 'g'), '(?<![IV])I(?=级)', '一', 'g');
	IF t ~ '首次|第一次|初次|首诊' THEN
		RETURN ('{}', 'unparsed', 'the level is asked of the first prescription only')::reading;
	END IF;
	-- 二级以下医疗机构不得使用
	m := regexp_match(t, '([二三])级以下' || house || '[^,;。]{0,6}(?:不得|不予|禁止|不能|不支付)');
	IF m IS NOT NULL THEN
		RETURN (jsonb_build_object('attribute', 'hosp_lv', 'op', '>=', 'value', strpos('一二三', m[1])), 'understood', m[1] || '级以下 are excluded')::reading;
	END IF;
	IF t ~ '(不得|不予支付|除外|不支付|不限)' OR t ~ '(或|及|和|、)(基层|社区|乡镇|村|药店|定点零售|专科|县级)|(基层|社区|乡镇|村|药店)[^,;。]{0,10}(或|及|和|、)' THEN
		RETURN ('{}', 'unparsed', 'exceptions or other places are named')::reading;
	END IF;
	FOR m IN SELECT regexp_matches(t, '([一二三])级(及以上|或以上|以上|及其以上|及以下|以下|或以下)?' || house, 'g')
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
			m := regexp_match(t, '([一二])级[、及和或]三级' || house);
		END IF;
		IF m IS NULL THEN
			RETURN ('{}', 'unparsed', 'no level of institution is stated')::reading;
		END IF;
		lo := strpos('一二三', m[1]);
		count := 1;
	ELSIF t ~ '([一二])级[、及和或]三级' THEN
		lo := LEAST(lo, strpos('一二三', substring(t FROM '([一二])级[、及和或]三级')));
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
	t := regexp_replace(t, '住院医师|住院号|住院天数|住院诊查|既往住院|曾住院|出院|门诊医师|急诊科医师|院外', '#', 'g');
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
	FOR m IN SELECT regexp_matches(t, '(?:' || head || ')?(?:不超过|不得超过|不能超过|最多(?:支付|使用)?|最长(?:支付|使用)?(?:不超过)?|至多|不多于|不大于|≤|<=|限(?:支付|用)?)(?:为)?' || num
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
	ELSIF t ~ '可延长|延长至|特殊情况|除外|另行|审批|酌情|可适当' THEN
		RETURN (res, 'partly', 'may be prolonged')::reading;
	ELSIF t ~ '疾病过程|病程|总时间|每年|年度|一年|自然年|每月|累计|总计|每疗程|一个疗程|终身|终生' THEN
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
	t := regexp_replace(t, '[。;]$', '');
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
	IF m IS NOT NULL AND t ~ '间隔[^,;。]{0,12}(不短于|不少于|不低于|不得少于|不得短于|不得低于|至少|大于等于|≥|应在|需)' THEN
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
		IF m[2] ~ '自然|年度' OR t ~ '自然[年月]|年度|日历年' THEN
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
	IF t ~ '可同时(收取|收费|计费)|可另行|分别计费|分别收取|另收|可以同时' THEN
		RETURN ('{}', 'unparsed', 'the text allows both')::reading;
	END IF;
	-- 不含: what the text takes out of A is no duplicate.
	FOR part IN SELECT regexp_split_to_table(x[1], '[、,及和与]') FROM regexp_matches(t, '不(?:包)?含([^;。]+)', 'g') AS x
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

CREATE FUNCTION @extschema@.read_maternity(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 400
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	s		text;
	stages	text[] := '{}';
BEGIN
	FOR s IN SELECT x FROM regexp_split_to_table(read_text(constraint_text), '[。;]') AS x
		WHERE x ~ '禁用|忌用|禁忌|禁止使用|不得使用|不应使用|不可使用' AND x !~ '慎用|除外|权衡|遵医嘱'
	LOOP
		IF s ~ '早期|早孕|晚期|前[0-9三]个?月|中期|最后|末期|[0-9]周' THEN
			RETURN ('{}', 'unparsed', 'a part of pregnancy only')::reading;
		END IF;
		IF s ~ '孕妇|妊娠|怀孕|妊妇' THEN
			stages := stages || '1'::text;
		END IF;
		IF s ~ '哺乳|授乳' THEN
			stages := stages || '2'::text;
		END IF;
	END LOOP;
	IF stages = '{}' THEN
		RETURN ('{}', 'unparsed', 'caution or no prohibition')::reading;
	END IF;
	SELECT array_agg(DISTINCT x ORDER BY x) INTO stages FROM unnest(stages) AS x;
	RETURN (jsonb_build_object('attribute', 'matn_stas', 'op', 'not_in', 'value', to_jsonb(stages)),
		'understood', 'forbidden in ' || array_to_string(stages, ', '))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_maternity(text) IS
'妊娠哺乳: reads a prohibition for the pregnant (1) and the nursing (2); caution, or a part of pregnancy, is not read.';

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

CREATE FUNCTION @extschema@.read_limits(kind_code text, item_name text, constraint_text text, codes text[],
	child_age integer DEFAULT 18)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 3000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	-- Kinds by their number: the last six digits of an official code are a
	-- serial within the class, so the whole code is compared.
	t		CONSTANT text := read_text(constraint_text);
BEGIN
	CASE
		WHEN kind_code IN ('GZ10000301004000', 'GZ10000302004000', 'GZ88087', 'GZ10000201005000', 'GZ10000204006000') THEN
			RETURN read_sex(item_name, constraint_text);
		WHEN kind_code = 'GZ10000301002000' THEN
			RETURN read_age(65, item_name, constraint_text, child_age);
		WHEN kind_code = 'GZ10000302003000' THEN
			RETURN read_age(80, item_name, constraint_text, child_age);
		WHEN kind_code IN ('GZ10000101007000', 'GZ10000102006000', 'GZ10000103002000') THEN
			RETURN read_age(7, item_name, constraint_text, child_age);
		WHEN kind_code IN ('GZ10000101006000', 'GZ10000102005000', 'GZ10000103001000') THEN
			RETURN read_age(6, item_name, constraint_text, child_age);
		WHEN kind_code = 'GZ88029' THEN
			RETURN read_age(29, item_name, constraint_text, child_age);
		WHEN kind_code = 'GZ10000204007000' THEN
			RETURN read_age(55, NULL, constraint_text, child_age);
		WHEN kind_code = 'GZ10000301003000' THEN
			RETURN read_forbidden_age(66, item_name, constraint_text);
		WHEN kind_code = 'GZ10000301009000' THEN
			RETURN read_forbidden_age(72, item_name, constraint_text);
		WHEN kind_code = 'GZ10000301010000' THEN
			RETURN read_maternity(constraint_text);
		WHEN kind_code = 'GZ10000101001000' THEN
			RETURN read_insurance(1, constraint_text);
		WHEN kind_code = 'GZ10000102003000' THEN
			RETURN read_insurance(16, constraint_text);
		WHEN kind_code = 'GZ10000101002000' THEN
			RETURN read_insurance(2, constraint_text);
		WHEN kind_code = 'GZ10000102004000' THEN
			RETURN read_insurance(17, constraint_text);
		WHEN kind_code IN ('GZ10000101012000', 'GZ10000102011000') THEN
			RETURN read_level(constraint_text);
		WHEN kind_code IN ('GZ88013', 'GZ10000102009000') THEN
			RETURN read_setting(constraint_text);
		WHEN kind_code IN ('GZ10000101010000', 'GZ10000102010000') THEN
			RETURN read_course(constraint_text);
		WHEN kind_code = 'GZ10000102014000' THEN
			RETURN read_frequency(constraint_text);
		WHEN kind_code = 'GZ88031' THEN
			RETURN read_period(constraint_text);
		WHEN kind_code IN ('GZ10000102012000', 'GZ88030') THEN
			RETURN read_pair(item_name, constraint_text, codes);
		WHEN kind_code IN ('GZ10000102001000', 'GZ10000102015000', 'GZ10000103003000') THEN
			RETURN read_price(constraint_text);
		WHEN kind_code IN ('GZ10000202004000', 'GZ88076') THEN
			RETURN read_kinds(constraint_text);
		WHEN kind_code IN ('GZ10000301011000', 'GZ10000301012000') THEN
			IF COALESCE(cardinality(codes), 0) <> 2 OR codes[1] = codes[2] THEN
				RETURN ('{}', 'unparsed', 'a pair needs two different codes')::reading;
			END IF;
			RETURN (jsonb_build_object('with', jsonb_build_array(codes[2])),
				CASE WHEN t ~ '禁忌|禁用|不得|不宜同用|相反|相畏|禁止' AND t !~ '慎用|除外|调整|监测' THEN 'understood' ELSE 'partly' END,
				'both in one prescription: the second is judged')::reading;
		WHEN kind_code = 'GZ10000102002000' THEN
			IF t ~ '^[^,;。]{1,40}组$' THEN
				RETURN (jsonb_build_object('group', t), 'partly', 'the ratio is the province''s; the incision is not in the lines')::reading;
			END IF;
			RETURN ('{}', 'unparsed', 'no group is named')::reading;
		WHEN kind_code = 'GZ10000101003000' THEN
			IF t ~ '不予支付|不得纳入|不纳入|不支付|不得支付' AND t !~ '除外|单独使用|单方使用|单味|复方可' THEN
				RETURN ('{}', 'understood', 'never paid')::reading;
			END IF;
			RETURN ('{}', 'unparsed', 'not plainly never paid')::reading;
		WHEN kind_code = 'GZ10000101004000' THEN
			IF t ~ '单独使用|单方|单味|全部由' AND t ~ '不予支付|不支付|不得纳入|不纳入' AND t !~ '除外' THEN
				RETURN ('{}', 'understood', 'not paid alone, nor with others of the set only')::reading;
			END IF;
			RETURN ('{}', 'unparsed', 'not plainly unpaid when alone')::reading;
		WHEN kind_code = 'GZ88047' THEN
			IF t ~ '互联网' AND t ~ '不得|禁止|不予|不纳入' AND t !~ '除外|可(以)?(开具|支付)' THEN
				RETURN ('{"attribute": "channel", "op": "not_in", "value": ["internet"]}', 'understood', 'not over the internet')::reading;
			END IF;
			RETURN ('{}', 'unparsed', 'not plainly excluded from the internet')::reading;
		WHEN kind_code = 'GZ10000101005000' THEN
			RETURN ('{}', 'unparsed', 'the first-line drugs are not given as codes')::reading;
		WHEN kind_code IN ('GZ10000101008000', 'GZ10000101011000', 'GZ10000102007000', 'GZ10000301007000',
				'GZ10000301008000', 'GZ10000302001000', 'GZ10000302002000', 'GZ10000302005000', 'GZ10000302006000',
				'GZ88088', 'GZ10000201006000') THEN
			RETURN ('{}', 'unparsed', 'the diseases are not given as codes')::reading;
		ELSE
			RETURN ('{}', 'unparsed', 'no reader for this kind')::reading;
	END CASE;
END
$$;
COMMENT ON FUNCTION @extschema@.read_limits(text, text, text, text[], integer) IS
'读取限制: reads the limits of a knowledge point from its kind, item name, text and codes (in published order); child_age is the last completed year of a child where the text gives no number.';
