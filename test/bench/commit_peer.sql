-- A skilled PL/pgSQL trigger with five look-ups a line: the rules of the line's item,
-- the person, the visit with its diagnosis, the quantity of the day, and of 30 days.
-- It judges a few of the rules of rules.sql, and writes what it finds, without evidence.
CREATE FUNCTION bench.check_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	rules text[];
	templates text[];
	sex text;
	born date;
	ended timestamp;
	diag text;
	day_cnt numeric;
	days bigint;
BEGIN
	SELECT array_agg(c.rule), array_agg(r.template) INTO rules, templates
	FROM bench.rule_code c JOIN bench.rule r USING (rule)
	WHERE c.code = new.med_list_codg AND c.role = 'codes';
	SELECT p.gend, p.brdy INTO sex, born FROM bench.person p WHERE p.psn_no = new.psn_no;
	SELECT v.endtime, d.diag_code INTO ended, diag
	FROM bench.visit v LEFT JOIN bench.diagnosis d ON d.mdtrt_id = v.mdtrt_id
	WHERE v.mdtrt_id = new.mdtrt_id LIMIT 1;
	SELECT sum(l.cnt) INTO day_cnt FROM bench.fee_line l
	WHERE l.psn_no = new.psn_no AND l.fee_ocur_time >= new.fee_ocur_time::date
		AND l.fee_ocur_time <= new.fee_ocur_time AND l.med_list_codg = new.med_list_codg;
	SELECT count(DISTINCT l.fee_ocur_time::date) INTO days FROM bench.fee_line l
	WHERE l.psn_no = new.psn_no AND l.fee_ocur_time > new.fee_ocur_time::date - 29
		AND l.fee_ocur_time <= new.fee_ocur_time AND l.med_list_codg = new.med_list_codg;
	FOR i IN 1 .. COALESCE(cardinality(rules), 0) LOOP
		IF (CASE templates[i] WHEN 'never_pay' THEN true
			WHEN 'attr_limit' THEN sex = '2' AND age(new.fee_ocur_time, born) > interval '80 years'
			WHEN 'diag_required' THEN ended IS NOT NULL AND diag > 'S'
			WHEN 'diag_forbidden' THEN diag LIKE 'T10%'
			WHEN 'max_qty' THEN day_cnt > 2
			WHEN 'max_days' THEN days > 3 ELSE false END)
		THEN
			INSERT INTO bench.peer_finding (finding_key, source_code, level, psn_no, fixmedins_code, setl_id, feedetl_sn, judged_day, amount)
			VALUES (sha256(convert_to(rules[i] || new.setl_id || new.feedetl_sn, 'UTF8')), rules[i], 'line', new.psn_no, new.fixmedins_code, new.setl_id,
				new.feedetl_sn, new.fee_ocur_time::date, new.det_item_fee_sumamt);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
