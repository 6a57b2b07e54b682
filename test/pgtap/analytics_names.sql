-- normalize_name, name_similarity, pinyin, check_icu. What is asked here is
-- the same in every version of Unicode since 3.0.
BEGIN;
SET LOCAL search_path = meso_audit, public;
SELECT plan(50);

SELECT is(normalize_name(name), want, name || ' normalized')
FROM (VALUES
	('ＡＢＣ１２３', 'abc123'), ('Ｘ线', 'x线'), ('臺灣 長庚醫院', '台湾长庚医院'), ('頭孢曲松鈉', '头孢曲松钠'),
	('米非司酮膠囊(Ⅱ)', '米非司酮胶囊2'), ('米非司酮胶囊（II）', '米非司酮胶囊2'), ('复方氨基酸注射液(18AA-Ⅴ-SF)', '复方氨基酸注射液18aa5sf'),
	('心功能Ⅲ级', '心功能3级'), ('心功能三级', '心功能3级'), ('二型糖尿病', '2型糖尿病'), ('九价HPV疫苗', '9价hpv疫苗'),
	('第十二', '第12'), ('一百二十型', '120型'), ('二〇二四', '2024'), ('二千三百零五万型', '23050000型'), ('（一）', '1'),
	('三七片', '三七片'), ('三七', '三七'), ('九味羌活丸', '九味羌活丸'), ('十全大补丸', '十全大补丸'), ('CIVIC', 'civic'), ('Type XIV', 'type14'), ('IIX', 'iix'),
	('0.9% 氯化钠', '0.9%氯化钠'), ('阿莫西林/克拉维酸(4:1)', '阿莫西林克拉维酸4:1'), ('5/10 mg', '5/10mg'), ('Ⅻ型Ⅼ', '12型l'), ('ⅸ', '9'), ('·、。，', ''), ('', '')) v (name, want);
SELECT is(normalize_name(normalize_name(name)), normalize_name(name), name || ': normalizing twice changes nothing')
FROM unnest('{臺灣 長庚醫院,复方氨基酸注射液(18AA-Ⅴ-SF),一百二十型}'::text[]) name;
SELECT is(normalize_name(name, true), want, name || ' to its core')
FROM (VALUES ('注射用头孢曲松钠', '头孢曲松钠'), ('小儿回春丸(大蜜丸)', '小儿回春'), ('冻干静注人免疫球蛋白(pH4)', '静注人免疫球蛋白'),
	('普罗雌烯阴道用软胶囊', '普罗雌烯阴道'), ('膏', '膏'), ('(膏)', '膏'), ('茶片丸', '茶片')) v (name, want);

SELECT is(ARRAY[name_similarity('頭孢', '头孢'), name_similarity('', ''), name_similarity('', 'x'), name_similarity('甲', '乙')],
	'{1,1,0,0}'::float8[], 'same, empty and different names');
SELECT ok(name_similarity('注射用艾普拉唑钠', '艾普拉唑') > name_similarity('注射用艾普拉唑钠', '注射用奥美拉唑钠'), 'the substance weighs more than the form');
SELECT is_empty($$SELECT a, b FROM unnest('{注射用头孢曲松钠,头孢曲松钠注射液,阿莫西林胶囊,CT}'::text[]) a, unnest('{注射用头孢曲松钠,阿莫西林,ct,""}'::text[]) b
	WHERE name_similarity(a, b) <> name_similarity(b, a) OR name_similarity(a, b) NOT BETWEEN 0 AND 1
		OR (name_similarity(a, b) = 1) <> (normalize_name(a) = normalize_name(b))$$, 'symmetric, between 0 and 1, 1 for the same name');
SELECT is_empty($$SELECT i FROM generate_series(1, 3000) i WHERE name_similarity(repeat('字' || i, 20 + i % 40), '字' || i) IS NULL$$, 'more names than are kept');
SELECT is(pinyin(name), want, 'pinyin of ' || name)
FROM (VALUES ('头孢曲松钠', 'tou bao qu song na'), ('CT 平扫(B)', 'ct ping sao(b)')) v (name, want);
SELECT throws_ok('SELECT normalize_name(repeat(''x'', 2000000))', '54000', NULL, 'a name of megabytes is refused');

SELECT is((check_icu()).same, true, 'the ICU that was recorded is loaded');
UPDATE icu_record SET icu_version = '4.2';
SELECT is((check_icu()).same, false, 'another ICU is noticed');
SELECT record_icu() \g /dev/null
SELECT is((check_icu()).same, true, 'and recorded');

SELECT * FROM finish();
ROLLBACK;
