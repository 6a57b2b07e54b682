-- prior_use_required: no code of first_line is present on an earlier instant of the
-- look-back, nor in L's settlement. Not judged where the look-back begins before the
-- first complete day of fee_line.
CREATE VIEW reference.prior_use_required AS
SELECT c.pool, c.subject, l.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'prior_use_required'
JOIN reference.subject l ON l.id = c.subject
CROSS JOIN LATERAL (SELECT (p.params->>'lookback')::interval) b(lookback)
WHERE reference.closed('settlement', l)
	AND NOT EXISTS (
		SELECT FROM meso_audit.fact_since f
		WHERE f.fact = 'fee_line'
			AND CASE WHEN date_trunc('day', b.lookback) = b.lookback
					AND extract(hour FROM b.lookback) = 0
				THEN (l.day - b.lookback)::date + 1
				ELSE (l.t - b.lookback + interval '1 microsecond')::date END < f.since)
	AND NOT EXISTS (
		SELECT FROM reference.mate x
		WHERE x.pool = c.pool AND x.subject = c.subject AND x.role = 'first_line'
			AND (x.m).t < (x.l).t
			AND reference.in_period(b.lookback, x.l, x.m)
		GROUP BY (x.m).code
		HAVING sum((x.m).cnt) > 0)
	AND NOT EXISTS (
		SELECT FROM reference.mate x
		WHERE x.pool = c.pool AND x.subject = c.subject AND x.role = 'first_line'
			AND reference.in_window('settlement', x.l, x.m)
		GROUP BY (x.m).code
		HAVING sum((x.m).cnt) > 0);
