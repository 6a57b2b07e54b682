-- Who may do what with cases, credit and ratings, and whose they see.

INSERT INTO @extschema@.office_grant (office, privilege, object)
SELECT o.office, 'SELECT', u.object
FROM (VALUES
	('*', '{aspect,indicator,indicator_current,scheme,scheme_aspect,scheme_indicator,holiday,case_step,decision_kind,decision_credit,measure}'),
	('credit_officer', '{credit_record,indicator_value,rating_run,rating,rating_detail,rating_current,rating_participant,
		rating_objection,credit_repair,subject_measure,my_case,my_credit_record,my_rating}'),
	('auditor', '{my_case,my_rating}'),
	('verifier', '{my_case,my_credit_record,my_rating}'),
	('decider', '{my_case,my_credit_record,my_rating}'),
	('analyst', '{my_rating}')
) AS o(office, objects), pg_catalog.unnest(o.objects::text[]) AS u(object)
UNION
SELECT o.office, 'EXECUTE', u.object
FROM (VALUES
	('auditor', '{open_case,explain_case,object_case}'),
	('verifier', '{verify_case,dismiss_case,explain_case}'),
	('decider', '{decide_case,finalise_case,resolve_case,object_case,appeal_case}'),
	('credit_officer', '{create_scheme,approve_scheme,create_indicator,add_credit_record,set_credit_record_status,
		enter_indicator_value,compute_indicators,rank_peers,set_participant,rating_begin,run_rating,publish_rating,
		object_rating,resolve_objection,finalise_rating,request_repair,review_repair,refresh_bi,set_holiday,indicator_quality,hold_reminders}')
) AS o(office, objects), pg_catalog.unnest(o.objects::text[]) AS u(object);

-- Not members of the extension, as they read facts.
CREATE FUNCTION @extschema@.setup_my_credit()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $setup$
DECLARE
	v		record;
	visible	text := area_condition();
	located	text := $$SELECT COALESCE(i.fix_blng_admdvs, d.area, p.insu_admdvs) AS area, c.*
		FROM @extschema@.%I c
		LEFT JOIN (SELECT x.fixmedins_code, max(x.fix_blng_admdvs) AS fix_blng_admdvs FROM @extschema@.institution x GROUP BY 1) i
			ON c.subject_type IN ('hospital', 'pharmacy', 'care') AND i.fixmedins_code = c.subject_code
		LEFT JOIN (SELECT x.prac_psn_code, max(y.fix_blng_admdvs) AS area FROM @extschema@.practitioner x
				JOIN @extschema@.institution y ON y.fixmedins_code = x.fixmedins_code GROUP BY 1) d
			ON c.subject_type = 'practitioner' AND d.prac_psn_code = c.subject_code
		LEFT JOIN @extschema@.person p ON c.subject_type = 'person' AND p.psn_no = c.subject_code$$;
BEGIN
	FOR v IN
		SELECT * FROM (VALUES
			('my_case', 'case_file', 'SELECT c.* FROM @extschema@.case_file c', '我的案件: the cases of the areas that are granted to the current user.'),
			('my_credit_record', 'credit_record', format(located, 'credit_record'), '我的信用记录: the credit records of subjects in the areas that are granted to the current user.'),
			('my_rating', 'rating', 'SELECT c.* FROM @extschema@.rating c', '我的评级: the ratings of subjects in the areas that are granted to the current user.')
		) AS x(name, source, query, about)
	LOOP
		EXECUTE format('CREATE OR REPLACE VIEW @extschema@.%I WITH (security_barrier) AS SELECT q.* FROM (%s) q WHERE %s',
			v.name, v.query, visible);
		EXECUTE format('ALTER VIEW @extschema@.%I OWNER TO meso_audit_engine', v.name);
		PERFORM pass_comments_on(format('@extschema@.%I', v.source)::regclass, format('@extschema@.%I', v.name)::regclass);
		EXECUTE format('COMMENT ON VIEW @extschema@.%I IS %L', v.name, v.about);
		EXECUTE format('COMMENT ON COLUMN @extschema@.%I.area IS %L', v.name, 'Area of the subject (区划)');
	END LOOP;
END
$setup$;
COMMENT ON FUNCTION @extschema@.setup_my_credit() IS
'Creates the views my_case, my_credit_record and my_rating; for setup().';
