-- What a final decision does to credit: it writes the record, and a won
-- objection or appeal takes it back.

CREATE TABLE @extschema@.decision_credit
(
	kind		text NOT NULL,
	subject_type	text NOT NULL
		CHECK (subject_type IN ('hospital', 'pharmacy', 'care', 'practitioner', 'person', 'company')),
	indicator	text NOT NULL,
	quantity	text NOT NULL DEFAULT 'one' CHECK (quantity IN ('one', 'amount', 'months', 'points')),
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	PRIMARY KEY (kind, subject_type, indicator)
);
COMMENT ON TABLE @extschema@.decision_credit IS
'决定计入信用: the indicators that count a kind of final decision.';
COMMENT ON COLUMN @extschema@.decision_credit.kind IS 'Kind of decision';
COMMENT ON COLUMN @extschema@.decision_credit.subject_type IS 'Type of subject';
COMMENT ON COLUMN @extschema@.decision_credit.indicator IS 'Indicator whose record the decision writes';
COMMENT ON COLUMN @extschema@.decision_credit.quantity IS 'Quantity of the record: one, or the amount, months or points decided';
COMMENT ON COLUMN @extschema@.decision_credit.origin IS 'shipped with the extension, or local';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.decision_credit', 'WHERE origin = ''local''');
INSERT INTO @extschema@.decision_credit (kind, subject_type, indicator, quantity, origin)
SELECT k.kind, t.subject_type, k.indicator, k.quantity, 'shipped'
FROM (VALUES ('deduct', 'I06', 'one'), ('fine', 'I70', 'one'), ('warn', 'I37', 'one'), ('suspend', 'I72', 'one'),
		('terminate', 'I73', 'one'), ('fraud', 'I74', 'one'), ('expose', 'I81', 'one'), ('points', 'I77', 'points'))
	AS k(kind, indicator, quantity)
JOIN @extschema@.indicator i ON i.indicator = k.indicator
CROSS JOIN LATERAL pg_catalog.unnest(i.subject_types) AS t(subject_type);

/* What a suspension of a credit subject is to the claim check: the same, under its name for institutions */
CREATE FUNCTION @extschema@.suspend_subject(subject_type text, subject_code text, months integer, reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF subject_type = 'company' THEN
		RETURN NULL;
	END IF;
	RETURN suspend_payment(
		CASE WHEN subject_type IN ('hospital', 'pharmacy', 'care') THEN 'institution' ELSE subject_type END, subject_code,
		daterange(CURRENT_DATE, (CURRENT_DATE + make_interval(months => months))::date), reason);
END
$$;
COMMENT ON FUNCTION @extschema@.suspend_subject(text, text, integer, text) IS
'Suspends the payment of a subject from today on, for so many months; the claim check holds or refuses what is billed then. Companies have no claims: NULL.';
REVOKE ALL ON FUNCTION @extschema@.suspend_subject(text, text, integer, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.write_case_records(id bigint)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	n	integer;
BEGIN
	INSERT INTO credit_record (subject_type, subject_code, indicator, kind, quantity, happened_on, source, source_ref, title)
	SELECT c.subject_type, c.subject_code, m.indicator, 'untrustworthy',
		CASE m.quantity WHEN 'amount' THEN d.amount WHEN 'months' THEN d.months WHEN 'points' THEN d.points ELSE 1 END,
		CURRENT_DATE, 'case', c.case_id::text, k.title_zh
	FROM case_file c
	JOIN decision d ON d.case_id = c.case_id
	JOIN decision_kind k ON k.kind = d.kind
	JOIN decision_credit m ON m.kind = d.kind AND m.subject_type = c.subject_type
	WHERE c.case_id = id;
	GET DIAGNOSTICS n = ROW_COUNT;
	PERFORM suspend_subject(c.subject_type, c.subject_code, d.months, 'case ' || c.case_id)
	FROM case_file c JOIN decision d ON d.case_id = c.case_id AND d.kind = 'suspend'
	WHERE c.case_id = id;
	RETURN n;
END
$$;
COMMENT ON FUNCTION @extschema@.write_case_records(bigint) IS
'Writes the credit records of a case that has become final, and suspends payment where that was decided; returns how many records.';
REVOKE ALL ON FUNCTION @extschema@.write_case_records(bigint) FROM PUBLIC;

CREATE FUNCTION @extschema@.set_case_records(id bigint, new_status text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM set_credit_record_status(r.record_id, new_status)
	FROM credit_record r
	WHERE r.source = 'case' AND r.source_ref = id::text AND r.status IN ('active', 'under_appeal');
END
$$;
COMMENT ON FUNCTION @extschema@.set_case_records(bigint, text) IS
'Gives the credit records of a case a status.';
REVOKE ALL ON FUNCTION @extschema@.set_case_records(bigint, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.finalise_case(case_id bigint, note text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	last_day	date := (SELECT f.due FROM case_file f WHERE f.case_id = finalise_case.case_id AND f.status = 'decided');
BEGIN
	IF CURRENT_DATE <= last_day THEN
		RAISE EXCEPTION 'the decision of case % may be objected to until %', finalise_case.case_id, last_day
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM take_step(finalise_case.case_id, 'finalise', finalise_case.note);
	PERFORM set_case_findings(finalise_case.case_id, 'closed');
	RETURN write_case_records(finalise_case.case_id);
END
$$;
COMMENT ON FUNCTION @extschema@.finalise_case(bigint, text) IS
'决定生效: a decision that nobody objected to in time becomes final and writes its credit records; returns how many. Its findings are closed.';

CREATE FUNCTION @extschema@.resolve_case(case_id bigint, upheld boolean, reason text)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	before	text;
BEGIN
	IF upheld IS NULL THEN
		RAISE EXCEPTION 'an objection is upheld or rejected' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT f.status INTO before FROM case_file f WHERE f.case_id = resolve_case.case_id FOR UPDATE;
	PERFORM take_step(resolve_case.case_id, CASE WHEN upheld THEN 'uphold' ELSE 'reject' END, reason);
	IF upheld THEN
		PERFORM set_case_findings(resolve_case.case_id, 'dismissed');
		PERFORM set_case_records(resolve_case.case_id, 'revoked');
		PERFORM end_suspension(s.suspension_id, lower(s.valid), 'case ' || resolve_case.case_id || ' overturned')
		FROM suspension_in_force s WHERE s.reason = 'case ' || resolve_case.case_id;
		RETURN 0;
	END IF;
	IF before = 'appealed' THEN
		PERFORM set_case_records(resolve_case.case_id, 'active');
		RETURN 0;
	END IF;
	PERFORM set_case_findings(resolve_case.case_id, 'closed');
	RETURN write_case_records(resolve_case.case_id);
END
$$;
COMMENT ON FUNCTION @extschema@.resolve_case(bigint, boolean, text) IS
'异议与复议处理: upholds an objection or appeal (the findings are dismissed, credit records taken back) or rejects it (the decision is final and counts); by somebody who neither decided nor objected. Returns how many credit records were written.';

CREATE FUNCTION @extschema@.appeal_case(case_id bigint, grounds text, resolve_workdays integer DEFAULT 60)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM take_step(appeal_case.case_id, 'appeal', grounds, NULL, deadline(resolve_workdays));
	PERFORM set_case_records(appeal_case.case_id, 'under_appeal');
END
$$;
COMMENT ON FUNCTION @extschema@.appeal_case(bigint, text, integer) IS
'复议: a final decision is appealed; its credit records are under appeal until resolve_case.';

REVOKE ALL ON FUNCTION
	@extschema@.finalise_case(bigint, text),
	@extschema@.resolve_case(bigint, boolean, text),
	@extschema@.appeal_case(bigint, text, integer)
FROM PUBLIC;
