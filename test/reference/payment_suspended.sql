-- payment_suspended: the line's institution, practitioner or person is suspended on the day.
CREATE VIEW reference.payment_suspended AS
SELECT c.pool, c.subject, s.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'payment_suspended'
JOIN reference.subject s ON s.id = c.subject
WHERE EXISTS (
	SELECT FROM meso_audit.payment_suspension x
	WHERE x.valid @> s.day
		AND (x.subject_type, x.subject_code) IN (('institution', s.fixmedins_code),
			('practitioner', s.bilg_dr_code), ('person', s.psn_no))
		AND x.version = (SELECT max(n.version) FROM meso_audit.payment_suspension n
			WHERE n.suspension_id = x.suspension_id));
