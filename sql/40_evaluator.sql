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

CREATE FUNCTION @extschema@.evaluate_persons(persons text[], period daterange DEFAULT NULL, rules text[] DEFAULT NULL)
RETURNS SETOF @extschema@.audit_finding
LANGUAGE c STABLE PARALLEL RESTRICTED COST 10000 ROWS 1000
AS 'MODULE_PATHNAME', 'meso_audit_evaluate_persons';
COMMENT ON FUNCTION @extschema@.evaluate_persons(text[], daterange, text[]) IS
'F: the findings that the rules in force give on all rows of these persons, restricted to a period (NULL: all days) and to rules (NULL: all). Writes nothing.';

CREATE FUNCTION @extschema@.rules_changed()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1
AS 'MODULE_PATHNAME', 'meso_audit_rules_changed';
COMMENT ON FUNCTION @extschema@.rules_changed() IS
'Trigger: tells every session to load the rules anew.';

CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.rule
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.knowledge_point
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.knowledge_code
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.item_group
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.list_price
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.known_code
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.rule_exemption
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.fact_since
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
