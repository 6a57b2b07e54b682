-- Names made comparable, by ICU.
--
-- The functions are immutable for one version of ICU: the version at install is
-- recorded, check_icu() compares it with the library that is loaded.

CREATE FUNCTION @extschema@.icu_version()
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_icu_version';
COMMENT ON FUNCTION @extschema@.icu_version() IS
'Version of the ICU library that is loaded.';

CREATE FUNCTION @extschema@.unicode_version()
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_unicode_version';
COMMENT ON FUNCTION @extschema@.unicode_version() IS
'Version of the Unicode data in the ICU library that is loaded.';

CREATE TABLE @extschema@.icu_record
(
	only_one		boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	icu_version		text NOT NULL,
	unicode_version	text NOT NULL,
	recorded_at		timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE @extschema@.icu_record IS
'ICU that indexes over normalize_name() and pinyin() were built with; see check_icu().';
COMMENT ON COLUMN @extschema@.icu_record.only_one IS 'Always true: there is one row';
COMMENT ON COLUMN @extschema@.icu_record.icu_version IS 'Version of the ICU library';
COMMENT ON COLUMN @extschema@.icu_record.unicode_version IS 'Version of its Unicode data';
COMMENT ON COLUMN @extschema@.icu_record.recorded_at IS 'When it was recorded';
GRANT SELECT ON @extschema@.icu_record TO PUBLIC;
INSERT INTO @extschema@.icu_record (icu_version, unicode_version)
VALUES (@extschema@.icu_version(), @extschema@.unicode_version());

CREATE FUNCTION @extschema@.check_icu(OUT recorded_icu text, OUT recorded_unicode text,
	OUT loaded_icu text, OUT loaded_unicode text, OUT same boolean)
RETURNS record
LANGUAGE sql STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
	SELECT r.icu_version, r.unicode_version, @extschema@.icu_version(), @extschema@.unicode_version(),
		r.icu_version = @extschema@.icu_version() AND r.unicode_version = @extschema@.unicode_version()
	FROM @extschema@.icu_record r;
END;
COMMENT ON FUNCTION @extschema@.check_icu() IS
'Whether the ICU library that is loaded is the one recorded at install (or by record_icu()). If not: rebuild every index, generated column and stored value that uses normalize_name(), name_similarity() or pinyin(), then call record_icu().';

CREATE FUNCTION @extschema@.record_icu()
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10
BEGIN ATOMIC
	UPDATE @extschema@.icu_record SET icu_version = @extschema@.icu_version(),
		unicode_version = @extschema@.unicode_version(), recorded_at = pg_catalog.now();
END;
COMMENT ON FUNCTION @extschema@.record_icu() IS
'Records the ICU library that is loaded, after what depends on it was rebuilt; needs the right to update icu_record.';

CREATE FUNCTION @extschema@.normalize_name(name text)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'meso_normalize_name';
COMMENT ON FUNCTION @extschema@.normalize_name(name text) IS
'A name made comparable: NFKC_Casefold (full and half width, compatibility forms, case), traditional to simplified characters, Roman and standalone Chinese numerals to digits, spaces and punctuation removed (kept: .:/- between digits, % after one). May be indexed; see check_icu().';

CREATE FUNCTION @extschema@.normalize_name(name text, core boolean)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
AS 'MODULE_PATHNAME', 'meso_normalize_name';
COMMENT ON FUNCTION @extschema@.normalize_name(name text, core boolean) IS
'With core: normalize_name() also without what stands in brackets, without dosage form at the end (注射液, 片, 胶囊, ...) and route at the beginning (注射用, 外用, ...).';

CREATE FUNCTION @extschema@.name_similarity(a text, b text)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'meso_name_similarity';
COMMENT ON FUNCTION @extschema@.name_similarity(a text, b text) IS
'How alike two names are, from 0 to 1 (the same normalized name): 0.3 by normalized name, 0.2 by core, 0.5 by core without salt; each the mean of Dice coefficients over characters and neighbouring characters. Symmetric. Above 0.45 two best matches are the same thing in 99 cases of 100 on two national catalogues.';

CREATE FUNCTION @extschema@.pinyin(name text)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
AS 'MODULE_PATHNAME', 'meso_pinyin';
COMMENT ON FUNCTION @extschema@.pinyin(name text) IS
'Pinyin of Chinese characters without tones, syllables parted by blanks, other characters folded (NFKC_Casefold); one reading a character, the first of Unicode. May be indexed; see check_icu().';
