-- Presets: how well-known databases name the facts.

CREATE TABLE @extschema@.preset_table
(
	preset		text NOT NULL,
	fact		text NOT NULL REFERENCES @extschema@.fact,
	relations	text[] NOT NULL,
	PRIMARY KEY (preset, fact)
);
COMMENT ON TABLE @extschema@.preset_table IS
'预设表: the tables that a preset looks for, for each fact, the first that exists counts.';
COMMENT ON COLUMN @extschema@.preset_table.preset IS 'Preset: nhsa is the national platform (国家医保信息平台)';
COMMENT ON COLUMN @extschema@.preset_table.fact IS 'Fact';
COMMENT ON COLUMN @extschema@.preset_table.relations IS 'Names of tables or views; the fact''s own name is always tried last';

CREATE TABLE @extschema@.preset_column
(
	preset		text NOT NULL,
	fact		text NOT NULL,
	column_name	text NOT NULL,
	expressions	text[] NOT NULL,
	PRIMARY KEY (preset, fact, column_name),
	FOREIGN KEY (fact, column_name) REFERENCES @extschema@.fact_column
);
COMMENT ON TABLE @extschema@.preset_column IS
'预设列: what a preset takes for a column that is not there by its own name, the first that fits counts.';
COMMENT ON COLUMN @extschema@.preset_column.preset IS 'Preset';
COMMENT ON COLUMN @extschema@.preset_column.fact IS 'Fact';
COMMENT ON COLUMN @extschema@.preset_column.column_name IS 'Column of the fact';
COMMENT ON COLUMN @extschema@.preset_column.expressions IS 'Columns or expressions, in order of preference';

INSERT INTO @extschema@.preset_table (preset, fact, relations) VALUES
('nhsa', 'institution', '{fixmedins_b,medins_info_b}'),
('nhsa', 'practitioner', '{prac_psn_b,medins_prac_psn_b,prac_psn_info_b}'),
('nhsa', 'person', '{psn_info_b}'),
('nhsa', 'person_insurance', '{psn_insu_d}'),
('nhsa', 'visit', '{mdtrt_d}'),
('nhsa', 'settlement', '{setl_d}'),
('nhsa', 'fee_line', '{fee_list_d}'),
('nhsa', 'diagnosis', '{diag_list_d,diseinfo,setl_diag_list_d}'),
('nhsa', 'operation', '{oprninfo,oprn_list_d,setl_oprn_d}'),
('nhsa', 'stock_movement', '{}'),
('nhsa', 'trace_code', '{drugtracinfo}'),
('nhsa', 'presence_event', '{}'),
('nhsa', 'budget', '{}');

