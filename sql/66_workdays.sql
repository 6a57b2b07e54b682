-- Working days, and the arithmetic of recovery.

CREATE TABLE @extschema@.holiday
(
	day			date PRIMARY KEY CHECK (isfinite(day)),
	workday		boolean NOT NULL DEFAULT false,
	label		text,
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local'))
);
COMMENT ON TABLE @extschema@.holiday IS
'节假日历: the days that are not what their day of the week says: holidays, and weekends that are worked (调休).';
COMMENT ON COLUMN @extschema@.holiday.day IS 'Day';
COMMENT ON COLUMN @extschema@.holiday.workday IS 'Is it worked? false: a holiday, true: a weekend that is worked';
COMMENT ON COLUMN @extschema@.holiday.label IS 'Name of the holiday';
COMMENT ON COLUMN @extschema@.holiday.origin IS 'shipped with the extension, or local';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.holiday', 'WHERE origin = ''local''');

CREATE FUNCTION @extschema@.set_holiday(day date, workday boolean DEFAULT false, label text DEFAULT NULL)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 500
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO holiday (day, workday, label) VALUES ($1, $2, $3)
	ON CONFLICT ON CONSTRAINT holiday_pkey DO UPDATE SET workday = excluded.workday, label = excluded.label
$$;
COMMENT ON FUNCTION @extschema@.set_holiday(date, boolean, text) IS
'设置节假日: a holiday, or a weekend day that is worked.';
REVOKE ALL ON FUNCTION @extschema@.set_holiday(date, boolean, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.is_workday(day date)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 20
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT COALESCE((SELECT h.workday FROM holiday h WHERE h.day = $1), extract(isodow FROM $1) < 6)
$$;
COMMENT ON FUNCTION @extschema@.is_workday(date) IS
'是否工作日: Monday to Friday, unless the holiday calendar says otherwise.';

CREATE FUNCTION @extschema@.add_workdays(day date, n integer)
RETURNS date
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	step	integer := sign(n);
	found	date := day;
	left_over	integer := abs(n);
BEGIN
	IF NOT isfinite(day) OR abs(n::bigint) > 10000 THEN
		RAISE EXCEPTION 'working days are counted from a finite day, at most 10,000 of them'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	WHILE left_over > 0 LOOP
		found := found + step;
		left_over := left_over - is_workday(found)::integer;
	END LOOP;
	RETURN found;
END
$$;
COMMENT ON FUNCTION @extschema@.add_workdays(date, integer) IS
'加工作日: the n-th working day after a day, before it for negative n, the day itself for 0. The day itself is not counted: 15 working days from a Friday end on a Friday, holidays aside.';

CREATE FUNCTION @extschema@.deadline(workdays integer)
RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF workdays IS NULL OR workdays < 0 THEN
		RAISE EXCEPTION 'a time limit is a number of working days' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN add_workdays(CURRENT_DATE, workdays);
END
$$;
COMMENT ON FUNCTION @extschema@.deadline(integer) IS
'期限: the last day of a time limit of so many working days that begins today; not below 0.';

CREATE FUNCTION @extschema@.late_penalty(amount numeric, due date, paid date, daily_rate numeric DEFAULT 0.0005)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 50
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF amount < 0 OR daily_rate < 0 OR amount IN ('NaN', 'Infinity') OR daily_rate IN ('NaN', 'Infinity')
		OR NOT isfinite(due) OR NOT isfinite(paid) THEN
		RAISE EXCEPTION 'a late penalty needs an amount, a rate and days that are finite and not negative'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN round(amount * daily_rate * GREATEST(paid - due, 0), 2);
END
$$;
COMMENT ON FUNCTION @extschema@.late_penalty(numeric, date, date, numeric) IS
'滞纳金: round(amount × daily_rate × days after the due day, 2), yuan; 0 when paid by then. 10,000 yuan 20 days late at 0.05 % a day cost 100.00.';

CREATE FUNCTION @extschema@.late_penalty(due date, paid date, cases integer, daily numeric DEFAULT 500)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 50
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF cases < 0 OR daily < 0 OR daily IN ('NaN', 'Infinity') OR NOT isfinite(due) OR NOT isfinite(paid) THEN
		RAISE EXCEPTION 'a late penalty needs cases, a rate and days that are finite and not negative'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN round(GREATEST(paid - due, 0) * daily * cases, 2);
END
$$;
COMMENT ON FUNCTION @extschema@.late_penalty(date, date, integer, numeric) IS
'逾期违约金: days after the due day × daily × cases, yuan; 0 when paid by then. Two cases three days late at 500 yuan cost 3,000.00.';

CREATE FUNCTION @extschema@.quota_deduction(amount numeric, multiple numeric)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 50
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF amount < 0 OR multiple < 1 OR amount IN ('NaN', 'Infinity') OR multiple IN ('NaN', 'Infinity') THEN
		RAISE EXCEPTION 'a deduction needs a finite amount and a multiple of at least 1'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN round(amount * multiple, 2);
END
$$;
COMMENT ON FUNCTION @extschema@.quota_deduction(numeric, numeric) IS
'定额倍数扣减: round(amount × multiple, 2), yuan: what was found wrong in the sample of claims, times the multiple of the agreement. 1,200.50 yuan at 3 times are 3,601.50.';

CREATE FUNCTION @extschema@.extrapolate_deduction(sampled_amount numeric, wrong_amount numeric, population_amount numeric,
	standard_error numeric DEFAULT NULL, z numeric DEFAULT 1.2816)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 50
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	rate	numeric;
BEGIN
	IF sampled_amount IS NULL OR wrong_amount IS NULL OR population_amount IS NULL THEN
		RETURN NULL;
	END IF;
	IF sampled_amount <= 0 OR wrong_amount < 0 OR wrong_amount > sampled_amount OR population_amount < 0
		OR population_amount IN ('NaN', 'Infinity') OR sampled_amount IN ('NaN', 'Infinity')
		OR standard_error < 0 OR standard_error IN ('NaN', 'Infinity') OR z IN ('NaN', 'Infinity', '-Infinity') THEN
		RAISE EXCEPTION 'amounts do not describe a sample'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Sampled %s, wrong %s, population %s.', sampled_amount, wrong_amount, population_amount);
	END IF;
	-- rounded once, at the end
	rate := wrong_amount / sampled_amount;
	IF standard_error IS NOT NULL THEN
		rate := GREATEST(rate - COALESCE(z, 0) * standard_error, 0);
	END IF;
	RETURN CASE WHEN standard_error IS NULL THEN round(wrong_amount * population_amount / sampled_amount, 2)
		ELSE round(population_amount * rate, 2) END;
END
$$;
COMMENT ON FUNCTION @extschema@.extrapolate_deduction(numeric, numeric, numeric, numeric, numeric) IS
'样本违规率推算扣款: round(wrong / sampled × population, 2), yuan. With the standard error of the rate: its lower bound, rate - z × standard_error and not below 0, takes its place (z 1.2816: one-sided 90 %). NULL where an amount is NULL. 36 of 900 yuan wrong, of 100,000 yuan: 4,000.00.';
