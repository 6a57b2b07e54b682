-- check_claim against the reference: each settlement of the world is asked about while
-- it is not in the tables, or while something else is stored under its number.

CREATE TABLE world.whole (LIKE world.expected);

CREATE FUNCTION world.valid_lines(setl text) RETURNS SETOF world.fee_line LANGUAGE sql STABLE AS $$
	SELECT * FROM world.fee_line f
	WHERE f.setl_id = setl AND num_nulls(f.feedetl_sn, f.psn_no, f.fixmedins_code, f.fee_ocur_time,
		f.med_list_codg, f.cnt, f.det_item_fee_sumamt) = 0
$$;

-- The settlement as a hospital would send it. with_visit: with its visit, diagnoses and
-- operations, where the visit says the same of person, place and kind.
CREATE FUNCTION world.claim(setl text, with_visit boolean) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
	s world.settlement;
	v world.visit;
	orders jsonb;
	patient text;
	encounter jsonb;
BEGIN
	SELECT q.* INTO s FROM world.settlement q
	WHERE q.setl_id = setl AND num_nulls(q.psn_no, q.fixmedins_code, q.setl_time) = 0;
	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f) - 'setl_id') ORDER BY md5(f.feedetl_sn)), min(f.psn_no)
	INTO orders, patient FROM world.valid_lines(setl) f;
	patient := COALESCE(s.psn_no, patient);
	IF patient IS NULL THEN
		RETURN NULL;
	END IF;
	encounter := jsonb_strip_nulls(jsonb_build_object('setl_id', setl, 'medins_id', COALESCE(s.fixmedins_code, 'H9'),
		'mdtrt_id', s.mdtrt_id, 'setl_time', s.setl_time, 'med_type', s.med_type, 'insutype', s.insutype,
		'medfee_sumamt', s.medfee_sumamt::text, 'fund_pay_sumamt', s.fund_pay_sumamt,
		'refd_setl_flag', s.refd_setl_flag, 'init_setl_id', s.init_setl_id, 'dise_codg', s.dise_codg))
		|| jsonb_build_object('fsi_order_dtos', COALESCE(orders, '[]'));
	IF with_visit THEN
		SELECT q.* INTO v FROM world.visit q
		WHERE q.mdtrt_id = s.mdtrt_id AND q.begntime IS NOT NULL AND q.psn_no = s.psn_no
			AND q.fixmedins_code = s.fixmedins_code
			-- an encounter says one kind for both; the settlement's goes to lines of other visits too
			AND (s.med_type IS NOT DISTINCT FROM q.med_type OR (s.med_type IS NULL
				AND NOT EXISTS (SELECT FROM world.valid_lines(setl) f WHERE f.mdtrt_id <> s.mdtrt_id)));
		IF FOUND THEN
			encounter := encounter || jsonb_strip_nulls(jsonb_build_object('adm_date', v.begntime, 'dscg_date', v.endtime,
				'med_type', COALESCE(s.med_type, v.med_type), 'matn_stas', v.matn_stas, 'channel', v.channel))
				|| jsonb_build_object(
					'fsi_diagnose_dtos', COALESCE((SELECT jsonb_agg(jsonb_build_object('diag_srt_no', d.diag_srt_no,
							'dise_codg', d.diag_code, 'maindiag_flag', d.maindiag_flag, 'vali_flag', d.vali_flag))
						FROM world.diagnosis d WHERE d.mdtrt_id = v.mdtrt_id AND d.diag_code IS NOT NULL), '[]'),
					'fsi_operation_dtos', COALESCE((SELECT jsonb_agg(jsonb_build_object('oprn_srt_no', o.oprn_srt_no,
							'oprn_oprt_code', o.oprn_oprt_code, 'vali_flag', o.vali_flag,
							'oprn_begntime', o.oprn_begntime, 'oprn_endtime', o.oprn_endtime))
						FROM world.operation o WHERE o.mdtrt_id = v.mdtrt_id AND o.oprn_oprt_code IS NOT NULL), '[]'));
		END IF;
	END IF;
	RETURN jsonb_build_object('trig_scen', '2', 'patient_dtos', jsonb_build_array(
		jsonb_build_object('patn_id', patient, 'fsi_encounter_dtos', jsonb_build_array(encounter))));
END $$;

-- What is stored meanwhile: 0 nothing, 1 the same, 2 something else.
CREATE PROCEDURE world.disturb(setl text, claim jsonb, how integer) LANGUAGE plpgsql AS $$
DECLARE
	given text := CASE WHEN claim #> '{patient_dtos,0,fsi_encounter_dtos,0}' ? 'adm_date'
		THEN claim #>> '{patient_dtos,0,fsi_encounter_dtos,0,mdtrt_id}' END;
