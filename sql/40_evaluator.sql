-- The evaluator: F(person), one truth for every feeder.

CREATE TYPE @extschema@.audit_finding AS
(
	finding_key	bytea,
	source_code	text,
	kind_code	text,
	source_version	integer,
	point_id	text,
	level		text,
	psn_no		text,
	fixmedins_code	text,
	prac_psn_code	text,
	mdtrt_id	text,
	setl_id		text,
	feedetl_sn	text,
	row_no		text,
	related		jsonb,
	period		tsrange,
	amount		numeric,
	score		real,
	certainty	text,
	action		text,
	judged_day	date
);
COMMENT ON TYPE @extschema@.audit_finding IS
'One element of F(person): a finding as the evaluator gives it, before it is stored.';