-- Tables and interfaces of the platform name some columns differently, and
-- provinces keep dates with or without a time.
INSERT INTO @extschema@.preset_column (preset, fact, column_name, expressions) VALUES
('nhsa', 'institution', 'hosp_lv', ARRAY[
	'CASE WHEN hosp_lv IN (''01'', ''02'', ''03'', ''04'', ''3'') THEN 3 WHEN hosp_lv IN (''05'', ''06'', ''07'', ''2'') THEN 2
		WHEN hosp_lv IN (''08'', ''09'', ''10'', ''1'') THEN 1 WHEN hosp_lv IN (''11'', ''0'') THEN 0 END::smallint',
	'CASE WHEN medinslv IN (''01'', ''02'', ''03'', ''04'', ''3'') THEN 3 WHEN medinslv IN (''05'', ''06'', ''07'', ''2'') THEN 2
		WHEN medinslv IN (''08'', ''09'', ''10'', ''1'') THEN 1 WHEN medinslv IN (''11'', ''0'') THEN 0 END::smallint',
	'CASE WHEN medins_lv IN (''01'', ''02'', ''03'', ''04'', ''3'') THEN 3 WHEN medins_lv IN (''05'', ''06'', ''07'', ''2'') THEN 2
		WHEN medins_lv IN (''08'', ''09'', ''10'', ''1'') THEN 1 WHEN medins_lv IN (''11'', ''0'') THEN 0 END::smallint']),
('nhsa', 'institution', 'aprv_bed_cnt', '{aprv_bed_cnt::integer}'),
('nhsa', 'institution', 'begndate', '{begndate::date,begntime::date}'),
('nhsa', 'institution', 'enddate', '{enddate::date,endtime::date}'),
('nhsa', 'practitioner', 'prac_psn_code', '{dr_code,dr_codg}'),
('nhsa', 'practitioner', 'prac_psn_name', '{dr_name}'),
('nhsa', 'practitioner', 'pro_tech_duty', '{dr_profttl_codg}'),
('nhsa', 'practitioner', 'begndate', '{begndate::date,begntime::date}'),
('nhsa', 'practitioner', 'enddate', '{enddate::date,endtime::date}'),
('nhsa', 'person', 'brdy', '{brdy::date}'),
('nhsa', 'person', 'die_date', '{die_date::date}'),
('nhsa', 'person', 'insu_admdvs', '{insuplc_admdvs}'),
('nhsa', 'person', 'tel', '{mob}'),
('nhsa', 'person', 'addr', '{resd_addr}'),
-- A pause without a first day is nobody's fault: it begins never.
('nhsa', 'person_insurance', 'paused', ARRAY['psn_insu_stas = ''2''']),
('nhsa', 'person_insurance', 'begndate', ARRAY[
	'CASE WHEN psn_insu_stas = ''2'' THEN COALESCE(paus_insu_date::date, ''infinity''::date) ELSE crt_insu_date::date END',
	'begndate::date', 'crt_insu_date::date', 'psn_insu_date::date']),
('nhsa', 'person_insurance', 'enddate', ARRAY['enddate::date']),
('nhsa', 'visit', 'begntime', '{begndate,adm_time,adm_date}'),
('nhsa', 'visit', 'endtime', '{enddate,dscg_time,dscg_date}'),
('nhsa', 'visit', 'chfpdr_code', '{chfpdr_codg,atddr_no}'),
('nhsa', 'visit', 'adm_dept_codg', '{adm_dept_code}'),
('nhsa', 'settlement', 'inscp_amt', '{inscp_scp_amt}'),
('nhsa', 'settlement', 'psn_cash_pay', '{cash_payamt}'),
('nhsa', 'settlement', 'dise_codg', '{dise_no}'),
('nhsa', 'fee_line', 'inscp_amt', '{inscp_scp_amt}'),
('nhsa', 'fee_line', 'bilg_dr_code', '{bilg_dr_codg}'),
('nhsa', 'fee_line', 'bilg_dept_codg', '{bilg_dept_code}'),
('nhsa', 'fee_line', 'acord_dept_codg', '{acord_dept_code}'),
('nhsa', 'fee_line', 'acord_dr_code', '{acord_dr_codg,orders_dr_code,orders_dr_codg}'),
('nhsa', 'fee_line', 'upload_time', '{upld_time}'),
('nhsa', 'diagnosis', 'diag_code', '{dise_codg}'),
('nhsa', 'diagnosis', 'maindiag_flag', '{maindise_flag}'),
('nhsa', 'operation', 'oprn_srt_no', '{oprn_oprt_sn}'),
('nhsa', 'operation', 'oprn_oprt_code', '{oprn_oprt_codg}'),
('nhsa', 'operation', 'main_oprn_flag', ARRAY['CASE oprn_oprt_type WHEN ''1'' THEN ''1'' WHEN ''2'' THEN ''0'' END']),
('nhsa', 'operation', 'oprn_begntime', '{oprn_oprt_begntime,oprn_oprt_date}'),
('nhsa', 'operation', 'oprn_endtime', '{oprn_oprt_endtime}'),
('nhsa', 'operation', 'oper_dr_code', '{oper_dr_codg}'),
('nhsa', 'operation', 'anst_dr_code', '{anst_dr_codg}');

-- The columns of a fact that a preset finds in a relation: what bind_fact takes.
CREATE FUNCTION @extschema@.preset_columns(preset text, fact text, relation regclass, zone text)
RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	columns jsonb := '{}';
	col record;
	candidate text;
BEGIN
	FOR col IN
		SELECT c.column_name, c.data_type, quote_ident(c.column_name) || COALESCE(p.expressions, '{}') AS candidates
		FROM fact_column c
		LEFT JOIN preset_column p ON p.preset = preset_columns.preset AND p.fact = c.fact AND p.column_name = c.column_name
		WHERE c.fact = preset_columns.fact
	LOOP
		-- what fits none is left to bind_fact to complain of
		FOREACH candidate IN ARRAY col.candidates LOOP
			BEGIN
				PERFORM fit_expression(relation, candidate, col.data_type::regtype, zone);
				columns := columns || jsonb_build_object(col.column_name, candidate);
				EXIT;
			EXCEPTION WHEN OTHERS THEN
				NULL;
			END;
		END LOOP;
	END LOOP;
	RETURN columns;
END
$$;
COMMENT ON FUNCTION @extschema@.preset_columns(text, text, regclass, text) IS
'Columns of a fact as a preset finds them in a relation, in the form that bind_fact takes.';

CREATE FUNCTION @extschema@.bind_preset(preset text, schema_name text,
	zone text DEFAULT 'Asia/Shanghai', allow_slow boolean DEFAULT false)
RETURNS TABLE (fact text, relation text, bound boolean, note text)
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 13
SET search_path = pg_catalog, @extschema@, pg_temp
SET client_min_messages = warning
AS $$
#variable_conflict use_variable
DECLARE
	t record;
	rel regclass;
	columns jsonb;
	why text;
BEGIN
	IF NOT EXISTS (SELECT FROM preset_table p WHERE p.preset = bind_preset.preset) THEN
		RAISE EXCEPTION 'there is no preset "%"', preset
			USING ERRCODE = 'undefined_object',
				HINT = (SELECT 'The presets are ' || string_agg(DISTINCT p.preset, ', ') || '.' FROM preset_table p);
	END IF;
	IF to_regnamespace(quote_ident(schema_name)) IS NULL THEN
		RAISE EXCEPTION 'schema "%" does not exist', schema_name USING ERRCODE = 'invalid_schema_name';
	END IF;
	IF NOT is_set_up() THEN
		PERFORM setup();
	END IF;

	FOR t IN
		SELECT f.fact, p.relations || f.fact AS candidates
		FROM preset_table p JOIN fact f ON f.fact = p.fact
		WHERE p.preset = bind_preset.preset
		ORDER BY f.seq
	LOOP
		fact := t.fact;
		SELECT to_regclass(format('%I.%I', schema_name, c.name)) INTO rel
		FROM unnest(t.candidates) WITH ORDINALITY AS c(name, n)
		WHERE to_regclass(format('%I.%I', schema_name, c.name)) IS NOT NULL
		ORDER BY c.n LIMIT 1;
		relation := rel::text;
		bound := false;
		IF rel IS NULL THEN
			note := format('no table: looked for %s', array_to_string(t.candidates, ', '));
			RETURN NEXT;
			CONTINUE;
		END IF;
		columns := preset_columns(preset, t.fact, rel, zone);
		BEGIN
			PERFORM bind_fact(t.fact, rel, columns, zone, allow_slow);
			bound := true;
			note := (
				SELECT 'absent: ' || string_agg(c.column_name, ', ' ORDER BY c.pos)
				FROM fact_column c WHERE c.fact = t.fact AND NOT columns ? c.column_name);
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
			note := SQLERRM || COALESCE(E'\n' || NULLIF(why, ''), '');
		END;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.bind_preset(text, text, text, boolean) IS
'按预设绑定: binds what a preset finds in a schema (nhsa: the tables of the national platform, in both naming families) and says of each fact what it was bound to, which columns are absent, or why it was not bound.';
