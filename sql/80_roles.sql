-- Who may do what.
--
-- The engine works with the extension's tables; the functions that write for
-- others (SECURITY DEFINER) belong to it, so that whatever a bound view calls
-- runs without any other right. The offices of a fund get SELECT and EXECUTE
-- by the matrix below, never a right to write: writers are functions. Findings
-- are seen by area, through the view my_finding.
--
-- pg_dump keeps these grants, but not who owns a member of an extension:
-- setup() is to be run again after a restore.

CREATE TABLE @extschema@.office
(
	office		text PRIMARY KEY,
	label_zh	text NOT NULL,
	about		text NOT NULL
);
COMMENT ON TABLE @extschema@.office IS
'岗位: the offices for which create_roles makes roles.';
COMMENT ON COLUMN @extschema@.office.office IS 'Office; the role is named after it, with a prefix';
COMMENT ON COLUMN @extschema@.office.label_zh IS 'Chinese label';
COMMENT ON COLUMN @extschema@.office.about IS 'What it does';

INSERT INTO @extschema@.office (office, label_zh, about) VALUES
('rule_officer', '规则管理员', 'Maintains rules, knowledge and exemptions, tries them, watches their quality'),
('auditor', '审核员', 'Runs audits and works through findings and the facts behind them'),
('verifier', '核查员', 'Verifies findings'),
('decider', '处理决定员', 'Decides what follows from verified findings'),
('credit_officer', '信用管理员', 'Maintains indicators, rates subjects, hears appeals'),
('analyst', '分析员', 'Reads facts and findings of the granted areas, runs analyses'),
('bi_reader', '报表用户', 'Reads views without persons'),
('secrecy_officer', '保密员', 'Alone reads who reported');

CREATE TABLE @extschema@.office_grant
(
	office		text NOT NULL,
	privilege	text NOT NULL CHECK (privilege IN ('SELECT', 'EXECUTE')),
	object		text NOT NULL,
	PRIMARY KEY (office, privilege, object)
);
COMMENT ON TABLE @extschema@.office_grant IS
'权限矩阵: what each office may read and call; an office "*" stands for all of them.';
COMMENT ON COLUMN @extschema@.office_grant.office IS 'Office, or * for every one';
COMMENT ON COLUMN @extschema@.office_grant.privilege IS 'SELECT on a table or view, EXECUTE of a function or procedure';
COMMENT ON COLUMN @extschema@.office_grant.object IS 'Name in the extension''s schema; all functions of the name';

INSERT INTO @extschema@.office_grant (office, privilege, object)
SELECT o.office, 'SELECT', u.object
FROM (VALUES
	('*', '{fact,fact_column,fact_index,fact_status,rule_kind,rule,rule_in_force,knowledge_point,latest_point,point_in_force,
		knowledge_code,item_group,list_price,known_code,code_map,rule_exemption,fact_since,office,office_grant,
		rule_text,rule_in_words,sample_rule,sample_item}'),
	('rule_officer', '{payment_suspension,suspension_in_force,rule_history,rule_quality,trial_summary,import_problem,knowledge_report,knowledge_batches,unparsed_point,
		audit_progress,audit_coverage,reaudit_queue,check_rule_stats}'),
	('auditor', '{payment_suspension,suspension_in_force,my_finding,audit_run,audit_progress,audit_coverage,
		unchecked_claim,reaudit_queue,active_hold,payable_settlement,check_stats,check_rule_stats}'),
	('verifier', '{my_finding}'),
	('decider', '{my_finding,payment_suspension,suspension_in_force,claim_hold,active_hold,payable_settlement}'),
	('credit_officer', '{payment_suspension,suspension_in_force}'),
	('analyst', '{my_finding,audit_progress,audit_coverage}'),
	('bi_reader', '{audit_progress}')
) AS o(office, objects), pg_catalog.unnest(o.objects::text[]) AS u(object)
UNION
SELECT o.office, 'SELECT', f.fact
FROM @extschema@.fact f, (VALUES ('auditor'), ('analyst'), ('verifier')) AS o(office)
UNION
SELECT o.office, 'EXECUTE', u.object
FROM (VALUES
	('rule_officer', '{create_rule,change_rule,start_trial,trial_rule,approve_rule,discard_rule,end_override,
		retire_rule,void_rule,import_knowledge,load_knowledge,curate_point,
		add_item_group,add_list_price,add_known_codes,add_code_map,add_exemption,end_exemption,set_data_since,
		set_rule_text,write_sample_rule,load_sample_rules,load_sample_knowledge}'),
	('auditor', '{run_audit,audit_worker,audit_begin,audit_step,audit_end,launch_workers,my_evidence,seal_log,verify_log,log_head}'),
	('verifier', '{my_evidence}'),
	('decider', '{my_evidence,verify_log,log_head,release_hold,suspend_payment,end_suspension}'),
	('credit_officer', '{suspend_payment,end_suspension}'),
	('analyst', '{my_evidence}')
) AS o(office, objects), pg_catalog.unnest(o.objects::text[]) AS u(object);

