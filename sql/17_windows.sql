-- Window functions: a value against its peers, and series.

CREATE FUNCTION @extschema@.robust_z(float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_robust_z';
COMMENT ON FUNCTION @extschema@.robust_z(float8) IS
'稳健 z 值: (x - median) / (1.4826 * MAD) within the partition: how many robust standard deviations from the middle of its peers; beyond 3.5 is an outlier (Iglewicz and Hoaglin 1993). NULL and NaN are no peers and get NULL; NULL for all where MAD is 0. O(n log n) a partition. A frame clause has no effect.';

CREATE FUNCTION @extschema@.adjusted_box_flag(float8)
RETURNS boolean
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_adjusted_box_flag';
COMMENT ON FUNCTION @extschema@.adjusted_box_flag(float8) IS
'偏态离群: True outside the boxplot for skewed data (Hubert and Vandervieren 2008): with M the medcouple of the partition, Q1 and Q3 its hinges and IQR = Q3 - Q1, below Q1 - 1.5 exp(-4M) IQR or above Q3 + 1.5 exp(3M) IQR (M < 0: -3 and 4). The fences themselves are inside. NULL and NaN are no peers and get NULL; NULL for all where a value is infinite. O(n log n) a partition. A frame clause has no effect.';

CREATE FUNCTION @extschema@.tukey_flag(float8, float8)
RETURNS boolean
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_tukey_flag';
COMMENT ON FUNCTION @extschema@.tukey_flag(float8, float8) IS
'箱线图离群: True below Q1 - k * IQR or above Q3 + k * IQR of the partition, quartiles as percentile_cont(); k = 1.5 for outliers, 3 for far ones. The fences themselves are inside. NULL and NaN are no peers and get NULL; k must not be negative, NaN or NULL. O(n log n) a partition. A frame clause has no effect.';

CREATE FUNCTION @extschema@.tukey_flag(float8)
RETURNS boolean
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_tukey_flag';
COMMENT ON FUNCTION @extschema@.tukey_flag(float8) IS
'箱线图离群: tukey_flag(x, 1.5). NULL and NaN get NULL.';

CREATE FUNCTION @extschema@.robust_z(numeric)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_robust_z_numeric';
COMMENT ON FUNCTION @extschema@.robust_z(numeric) IS
'稳健 z 值: (x - median) / (1.4826 * MAD) within the partition: how many robust standard deviations from the middle of its peers; beyond 3.5 is an outlier (Iglewicz and Hoaglin 1993). NULL and NaN are no peers and get NULL; NULL for all where MAD is 0. O(n log n) a partition. A frame clause has no effect.';

CREATE FUNCTION @extschema@.adjusted_box_flag(numeric)
RETURNS boolean
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_adjusted_box_flag_numeric';
COMMENT ON FUNCTION @extschema@.adjusted_box_flag(numeric) IS
'偏态离群: True outside the boxplot for skewed data (Hubert and Vandervieren 2008): with M the medcouple of the partition, Q1 and Q3 its hinges and IQR = Q3 - Q1, below Q1 - 1.5 exp(-4M) IQR or above Q3 + 1.5 exp(3M) IQR (M < 0: -3 and 4). The fences themselves are inside. NULL and NaN are no peers and get NULL; NULL for all where a value is infinite. O(n log n) a partition. A frame clause has no effect.';

CREATE FUNCTION @extschema@.tukey_flag(numeric, float8)
RETURNS boolean
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_tukey_flag_numeric';
COMMENT ON FUNCTION @extschema@.tukey_flag(numeric, float8) IS
'箱线图离群: True below Q1 - k * IQR or above Q3 + k * IQR of the partition, quartiles as percentile_cont(); k = 1.5 for outliers, 3 for far ones. The fences themselves are inside. NULL and NaN are no peers and get NULL; k must not be negative, NaN or NULL. O(n log n) a partition. A frame clause has no effect.';

CREATE FUNCTION @extschema@.tukey_flag(numeric)
RETURNS boolean
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_tukey_flag_numeric';
COMMENT ON FUNCTION @extschema@.tukey_flag(numeric) IS
'箱线图离群: tukey_flag(x, 1.5). NULL and NaN get NULL.';

CREATE FUNCTION @extschema@.stockpile(timestamp, float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_stockpile';
COMMENT ON FUNCTION @extschema@.stockpile(timestamp, float8) IS
'囤药天数: Days of supply on hand just before each dispense: 0 at first, then max(0, stock + days dispensed - days elapsed). Order the window by the time, else error. NULL time: NULL, and the row does not count; NULL or NaN days: nothing dispensed; negative days are returns; infinite ones are an error. A frame clause has no effect.';

CREATE FUNCTION @extschema@.stockpile(timestamptz, float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_stockpile';
COMMENT ON FUNCTION @extschema@.stockpile(timestamptz, float8) IS
'囤药天数: Days of supply on hand just before each dispense: 0 at first, then max(0, stock + days dispensed - days elapsed). Order the window by the time, else error. NULL time: NULL, and the row does not count; NULL or NaN days: nothing dispensed; negative days are returns; infinite ones are an error. A frame clause has no effect.';

CREATE FUNCTION @extschema@.stockpile(date, float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_stockpile_date';
COMMENT ON FUNCTION @extschema@.stockpile(date, float8) IS
'囤药天数: Days of supply on hand just before each dispense: 0 at first, then max(0, stock + days dispensed - days elapsed). Order the window by the time, else error. NULL time: NULL, and the row does not count; NULL or NaN days: nothing dispensed; negative days are returns; infinite ones are an error. A frame clause has no effect.';

CREATE FUNCTION @extschema@.episode_no(timestamp, timestamp, interval)
RETURNS bigint
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_episode_no';
COMMENT ON FUNCTION @extschema@.episode_no(timestamp, timestamp, interval) IS
'连续住院序号: Number of the episode of care, from 1: a stay opens a new one when it starts more than the gap after the latest end so far in the partition (a gap of exactly that length still chains). Order the window by the start, else error. NULL start: NULL, and the row does not count; NULL end: ends when it starts. The gap has no months; a day counts 24 hours and is not negative. A frame clause has no effect.';

CREATE FUNCTION @extschema@.episode_no(timestamptz, timestamptz, interval)
RETURNS bigint
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_episode_no';
COMMENT ON FUNCTION @extschema@.episode_no(timestamptz, timestamptz, interval) IS
'连续住院序号: Number of the episode of care, from 1: a stay opens a new one when it starts more than the gap after the latest end so far in the partition (a gap of exactly that length still chains). Order the window by the start, else error. NULL start: NULL, and the row does not count; NULL end: ends when it starts. The gap has no months; a day counts 24 hours and is not negative. A frame clause has no effect.';

CREATE FUNCTION @extschema@.episode_no(date, date, interval)
RETURNS bigint
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_episode_no_date';
COMMENT ON FUNCTION @extschema@.episode_no(date, date, interval) IS
'连续住院序号: Number of the episode of care, from 1: a stay opens a new one when it starts more than the gap after the latest end so far in the partition (a gap of exactly that length still chains). Order the window by the start, else error. NULL start: NULL, and the row does not count; NULL end: ends when it starts. The gap has no months; a day counts 24 hours and is not negative. A frame clause has no effect.';

CREATE FUNCTION @extschema@.episode_no(date, date, integer)
RETURNS bigint
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_episode_no_date_days';
COMMENT ON FUNCTION @extschema@.episode_no(date, date, integer) IS
'连续住院序号: Number of the episode of care, from 1: a stay opens a new one when it starts more than the gap after the latest end so far in the partition (a gap of exactly that length still chains). Order the window by the start, else error. NULL start: NULL, and the row does not count; NULL end: ends when it starts. The gap is in days and is not negative. A frame clause has no effect.';

CREATE FUNCTION @extschema@.ewma(float8, float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_ewma';
COMMENT ON FUNCTION @extschema@.ewma(float8, float8) IS
'指数加权均值: Exponentially weighted moving average E = alpha * x + (1 - alpha) * E before, beginning with the first value; alpha above 0, at most 1. NULL and NaN leave it as it was (NULL before the first value); infinite values are an error. A frame clause has no effect.';

CREATE FUNCTION @extschema@.ewma(float8, float8, float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_ewma';
COMMENT ON FUNCTION @extschema@.ewma(float8, float8, float8) IS
'指数加权均值: Exponentially weighted moving average as ewma(x, alpha), beginning from the third argument (the centre line of a control chart) at the first row. NULL and NaN leave it as it was; a NULL start is as none. A frame clause has no effect.';

CREATE FUNCTION @extschema@.cusum_high(float8, float8, float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_cusum_high';
COMMENT ON FUNCTION @extschema@.cusum_high(float8, float8, float8) IS
'上侧累积和: Upper cumulative sum C = max(0, C before + (x - target) - slack), from 0 (Page 1954): a lasting rise above the target by more than the slack adds up; alarm at 4 to 5 standard deviations. NULL and NaN leave it as it was; infinite values are an error. A frame clause has no effect.';

CREATE FUNCTION @extschema@.cusum_low(float8, float8, float8)
RETURNS float8
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_cusum_low';
COMMENT ON FUNCTION @extschema@.cusum_low(float8, float8, float8) IS
'下侧累积和: Lower cumulative sum C = max(0, C before + (target - x) - slack), from 0: the mirror of cusum_high(). NULL and NaN leave it as it was; infinite values are an error. A frame clause has no effect.';
