-- Limits read from the Chinese text of a knowledge point: of whom it speaks.
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

-- Sentences that warn, exclude, dose or describe harm say nothing of whom an item
-- is for.
CREATE FUNCTION @extschema@.read_indications(t text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT COALESCE(string_agg(s, '。' ORDER BY n), '')
	FROM regexp_split_to_table(t, '[。;!\n]') WITH ORDINALITY AS x(s, n)
	WHERE s !~ '禁用|慎用|忌用|忌服|禁服|慎服|禁忌:|不推荐|避免使用|不(宜|应|得|可)(使用|服用|应用)|不适[用合]|禁止使用|除外|不良反应|副作用|可(能)?(引起|导致|造成|出现)|可致|尚(不|未)(明确|确立|确定)|(未|没有|没)进行|注意事项|用法|用量|剂量|减半|酌减|避孕措施|[必须应需]避孕|改用|停[用药服]|不应|不得|避免|医[生师](的)?指导|咨询医|遵医嘱'
$$;
COMMENT ON FUNCTION @extschema@.read_indications(text) IS
'The sentences of a text that are no warnings, exclusions, doses or adverse effects.';

CREATE FUNCTION @extschema@.read_numbering(t text)
RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 50
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT count(*) FROM regexp_matches(t, '(^|[:;。])[1-9][.、](?=[^0-9])', 'g')
$$;
COMMENT ON FUNCTION @extschema@.read_numbering(text) IS
'How many numbered uses a text lists; fewer than before mean that one was set aside.';

-- A use that either sex may have: 也可用于胃出血, a disease in a list, one of
-- several numbered uses. All expressions of a reading together stay below the
-- number that the server keeps compiled (32).
CREATE FUNCTION @extschema@.read_other_use(name text, all_text text, said text, sexed text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	-- What ends so is an ailment or occasion by itself; 虚症 and the like are how.
	disease		CONSTANT text := '(病|(?<!消)炎|癌|瘤|(?<![虚实寒热痨瘀湿等])症|感染|(?<!阴|阴部|阴中)瘙痒|造影|麻醉|手术后|(?<!宫|产)术后|早熟|脱发|秃发|疱疹|湿疹|骨折|损伤|[烧烫冻外扭创]伤|创面|.溃疡|曲张|痔疮?|贫血|营养不良|疏松|高压|高血压|痛风|中毒|哮喘|结核|癫痫'
		'|帕金森|红斑狼疮|[吐衄咯呕]血|鼻衄)(症|病|者|患者|病人)?(的?.{0,5}(治疗|预防|用药))?$';
	neutral		CONSTANT text := '(尿道炎|癣|疮|肛裂|衰竭|硬化|综合征|痉挛|绞痛|头痛|牙痛|关节痛|肌肉痛|神经痛|贫血|感冒|#痛|#衰弱|痔疮出血)$';
	ages		CONSTANT text[] := '{老年人,老人,成人,儿童,小儿,婴幼儿,新生儿,青少年}';
	-- 妇炎净: the name says whose all of it is
	named		CONSTANT boolean := translate(replace(name, '女贞', ''), '妇女男', '') <> replace(name, '女贞', '');
	besides		text;
BEGIN
	SELECT x INTO besides
	FROM (
		SELECT (regexp_match(said, '(?:[也亦还]|同时)(?:可|适)?(?:试|应)?用于(.*)$'))[1]
		UNION ALL
		SELECT p
		FROM regexp_split_to_table(said, '[;。]|(?<=[;。:])[0-9]{1,2}[.、]') AS p
		WHERE p ~ '^(本品|主要|常)?(适?用于|治疗|预防|防治|主治|限|各种).*(病|症|炎|癌|瘤|缺乏|感染|综合征|血压|出血|患者|贫血|疮|癣|早熟|衰竭|痉挛)(的治疗)?$'
	) AS uses(x)
	WHERE x !~ sexed
	LIMIT 1;
	IF besides IS NOT NULL THEN
		RETURN besides;
	ELSIF read_numbering(said) < read_numbering(all_text) THEN
		RETURN 'a use that is not read';
	END IF;
	-- Each of a numbered list by itself, unless what stands before it says of
	-- whom all are.
	IF read_numbering(all_text) > 1 AND regexp_replace(said, '1[.、)].*$', '') !~ sexed THEN
		SELECT p INTO besides
		FROM regexp_split_to_table(regexp_replace(said, '^.*?1[.、)]', ''), '[0-9][.、)]') AS p
		WHERE length(p) > 4 AND p !~ sexed
		LIMIT 1;
		IF besides IS NOT NULL THEN
			RETURN besides;
		END IF;
	END IF;
	-- A disease, an injury, an operation of its own among the uses: 闭经、溢乳,
	-- 帕金森病. Where women or men are named as such, the list is theirs.
	IF NOT named THEN
		SELECT x INTO besides
		FROM unnest(string_to_array(regexp_replace(said, '[症证]见[^。]*', '', 'g'), '。')) AS clause,
			regexp_split_to_table(clause, '[、,;:()/]|[和及或与]|包括') AS x
		WHERE clause !~ '[妇女男][性女子人童孩]'
			AND x ~ disease AND x !~ sexed AND x !~ '混合感染|引起|所致|合并|伴|相关|继发|等(病|症)'
			OR left(x, 2) IN ('其他', '其它') AND x ~ '手术|病|症|炎|癌|瘤|感染|患者' AND x !~ sexed
			OR x ~ '小儿|儿童|患儿|婴儿' AND strpos(clause, '用于') > 0 AND x !~ sexed
			OR strpos(clause, '用于') > 0 AND split_part(replace(replace(x, '用于', ''), '等', ''), '的', 1) = ANY (ages)
		LIMIT 1;
	END IF;
	-- So is a list in which what is of one sex is one pain, itch or
	-- inflammation of many.
	IF besides IS NULL AND NOT named AND said !~ '[妇女男][性女子人童孩]' THEN
		SELECT CASE WHEN count(*) FILTER (WHERE x ~ sexed) <= count(*) FILTER (WHERE x !~ sexed AND x ~ neutral)
			THEN min(x) FILTER (WHERE x !~ sexed AND x ~ neutral) END
		INTO besides
		FROM regexp_split_to_table(said, '[、,;。和或与]|及|包括') AS x;
	END IF;
	RETURN besides;
END
$$;
COMMENT ON FUNCTION @extschema@.read_other_use(text, text, text, text) IS
'Of a text that speaks of one sex (words: pattern sexed) a use that either sex may have; NULL if there is none.';

CREATE FUNCTION @extschema@.read_sex(item_name text, constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	male_words	CONSTANT text :=
		'(前列腺|睾丸|隐睾|附睾|阴茎|阴囊|包皮|包茎|龟头|精索|精囊|输精管|射精|精液|精子|精浆|遗精|滑精|梦遗|早泄|阳[痿萎]|勃起|[弱少无死]精(?=[子症、,;()。]|$)|鞘膜积液|男)';
	female_words	CONSTANT text :=
		'(子宫|黄体|宫颈|宫腔|宫体|宫角|宫缩|胞宫|刮宫|清宫|暖宫|宫寒|宫外孕|卵巢|输卵管|[采取排]卵|卵泡|卵母细胞|阴道|外阴|阴蒂|阴唇|女阴|阴痒|阴蚀|阴挺|前庭大腺|巴氏腺|后穹窿|阔韧带|处女膜'
		'|月经|月事|痛经|经期|经量|经血|经色|经水|经行|行经|经前|经后|经来|经闭|闭经|绝经|初潮|崩漏|血崩|调经|固经|更年期|白带|带下|赤带|止带'
		'|盆腔炎|附件炎|双附件|子宫附件|附件(囊肿|包块|肿物)|阴式|妇|女)';
	birth_words	CONSTANT text :=
		'(孕妇|怀孕|妊娠|受孕|早孕|孕[期周产早中晚]|保孕|不孕|口服避孕|紧急避孕|避孕[药针环]|宫内节育|上环(?=后|术|所|加|引|者)|取环[术后]|宫内孕'
		'|流产|引产|催产|产后|产前|产妇|产褥|产程|产道|产科|产钳|分娩|顺产|难产|早产|小产|剖[腹宫]产|临产|助产|待产|接生|子痫|恶露'
		'|胎儿|胎动|胎位|胎心|胎头|安胎|保胎|胎漏|胎膜|胎盘|[死减取多双单]胎|葡萄胎|羊水|羊膜|绒毛取材|人工授精'
		'|哺乳|乳汁|缺乳|少乳|乳少|无乳|[下通催增回]乳)';
	name		CONSTANT text := read_text(item_name);
	all_text	CONSTANT text := name || '。' || read_text(constraint_text);
	said		text;
	sentence	text;
	found		text[];
	male		text[] := '{}';
	female		text[] := '{}';
	besides		text;
	any_words	CONSTANT text := male_words || '|' || female_words || '|' || birth_words;
BEGIN
	-- A limit stated by excluding the other sex.
	IF all_text ~ '(^|[,。;:])女性(患者|病人)?(禁用|不适用|不得使用|不予支付|除外)' THEN
		male := male || '女性除外'::text;
	END IF;
	IF all_text ~ '(^|[,。;:])男性(患者|病人)?(禁用|不适用|不得使用|不予支付|除外)' THEN
		female := female || '男性除外'::text;
	END IF;
	said := regexp_replace(all_text, '(^|[,。;:])[男女]性(患者|病人)?(禁用|不适用|不得使用|不予支付|除外)', '\1', 'g');
	said := read_indications(said);

	IF said ~ '男女|男性?[和或及与、]女|女性?[和或及与、]男|夫妇|夫妻|配偶|双方|不孕不育|性别不限|不分性别' THEN
		RETURN ('{}', 'unparsed', 'both sexes are named')::reading;
	END IF;

	-- Words that only look like the terms below.
	-- So do examples in brackets, those who may use it as well (孕妇也可使用),
	-- exceptions (除前列腺癌以外) and those who prescribe (由妇科医师).
	said := regexp_replace(said,
		'\((包括|含|如|例如)[^()]*\)|[^,;。]*[也亦均都]可(以)?(使用|服用|应用)[^,;。]*|(?<![切摘剥解去清拆])除[^,;。外]{1,20}(以|之)?外|[男妇产]科?((或|及|和|与|、)[^,;。、]{0,6})?科(专科)?(主治|主任|副主任|执业)?(医[师生]|处方|会诊)'
		'|[男女][性孩童]?(患者|婴)?(更)?(多见|较多|居多|常见|好发)|前列腺素|经(?=前列腺)|睾丸?酮|睾丸素|抗精子|酒精囊|无精打采|[无少]精神|阴蒂包皮|[面红]包皮|包皮肤'
		'|女贞|子女|儿女|女儿|妇幼|妇儿|女性化|母婴|哺乳(动物|类)'
		'|孕激素|孕酮|孕烯|孕二[烯酮]|孕三烯酮?|炔诺孕酮|黄体(生成|酮)|促黄体|促?卵泡(刺激|生成|激)|绒毛膜促性腺'
		'|甲胎|胎牛|畸胎瘤|胎记|胎粪|胎盘(组织|多肽|脂多糖|球蛋白|注射|提取|片|粉)|人胎盘|胎黄'
		'|生产|产生|产品|产业|量产|投产|产地|产量|产物|产能|产[热酸气酶碱毒超]|[国水物财资遗特破]产|[物主]流|回流产|吸引产|催产素'
		'|携带|[韧声绷脐腰热寒纽系条胶吊]带|蛋白带|带状|带下[列方]'
		'|神经|[已曾未历业]经|[拒断杜隔]绝经|[封密关]闭经|闭经[络脉]|[绝闭月痛]经(?=[口皮由鼻肠胃静动肝肺尿]|化疗|放疗|手术|治疗)|经闭(合|式|塞)|[个0-9一二三四五六七八九十数半多]月经|[疼头腹胃牙背胸颈肢关]痛经(?![、,。和或及期])'
		'|经血(管|液|流|透|清|浆|压|型|培|细|氧|气|常|源|生|小)|经水(化|合|溶|解|煎|提|洗)|经量化|调经[络脉]'
		'|行经(?![腹小期前后时量不错腰,、。])|经行(?![腹小头不乳量错先后发吐])|经前(庭|外|路|入|胸|臂|壁|颅|牙|房)|经后(路|外|腹|正中)'
		'|普通乳|[皮腋颌]下乳|下乳头|无乳(链|糖|酸)|少乳(酸|糖)|减少乳|缺乳(糖|酸)|乳汁[样状色]|[泌催]乳(激)?素|迷宫|安宫牛黄',
		'#', 'g');

	FOREACH sentence IN ARRAY string_to_array(said, '。')
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
		IF sentence !~ '新生儿|婴|患儿|早产儿|儿童|小儿' AND NOT starts_with(name, '新生儿') THEN
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
	IF (male = '{}') <> (female = '{}') THEN
		besides := read_other_use(name, all_text, said, any_words);
	END IF;
	IF besides IS NOT NULL THEN
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
	last_from	numeric;	-- of ages from which on it is open, the last
	first_to	numeric;	-- of ages up to which it is open, the first
	have_lo		boolean := true;
	have_hi		boolean := true;
	part		text;
BEGIN
	years := true;
	t := regexp_replace(t, '\((包?含)[^)]*\)', '', 'g');
	-- "1.1岁" after "2." elsewhere is an item number before "1岁".
	IF t ~ '(^|[:;。,)])[1-8][.、].*[;。,]?[2-9][.、]' THEN
		t := regexp_replace(t, '(^|[:;。,)、])[1-9][.、](?=[^ ])', '\1§', 'g');
	END IF;

	FOR part IN SELECT s FROM regexp_split_to_table(t, '§') AS s WHERE s ~ '[^限:于用 ]'
	LOOP
		part_lo := NULL;
		part_hi := NULL;
		last_from := NULL;
		first_to := NULL;
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

		FOR m IN SELECT regexp_matches(part, '((?<!不)(?:≥|>=|>|大于或?等于|大于|超过)|不小于|年?满)?(?<![0-9.])' || num || unit
				|| '(?:\(不?含[^)]*\))?(及以上|或以上|以上|及' || num || '周?岁以上)?', 'g')
		LOOP
			CONTINUE WHEN m[1] IS NULL AND m[4] IS NULL;
			CONTINUE WHEN part ~ ('[未不]满' || m[2]);
			n := read_number(m[2]);
			n := CASE WHEN m[3] ~ '岁' THEN floor(n) * 365.25 WHEN m[3] ~ '月' THEN n * 30.4375 - 3 ELSE n END;
			part_lo := LEAST(part_lo, n);
			last_from := GREATEST(last_from, n);
			years := years AND m[3] ~ '岁';
		END LOOP;

		FOR m IN SELECT regexp_matches(part, '((?<!不)(?:≤|<=|<|小于或?等于|小于|低于)|[未不]满|不超过|不大于)?(?<![0-9.])' || num || unit
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
			first_to := LEAST(first_to, n);
		END LOOP;

		m := regexp_match(part, '(?:出生|生后|年龄)[^0-9,;。]{0,6}' || num || '(天|日)');
		IF m IS NOT NULL THEN
			part_hi := GREATEST(part_hi, read_number(m[1]));
			years := false;
		END IF;

		-- Who is "from 12" and "6 to 11" at once is nobody: these are alternatives.
		IF last_from >= part_hi THEN
			part_hi := NULL;
		END IF;
		IF first_to <= part_lo THEN
			part_lo := NULL;
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
	grown		CONSTANT text := '成人|(?<!未)成年';
	adults		boolean := false;
	said		text;
	stages		CONSTANT text := '(新生儿|婴幼儿|婴儿|幼儿|幼年|小儿|儿童|青少年|少年|老年)';
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
	IF raw ~ '年龄不限|不(限|分)(制)?年龄|不受年龄|无年龄(限制|要求)|(任何|各|所有|全)年龄' THEN
		RETURN ('{}', 'unparsed', 'every age is admitted')::reading;
	ELSIF raw ~ '不(予|能|得)?(支付|报销|收费|收取|纳入)|不得|禁止' OR raw ~ '加收|加价|上浮|减收' AND raw !~ '限[^,;。]*(加收|加价|上浮)' AND COALESCE(item_name, '') !~ '加收' THEN
		RETURN ('{}', 'unparsed', 'the ages named are excluded, or have another price')::reading;
	END IF;
	IF raw ~ '多见|好发|常见|高发|多发于' OR raw ~ '[须需]|应(由|有|经|在|当)' AND raw !~ '限|仅|专用' AND NOT (children OR newborns) THEN
		RETURN ('{}', 'unparsed', 'an age is named, but no limit')::reading;
	END IF;
	w := replace(replace(t, '未成年', '少年'), '学龄前儿童', '学龄前');
	w := regexp_replace(w, '(儿童|小儿|妇幼|老年)[^,;。]{0,2}(医院|医疗机构|病房|病区|[专医]科)', '#', 'g');
	-- How long something lasted, or the age of bones, is no age; 小儿麻痹 and
	-- 婴儿型 name a disease that any age may have.
	w := regexp_replace(w, '[^,;。]*([一每]次[0-9一二三两半]{1,4}(片|粒|丸|包|袋|支|滴|枚|ml|mg|g|毫升|毫克|克)|[加减增]量|加倍)[^,;。]*', '#', 'g');
	w := regexp_replace(w, '(骨龄|胎龄|孕龄|病程|病史|[^年,;。、]史|透析龄|(发病|起病|确诊|诊断|[初首]诊|生育|手术)时?(的)?年龄|持续)[^0-9一二三四五六七八九十,;。岁]{0,6}'
		|| '[0-9一二三四五六七八九十]{1,3}(周?岁|个?月|天|日|年)(及?以上|及?以下|以内)?', '#', 'g');
	w := regexp_replace(w, stages || '(型|性(?!别)|样|麻痹|痴呆|特发性|期?(?=起病|发病|确诊))', '#', 'g');
	IF (children OR newborns) AND (raw || read_text(item_name)) ~ '成人|(?<!未)成年|老年|中年|各年龄|所有年龄|不限年龄|孕妇|产妇|青壮年' THEN
		RETURN ('{}', 'unparsed', 'grown-ups are named as well')::reading;
	END IF;
	IF t ~ '(儿童?|婴儿|小儿|患儿)(患者)?(或|及|和|与|以及)(?!青少年|少年|婴|幼|儿|新生|早产|小儿|学龄|患儿)[^,;。]*(患者|病人|人群|者)($|[,;。])' THEN
		RETURN ('{}', 'unparsed', 'others than children are named as well')::reading;
	END IF;
	-- Where grown-ups are named they are from 18 on, and no child beside them
	-- ends the range.
	IF NOT (children OR newborns) AND w ~ grown THEN
		IF w ~ ('(' || grown || ')[^,;。0-9]{0,4}(和|及|与|或|、)' || stages || '(?!\([^)]*岁)')
			OR w ~ ('(^|[^岁上下])' || stages || '[^,;。0-9]{0,4}(和|及|与|或|、)(' || grown || ')')
			OR EXISTS (
				SELECT FROM regexp_split_to_table(w, '[;。]|[0-9][.、](?=[^0-9])') AS x
				WHERE x ~ stages AND x !~ '老年' AND x !~ '[0-9十](周?岁|个?月|天|日)|月龄|日龄') THEN
			RETURN ('{}', 'unparsed', 'grown-ups and children are named')::reading;
		END IF;
		adults := true;
		w := regexp_replace(w, '(' || grown || ')人?', '18岁以上', 'g');
	END IF;
	said := w;
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

	-- A newborn's disease in a list with others is no limit for these.
	IF children AND stage IN ('新生儿', '婴儿', '婴幼儿') AND EXISTS (
		SELECT FROM regexp_split_to_table(said, '[;、。]|[0-9][.、]') AS x
		WHERE x !~ '儿|婴|幼|龄' AND x ~ '(病|炎|症|感染|综合征|缺乏|贫血)(患者|的治疗)?$') THEN
		stage := '儿童'; stage_hi := (child_age + 1) * 365.25;
	END IF;
	-- Where the kind is not of children the stage has to be what is limited.
	IF hi IS NULL AND NOT adults AND (children OR newborns OR said ~ '专用'
		OR said ~ ('^(仅|只)?(限于?|用于|见于)([0-9]{1,3}[天日]以?内的?)?(' || stages || '|学龄前)[^、;]*$')
		OR said ~ ('(' || stages || '|学龄前)(患者|病人|人群)?(使用|疾病)?。?$')) THEN
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
		ELSIF t ~ '^(仅?限|限于)老年[^、;或及和与]*$' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 60}', 'understood', '老年: from 60')::reading;
		END IF;
	END IF;
	res := age_limit(a.lo, hi, years);
	IF res IS NULL THEN
		RETURN ('{}', 'unparsed', 'no age is stated')::reading;
	END IF;
	left_over := substring(raw FROM '骨龄[^,;。]*|(?:发病|起病|确诊|诊断|[初首]诊|生育|手术)时?的?年龄[^,;。]*|[0-9]周?岁(?:以?[前后]|时|起)?(?:起病|发病|确诊|患病)[^,;。]*|体重[^,;。]{0,3}[0-9.]+|[0-9.]+(?:kg|KG|Kg|公斤|千克)|身高[^,;。]*[0-9]|胎龄[^,;。]*|孕周[^,;。]*|出生体重[^,;。]*|首次[^,;。]*');
	IF left_over IS NOT NULL THEN
		RETURN (res, 'partly', 'not in the facts: ' || left_over)::reading;
	END IF;
	IF read_numbering(t) < read_numbering(raw) OR raw ~ '原则上|放宽|酌情|(周?岁|以上|以下|以内|儿童|成人|老年人|老人|人群|患者|者)[,、]?(或|及|和|与)(?!以上|以下|以内|其以)[^,;。0-9岁儿婴童少成]+($|[,;。])'
		OR NOT (children OR newborns) AND (raw ~ '除外|特殊情况|[及和或][^,;。]*患者$'
			OR raw ~ '(周?岁|以上|以下|以内)[^,;。]{0,12}、[^,;。0-9]+($|[,;。])'
			OR said ~ ';' AND EXISTS (
				SELECT FROM regexp_split_to_table(said, ';') AS x
				WHERE length(x) > 2 AND x !~ '[0-9十](周?岁|天|日|周|个?月)|月龄|日龄|个月|儿|婴|少年|老年|支付|收费|[0-9一二两三]次|间隔')) THEN
		RETURN (res, 'partly', 'with exceptions or alternatives')::reading;
	END IF;
	RETURN (res, 'understood', concat_ws('; ',
		CASE WHEN a.lo IS NOT NULL OR a.hi IS NOT NULL THEN 'age stated' END,
		CASE WHEN a.hi IS NULL THEN stage END))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_age(integer, text, text, integer) IS
'年龄: reads an age range from numbers, else from the stage of life that is named; 儿童 without a number ends with child_age completed years.';

-- Whom a text forbids: the clause with the prohibition, and those before it
-- that only go on naming people. What is said of others after a comma is not
-- forbidden.
CREATE FUNCTION @extschema@.read_prohibitions(t text)
RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT m[1]
	FROM regexp_matches(t, '((?:[^,;。禁忌慎遵应宜可用服减指]{1,30},)*[^,;。]*'
		'(?:禁用|忌用|禁忌|禁止使用|禁止用于|不得使用|不得用于|不应使用|不应用于|禁服|忌服|不可使用|不可用于|不予支付)[^,;。]*)', 'g') AS m
$$;
COMMENT ON FUNCTION @extschema@.read_prohibitions(text) IS
'Clauses of a text that forbid, with the people that they name.';

-- A ban holds for all of a group only where the item of the list is the group
-- and nothing else: 对水杨酸过敏的儿童, 妊娠期糖尿病患者, 老年痴呆 are fewer or
-- others.
CREATE FUNCTION @extschema@.read_groups(who text, named text, of_group text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 200
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(x, ',')
	FROM regexp_split_to_table(who, '[,、:]|以?及(?!以)|[和与或](?!以)') AS x
	WHERE x ~ named
		AND x ~ ('^(本品|对于?|凡|所有|一切|年龄|在|禁用于|禁止用于|不得用于|不应用于|不可用于|忌用于|禁忌)*(' || of_group
			|| '|患者|病人|人群|人|者|的|期|妇女|女性)+(均|应|须|绝对|也|都|一律)*(使用|服用|应用)?(禁用|忌用|禁忌|禁止使用|不得使用|不应使用|禁服|忌服|不可使用|不予支付)?(本品)?$')
$$;
COMMENT ON FUNCTION @extschema@.read_groups(text, text, text) IS
'Of the people that a prohibition lists, the items that name a group (pattern named) and nothing that narrows it (pattern of_group); NULL if there is none.';

-- Who must not: the limit is what remains allowed.
CREATE FUNCTION @extschema@.read_forbidden_age(kind_seq integer, item_name text, constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t			CONSTANT text := read_text(constraint_text);
	named		CONSTANT text := CASE kind_seq WHEN 66 THEN '岁|月龄|个月|儿|婴|少年|未成年' ELSE '岁|老年|老人|高龄' END;
	of_group	CONSTANT text := '(<|≤|>|≥|小于|未满|不满|低于|大于|超过|不超过)?([0-9]{1,3}|[一二两三四五六七八九十]{1,3})(周?岁|个月|月龄)(及|或)?(以上|以下|以内)?'
		'|新生儿|早产儿|婴幼儿|婴儿|幼儿|儿童|小儿|患儿|未成年|青少年|少年|老年|老人|高龄';
	who			text;
	m			text[];
	state		text := 'understood';
BEGIN
	SELECT string_agg(s, ',') INTO who
	FROM read_prohibitions(regexp_replace(t, '(新生儿|婴幼儿|婴儿|幼儿|小儿|儿童|青少年|老年)(型|性(?!别)|样|麻痹|痴呆|特发性)', '#', 'g')) AS s
	WHERE s ~ named;
	IF who IS NULL THEN
		RETURN ('{}', 'unparsed', CASE WHEN t ~ '慎用|不推荐|不宜|尚不|未确' THEN 'advises caution, does not forbid' ELSE 'no age is forbidden' END)::reading;
	END IF;
	IF who ~ '慎用|遵医嘱|除外|除[^,;。]{1,20}外|[^不]可用于|并非|不是|非禁' THEN
		RETURN ('{}', 'unparsed', 'forbids and allows in one sentence')::reading;
	END IF;
	IF read_groups(who, named, of_group) IS NULL THEN
		state := 'partly';
	ELSE
		who := read_groups(who, named, of_group);
	END IF;

	IF kind_seq = 66 THEN
		m := regexp_match(who, '([0-9]{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(周?岁|个月|月龄)(?:及)?(?:以下|以内)');
		m := COALESCE(m, regexp_match(who, '(?:<|小于|未满|不满|低于)([0-9]{1,2})(周?岁|个月|月龄)'));
		IF m IS NOT NULL AND m[2] ~ '岁' THEN
			RETURN (jsonb_build_object('attribute', 'age', 'op', '>=', 'value', read_number(m[1])), state, 'forbidden below ' || m[1] || m[2])::reading;
		ELSIF m IS NOT NULL THEN
			RETURN (jsonb_build_object('attribute', 'age_days', 'op', '>=', 'value', floor(read_number(m[1]) * 30.4375 - 3)), state, 'forbidden below ' || m[1] || m[2])::reading;
		ELSIF who ~ '[0-9一二三四五六七八九十](周?岁|个月|月龄)|早产' THEN
			RETURN ('{}', 'unparsed', 'the age that is forbidden is not read')::reading;
		ELSIF who ~ '儿童|小儿|患儿|未成年' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 14}', state, '儿童: forbidden below 14')::reading;
		ELSIF who ~ '婴幼儿|幼儿' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 3}', state, '婴幼儿: forbidden below 3')::reading;
		ELSIF who ~ '婴儿' THEN
			RETURN ('{"attribute": "age", "op": ">=", "value": 1}', state, '婴儿: forbidden below 1')::reading;
		ELSIF who ~ '新生儿' THEN
			RETURN ('{"attribute": "age_days", "op": ">=", "value": 28}', state, '新生儿: forbidden in the first 28 days')::reading;
		END IF;
	ELSE
		m := regexp_match(who, '([0-9]{2,3}|[五六七八九]十[一二三四五六七八九]?)周?岁(?:及)?以上');
		m := COALESCE(m, regexp_match(who, '(?:>|≥|大于|超过)([0-9]{2,3})周?岁'));
		IF m IS NOT NULL THEN
			RETURN (jsonb_build_object('attribute', 'age', 'op', '<=', 'value', read_number(m[1])), state, 'forbidden beyond ' || m[1])::reading;
		ELSIF who ~ '岁' THEN
			RETURN ('{}', 'unparsed', 'the age that is forbidden is not read')::reading;
		ELSIF who ~ '老年|高龄' THEN
			RETURN ('{"attribute": "age", "op": "<=", "value": 64}', state, '老年: forbidden from 65')::reading;
		END IF;
	END IF;
	RETURN ('{}', 'unparsed', 'the age that is forbidden is not read')::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_forbidden_age(integer, text, text) IS
'禁用年龄: reads from a prohibition for children (kind 66) or the old (kind 72) who remains allowed; caution is no prohibition.';

CREATE FUNCTION @extschema@.read_maternity(constraint_text text)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 400
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	of_group	CONSTANT text := '孕妇|孕产妇|妊娠|怀孕|妊妇|孕期|哺乳|授乳|母亲|儿童|婴幼儿|婴儿';
	s			text;
	stages		text[] := '{}';
BEGIN
	FOR s IN SELECT x FROM read_prohibitions(read_text(constraint_text)) AS x
		WHERE x !~ '慎用|除外|权衡|遵医嘱|不予支付'
	LOOP
		IF s ~ '早期|早孕|晚期|前[0-9三]个?月|中期|最后|末期|[0-9]周' THEN
			RETURN ('{}', 'unparsed', 'a part of pregnancy only')::reading;
		END IF;
		IF read_groups(s, '孕妇|妊娠|怀孕|妊妇|孕期|孕产妇', of_group) IS NOT NULL THEN
			stages := stages || '1'::text;
		END IF;
		IF read_groups(s, '哺乳|授乳', of_group) IS NOT NULL THEN
			stages := stages || '2'::text;
		END IF;
	END LOOP;
	IF stages = '{}' THEN
		RETURN ('{}', 'unparsed', 'caution, no prohibition, or of some of the pregnant only')::reading;
	END IF;
	SELECT array_agg(DISTINCT x ORDER BY x) INTO stages FROM unnest(stages) AS x;
	RETURN (jsonb_build_object('attribute', 'matn_stas', 'op', 'not_in', 'value', to_jsonb(stages)),
		'understood', 'forbidden in ' || array_to_string(stages, ', '))::reading;
END
$$;
COMMENT ON FUNCTION @extschema@.read_maternity(text) IS
'妊娠哺乳: reads a prohibition for the pregnant (1) and the nursing (2); caution, or a part of pregnancy, is not read.';