CREATE TABLE @extschema@.office_role
(
	role_name	text PRIMARY KEY,
	office		text NOT NULL
);
COMMENT ON TABLE @extschema@.office_role IS
'岗位角色: the roles that create_roles made or adopted in this database.';
COMMENT ON COLUMN @extschema@.office_role.role_name IS 'Role';
COMMENT ON COLUMN @extschema@.office_role.office IS 'Office whose rights it has';

CREATE TABLE @extschema@.area_grant
(
	role_name	text,
	area		text CHECK (area OPERATOR(pg_catalog.~) '^[0-9]{0,6}$'),
	PRIMARY KEY (role_name, area)
);
COMMENT ON TABLE @extschema@.area_grant IS
'区划授权: whose findings a role, and every member of it, sees: those of areas that begin so.';
COMMENT ON COLUMN @extschema@.area_grant.role_name IS 'Role, of a person or of a group';
COMMENT ON COLUMN @extschema@.area_grant.area IS 'First digits of an area; empty: all areas, and findings whose area is not known';

/*
 * Definer functions know the caller by her login alone. Who may act as the
 * engine may act anywhere.
 */
CREATE FUNCTION @extschema@.require_area(area text, what text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF NOT pg_has_role(session_user, 'meso_audit_engine', 'USAGE') AND NOT EXISTS (
		SELECT
		FROM area_grant g
		JOIN pg_roles r ON r.rolname = g.role_name AND pg_has_role(session_user, r.oid, 'USAGE')
		WHERE starts_with(COALESCE(require_area.area, ''), g.area)) THEN
		RAISE EXCEPTION '% is of an area that is not granted to "%"', what, session_user
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = COALESCE(format('The area is %s.', require_area.area), 'Its area is not known.'),
				HINT = 'meso_audit.grant_area() grants areas, and '''' all.';
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.require_area(text, text) IS
'Fails unless the area is granted to who is logged in; for functions that act on findings, cases and holds.';
REVOKE EXECUTE ON FUNCTION @extschema@.require_area(text, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.require_findings_area(ids bigint[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM require_area(a.area, format('finding %s', a.id))
	FROM as_engine('SELECT f.finding_id, COALESCE(i.fix_blng_admdvs, p.insu_admdvs)
			FROM @extschema@.finding f
			LEFT JOIN @extschema@.institution i ON i.fixmedins_code = f.fixmedins_code
			LEFT JOIN @extschema@.person p ON p.psn_no = f.psn_no
			WHERE f.finding_id = ANY ($1) ORDER BY 1', ids) AS a(id bigint, area text);
END
$$;
COMMENT ON FUNCTION @extschema@.require_findings_area(bigint[]) IS
'Fails unless the areas of all these findings, as my_finding has them, are granted to who is logged in.';
REVOKE EXECUTE ON FUNCTION @extschema@.require_findings_area(bigint[]) FROM PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('@extschema@.office_role', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.area_grant', '');

-- Not a member of the extension, as it reads facts.
CREATE FUNCTION @extschema@.setup_my_finding()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $setup$
BEGIN
	CREATE OR REPLACE VIEW @extschema@.my_finding WITH (security_barrier) AS
	SELECT COALESCE(i.fix_blng_admdvs, p.insu_admdvs) AS area, f.*
	FROM @extschema@.finding f
	LEFT JOIN @extschema@.institution i ON i.fixmedins_code = f.fixmedins_code
	LEFT JOIN @extschema@.person p ON p.psn_no = f.psn_no
	WHERE EXISTS (
		SELECT
		FROM @extschema@.area_grant g
		JOIN pg_roles r ON r.rolname = g.role_name AND pg_has_role(r.oid, 'USAGE')
		WHERE starts_with(COALESCE(i.fix_blng_admdvs, p.insu_admdvs, ''), g.area));
	ALTER VIEW @extschema@.my_finding OWNER TO meso_audit_engine;
	COMMENT ON VIEW @extschema@.my_finding IS
		'我的疑点: the findings of the areas that are granted to the current user, by the institution''s area, or the person''s where there is none.';
	COMMENT ON COLUMN @extschema@.my_finding.area IS 'Area of the institution, else of the person';
	PERFORM @extschema@.pass_comments_on('@extschema@.finding', '@extschema@.my_finding');
END
$setup$;
COMMENT ON FUNCTION @extschema@.setup_my_finding() IS
'Creates the view my_finding; for setup().';

CREATE FUNCTION @extschema@.my_evidence(id bigint)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT decompress_evidence((to_jsonb(f) ->> 'evidence')::bytea)::jsonb
	FROM my_finding f
	WHERE f.finding_id = my_evidence.id;
$$;
COMMENT ON FUNCTION @extschema@.my_evidence(bigint) IS
'我的证据: evidence of a finding that the current user sees in my_finding; NULL for any other.';

CREATE FUNCTION @extschema@.setup_engine_grants()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	command text;
BEGIN
	FOR command IN
		SELECT format('GRANT %s ON %s %s TO meso_audit_engine',
			CASE WHEN c.relname IN ('finding_log', 'log_block') THEN 'SELECT, INSERT'
				-- what no dump carries holds shipped rows alone
				WHEN c.relkind IN ('r', 'p') AND c.oid = ANY (e.extconfig) THEN 'SELECT, INSERT, UPDATE, DELETE'
				WHEN c.relkind = 'S' THEN 'USAGE, SELECT'
				ELSE 'SELECT' END,
			CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass)
		FROM members('pg_class') m(objid)
		JOIN pg_class c ON c.oid = m.objid AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
		JOIN pg_extension e ON e.extname = 'meso_audit'
		UNION ALL
		SELECT format('GRANT EXECUTE ON %s %s TO meso_audit_engine',
			CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure)
		FROM members('pg_proc') m(objid)
		JOIN pg_proc p ON p.oid = m.objid AND NOT has_function_privilege('meso_audit_engine', p.oid, 'EXECUTE')
		UNION ALL
		SELECT format('ALTER %s %s OWNER TO meso_audit_engine',
			CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure)
		FROM members('pg_proc') m(objid)
		JOIN pg_proc p ON p.oid = m.objid AND p.prosecdef AND p.proowner::regrole::text <> 'meso_audit_engine'
	LOOP
		EXECUTE command;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.setup_engine_grants() IS
'Lets the engine work with the extension''s tables (the log it may only add to; shipped rows it only reads), and gives it the functions that write for others; for setup().';

CREATE FUNCTION @extschema@.setup_grants()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	command text;
BEGIN
	PERFORM setup_engine_grants();
	FOR command IN
		WITH granted AS (
			SELECT r.rolname, g.privilege, g.object
			FROM office_role o
			JOIN pg_roles r ON r.rolname = o.role_name
			JOIN office_grant g ON g.office IN ('*', o.office)
		)
		SELECT DISTINCT format('GRANT USAGE ON SCHEMA @extschema@ TO %I', g.rolname)
		FROM granted g
		UNION ALL
		SELECT format('GRANT SELECT ON @extschema@.%I TO %I', c.relname, g.rolname)
		FROM granted g
		JOIN pg_class c ON c.relname = g.object AND c.relnamespace = '@extschema@'::regnamespace
			AND c.relkind IN ('r', 'p', 'v', 'm')
		WHERE g.privilege = 'SELECT'
		UNION ALL
		SELECT format('GRANT EXECUTE ON %s %s TO %I',
			CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure, g.rolname)
		FROM granted g
		JOIN pg_proc p ON p.proname = g.object AND p.pronamespace = '@extschema@'::regnamespace
		WHERE g.privilege = 'EXECUTE'
	LOOP
		EXECUTE command;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.setup_grants() IS
'Gives the engine and the roles of create_roles what they need of the extension; for setup().';

CREATE FUNCTION @extschema@.create_roles(prefix text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	o office;
	name text;
	existing pg_roles;
BEGIN
	IF prefix !~ '^[[:alpha:]][[:alnum:]_]*$' THEN
		RAISE EXCEPTION 'prefix must be letters, digits and _'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF NOT is_set_up() THEN
		PERFORM setup();
	END IF;
	FOR o IN SELECT * FROM office ORDER BY office LOOP
		name := prefix || '_' || o.office;
		SELECT r.* INTO existing FROM pg_roles r WHERE r.rolname = name;
		IF NOT FOUND THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
			EXECUTE format('COMMENT ON ROLE %I IS %L', name, o.label_zh || ': ' || o.about);
		ELSIF existing.rolcanlogin OR existing.rolsuper THEN
			RAISE EXCEPTION 'role "%" exists and is not a group', name
				USING ERRCODE = 'duplicate_object',
					HINT = 'Choose another prefix: an office''s role has neither LOGIN nor SUPERUSER.';
		END IF;
		INSERT INTO office_role (role_name, office) VALUES (name, o.office) ON CONFLICT (role_name) DO NOTHING;
	END LOOP;
	PERFORM setup_grants();
END
$$;
COMMENT ON FUNCTION @extschema@.create_roles(text) IS
'创建岗位角色: makes a group role for every office, named PREFIX_OFFICE, with the rights of office_grant. Grant them to people, and areas with grant_area.';

CREATE FUNCTION @extschema@.grant_area(role_name text, area text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = grant_area.role_name) THEN
		RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = 'undefined_object';
	END IF;
	INSERT INTO area_grant (role_name, area) VALUES (grant_area.role_name, grant_area.area)
	ON CONFLICT ON CONSTRAINT area_grant_pkey DO NOTHING;
END
$$;
COMMENT ON FUNCTION @extschema@.grant_area(text, text) IS
'授权区划: lets a role and its members see the findings of the areas that begin with these digits; empty: of all.';

CREATE FUNCTION @extschema@.revoke_area(role_name text, area text)
RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	DELETE FROM area_grant g WHERE g.role_name = revoke_area.role_name AND g.area = revoke_area.area;
$$;
COMMENT ON FUNCTION @extschema@.revoke_area(text, text) IS
'收回区划: takes back what grant_area gave.';