BEGIN
	IF how = 0 THEN
		DELETE FROM world.settlement WHERE setl_id = setl;
		DELETE FROM world.fee_line WHERE setl_id = setl;
		DELETE FROM world.visit WHERE mdtrt_id = given;
		DELETE FROM world.diagnosis WHERE mdtrt_id = given;
		DELETE FROM world.operation WHERE mdtrt_id = given;
	ELSIF how = 2 THEN
		UPDATE world.settlement SET setl_time = setl_time - interval '3 days', med_type = '14', insutype = '392',
			refd_setl_flag = CASE refd_setl_flag WHEN '1' THEN '0' ELSE '1' END, fixmedins_code = 'P1',
			medfee_sumamt = 7, fund_pay_sumamt = 7, dise_codg = 'E11', init_setl_id = NULL
		WHERE setl_id = setl;
		DELETE FROM world.fee_line WHERE setl_id = setl AND feedetl_sn < '2';
		UPDATE world.fee_line SET cnt = cnt + 1, fee_ocur_time = fee_ocur_time - interval '1 day', med_list_codg = 'A01',
			init_feedetl_sn = NULL
		WHERE setl_id = setl;
		UPDATE world.fee_line SET feedetl_sn = 'x' || feedetl_sn WHERE setl_id = setl AND feedetl_sn > '3';
		UPDATE world.visit SET begntime = begntime - interval '2 days', endtime = NULL, matn_stas = '2' WHERE mdtrt_id = given;
		UPDATE world.diagnosis SET diag_code = 'O80' WHERE mdtrt_id = given;
		UPDATE world.operation SET oprn_oprt_code = '81' WHERE mdtrt_id = given;
	END IF;
END $$;

-- Amounts are compared as the national shape gives them, with two decimals.
CREATE PROCEDURE world.note_answer(answer jsonb) LANGUAGE sql AS $$
	SELECT world.note_actual(r->>'rule_id', r->>'level', r->>'patn_id', r->>'setl_id', d->>'rx_id', r->>'mdtrt_id',
		d->>'row_no', NULL, (r->>'vola_amt')::numeric, CASE r->>'sev_deg' WHEN '1' THEN 'violation' ELSE 'suspect' END,
		r->>'point_id')
	FROM jsonb_array_elements(answer->'result') r, LATERAL (SELECT r #> '{judge_result_detail_dtos,0}' AS d) x
	WHERE r->>'action' <> 'remind'
$$;

CREATE PROCEDURE world.found_by_claim() LANGUAGE plpgsql AS $$
DECLARE
	s integer := (SELECT seed FROM world.setting);
	setl text;
	asked jsonb;
	answer jsonb;
	encounter jsonb;
BEGIN
	DELETE FROM world.whole;
	WITH gone AS (DELETE FROM world.expected RETURNING *)
	INSERT INTO world.whole SELECT * FROM gone;
	FOR setl IN SELECT setl_id FROM world.settlement WHERE setl_id IS NOT NULL
		UNION SELECT setl_id FROM world.fee_line WHERE setl_id IS NOT NULL
	LOOP
		asked := world.claim(setl, hashtext(s || setl) % 2 = 0);
		CONTINUE WHEN asked IS NULL;
		BEGIN
			CALL world.disturb(setl, asked, abs(hashtext(setl || s) % 3));
			answer := meso_audit.check_claim(asked);
			RAISE EXCEPTION USING ERRCODE = 'AS000';
		EXCEPTION WHEN SQLSTATE 'AS000' THEN
			NULL;
		END;
		CALL world.note_answer(answer);
		encounter := asked #> '{patient_dtos,0,fsi_encounter_dtos,0}';
		INSERT INTO world.expected
		SELECT w.source_code, w.level, w.psn_no, w.setl_id, w.feedetl_sn, w.mdtrt_id, w.row_no, w.period_start,
			round(w.amount, 2), w.certainty, w.point_id
		FROM world.whole w
		WHERE w.setl_id = setl
			OR (w.level IN ('visit', 'diagnosis', 'operation') AND w.mdtrt_id = encounter->>'mdtrt_id'
				AND (w.psn_no = asked #>> '{patient_dtos,0,patn_id}' OR w.psn_no IN (
					SELECT o->>'psn_no' FROM jsonb_array_elements(encounter->'fsi_order_dtos') o)));
	END LOOP;
END $$;
