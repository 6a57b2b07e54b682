-- Which reader reads a kind.

CREATE FUNCTION @extschema@.read_limits(kind_code text, item_name text, constraint_text text, codes text[],
	child_age integer DEFAULT 18)
RETURNS @extschema@.reading
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 3000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	t		CONSTANT text := read_text(constraint_text);
BEGIN
	CASE
		-- Diagnoses of the perinatal period, and of malformations, name the mother.
		WHEN kind_code = 'GZ10000204006000' AND array_to_string(codes, ' ') ~ '\m[PQ][0-9]' THEN
			RETURN ('{}', 'unparsed', 'diagnoses of newborns or malformations')::reading;
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
			ELSIF t ~ '可(以)?(合用|联用|同用|同时使用|配伍)' AND t !~ '不可' THEN
				RETURN ('{}', 'unparsed', 'the text allows both')::reading;
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
		WHEN kind_code = 'GZ10000202002000' THEN
			RETURN ('{}', 'unparsed', 'the operations are not given as codes')::reading;
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
