-- operation_time: in a visit that has ended, whose operations are all of the list, L lies
-- outside what is allowed around every one of them.
CREATE FUNCTION reference.in_span(period interval, upto timestamp, t timestamp) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN date_trunc('day', period) = period AND extract(hour FROM period) = 0
		THEN t::date > upto::date - period AND t::date <= upto::date
		ELSE t > upto - period AND t <= upto
	END;

-- An operation whose time is not known, or that ends before it begins, allows everything.
CREATE FUNCTION reference.allows(params jsonb, begins timestamp, ends timestamp, t timestamp) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE
	WHEN params ? 'before' AND NOT COALESCE(isfinite(begins), false) THEN true
	WHEN params ? 'after' AND NOT COALESCE(isfinite(ends), false) THEN true
	WHEN isfinite(ends) AND ends < begins THEN true
	ELSE (NOT params ? 'before' OR t >= begins
			OR reference.in_span((params->>'before')::interval, begins, t))
		AND (NOT params ? 'after' OR t <= ends
			OR reference.in_span((params->>'after')::interval, t, ends))
	END;

CREATE VIEW reference.operation_time AS
SELECT c.pool, c.subject, l.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'operation_time'
JOIN reference.subject l ON l.id = c.subject
WHERE l.endtime IS NOT NULL
	AND (
		SELECT bool_and(NOT reference.allows(p.params, o.oprn_begntime, o.oprn_endtime, l.t)
			AND EXISTS (SELECT FROM reference.text_list(p.params->'operation') t(pattern)
				WHERE reference.matches(o.oprn_oprt_code, t.pattern)))
		FROM reference.operation o WHERE o.mdtrt_id = l.mdtrt_id)
	AND NOT EXISTS (
		SELECT FROM reference.diagnosis d, reference.text_list(p.params->'unless') t(pattern)
		WHERE d.mdtrt_id = l.mdtrt_id AND reference.matches(d.diag_code, t.pattern));
