-- Scores: each method, what counts on a day, bounds, vetoes, explanations.
SET meso_audit.require_approval = off;
SET search_path = meso_audit, public;
BEGIN;
-- the worked example of doc/credit.md
SELECT create_scheme('EXAMPLE', '{"subject_type": "hospital", "full_marks": 100,
	"bands": [{"grade": "A", "from": 90}, {"grade": "B", "from": 80}, {"grade": "C", "from": 60}, {"grade": "D"}],
	"preferred": true, "indicators": [
	{"indicator": "I06", "method": "deduct", "weight": 10, "params": {"per": 2}},
	{"indicator": "I09", "method": "linear", "weight": 20, "params": {"worst": 0.8, "best": 1}},
	{"indicator": "I59", "method": "add", "cap": 5, "params": {"per": 1}},
	{"indicator": "I73", "method": "veto"}]}', 'active');
SELECT add_credit_record('hospital', 'H1', 'I06', 'untrustworthy', '2025-03-01') AS r1,
	add_credit_record('hospital', 'H1', 'I06', 'untrustworthy', '2025-04-01') AS r2,
	add_credit_record('hospital', 'H1', 'I06', 'untrustworthy', '2025-05-01') AS r3,
	add_credit_record('hospital', 'H1', 'I59', 'trustworthy', '2025-05-01', 2) AS r4 \gset
SELECT set_credit_record_status(:r3, 'repaired', '2025-06-01');
SELECT enter_indicator_value('hospital', 'H1', 'I09', '[2025-01-01,2026-01-01)', 0.95) AS v1 \gset
SELECT * FROM credit_score('hospital', 'H1', '2025-12-31');
SELECT aspect, indicator, outcome, quantity, value, lost, gained, cardinality(records) AS records
FROM credit_explain('hospital', 'H1', '2025-12-31');
-- the value's period has not ended, the repair has not happened
SELECT score, grade FROM credit_score('hospital', 'H1', '2025-05-31');
SELECT score FROM credit_score('hospital', 'H1', '2025-12-30');
-- nothing known of it, nothing to blame it for
SELECT score, grade FROM credit_score('hospital', 'nobody', '2025-12-31');
SELECT * FROM credit_score('hospital', NULL, '2025-12-31');
SELECT count(*) FROM credit_scores(NULL);
-- a correction is a higher number; an indicator that does not apply leaves the denominator
SELECT enter_indicator_value('hospital', 'H1', 'I09', '[2025-01-01,2026-01-01)', 1) AS v2 \gset
SELECT score FROM credit_score('hospital', 'H1', '2025-12-31');
SELECT enter_indicator_value('hospital', 'H1', 'I09', '[2025-01-01,2026-01-01)', NULL, false) AS v3 \gset
SELECT score FROM credit_score('hospital', 'H1', '2025-12-31');
SELECT indicator, outcome FROM credit_explain('hospital', 'H1', '2025-12-31') WHERE outcome <> 'counts';
-- under appeal counts where the scheme says so
SELECT set_credit_record_status(:r2, 'under_appeal');
SELECT score FROM credit_score('hospital', 'H1', '2025-12-31');
SELECT set_credit_record_status(:r2, 'revoked');
-- a veto takes all that is left
SELECT add_credit_record('hospital', 'H1', 'I73', 'untrustworthy', '2025-12-01') AS r5 \gset
SELECT score, grade, vetoed_by, lost FROM credit_score('hospital', 'H1', '2025-12-31');
SELECT 100 - sum(lost) + sum(gained) AS score FROM credit_explain('hospital', 'H1', '2025-12-31');
ROLLBACK;

BEGIN;
-- bands, peers, caps of aspects, validity, points that are not normalised
SELECT create_scheme('POINTS', '{"subject_type": "practitioner", "full_marks": 12, "normalize": false,
	"bands": [{"grade": "free", "from": 3.000001}, {"grade": "suspended", "from": 0.000001}, {"grade": "ended"}],
	"aspects": [{"aspect": "WF", "cap": 10}], "indicators": [
	{"indicator": "I77", "method": "deduct", "weight": 12, "params": {"per": 1}, "validity": "calendar year"},
	{"indicator": "I80", "method": "deduct", "weight": 12, "params": {"per": 1}, "validity": "1 month"}]}', 'active');
SELECT add_credit_record('practitioner', 'D1', 'I77', 'untrustworthy', '2025-02-01', 6) AS r1,
	add_credit_record('practitioner', 'D1', 'I80', 'untrustworthy', '2025-01-31', 5) AS r2 \gset
SELECT d::date, score, grade, lost FROM unnest('{2025-01-30,2025-01-31,2025-02-01,2025-02-27,2025-02-28,2025-12-31,2026-01-01}'::date[]) d,
	credit_score('practitioner', 'D1', d, 'POINTS');
SELECT create_scheme('BANDS', '{"subject_type": "hospital", "full_marks": 100, "min_score": 10,
	"bands": [{"grade": "A", "from": 50}, {"grade": "B"}], "indicators": [
	{"indicator": "I19", "method": "ratio_band", "weight": 30, "params": {"bands": [{"upto": 1, "earn": 1}, {"upto": 5, "earn": 0.5}]}},
	{"indicator": "I42", "method": "peer_percentile", "weight": 30, "params": {"better": "low", "worst": 0.1, "best": 0.5}, "missing": "zero"},
	{"indicator": "I57", "method": "boolean", "weight": 30, "missing": "full"}]}', 'active');
SELECT enter_indicator_value('hospital', 'H2', 'I19', '[2025-01-01,2026-01-01)', 5) AS v1,
	enter_indicator_value('hospital', 'H2', 'I42', '[2025-01-01,2026-01-01)', 9) AS v2 \gset
SELECT indicator, outcome, value, lost FROM credit_explain('hospital', 'H2', '2026-01-01', 'BANDS');
UPDATE indicator_value SET peer_share = 0.7, peers = 10 WHERE value_id = :v2;
SELECT indicator, outcome, value, peer_share, lost FROM credit_explain('hospital', 'H2', '2026-01-01', 'BANDS');
SELECT enter_indicator_value('hospital', 'H2', 'I57', '[2025-01-01,2026-01-01)', 0) AS v3,
	enter_indicator_value('hospital', 'H2', 'I19', '[2025-06-01,2026-01-01)', 5.000001) AS v4 \gset
SELECT indicator, lost FROM credit_explain('hospital', 'H2', '2026-01-01', 'BANDS');
UPDATE indicator_value SET peer_share = 1 WHERE value_id = :v2;
SELECT indicator, lost FROM credit_explain('hospital', 'H2', '2026-01-01', 'BANDS');
SELECT * FROM credit_score('hospital', 'H2', '2026-01-01', 'BANDS');
ROLLBACK;

-- what is refused
SELECT * FROM credit_score('nobody', 'H1', '2025-12-31');
SELECT * FROM credit_score('hospital', 'H1', '2025-12-31', 'nothing');
SELECT create_scheme('BAD', '{"subject_type": "hospital", "bands": [{"grade": "A", "from": 90}, {"grade": "B"}],
	"indicators": [{"indicator": "I06", "method": "deduct", "weight": 10, "params": {"pr": 2}}]}');
SELECT create_scheme('BAD', '{"subject_type": "hospital", "bands": [{"grade": "A", "from": 90}, {"grade": "B", "from": 95}],
	"indicators": [{"indicator": "I06", "method": "deduct", "weight": 10, "params": {"per": 2}}]}');
SELECT create_scheme('BAD', '{"subject_type": "hospital", "bands": [{"grade": "A"}],
	"indicators": [{"indicator": "I06", "method": "deduct", "weight": 10, "params": {"per": 2}, "validity": "1 hour"}]}');
SELECT create_scheme('BAD', '{"subject_type": "hospital", "bands": [{"grade": "A"}], "weights": 1, "indicators": []}');
RESET meso_audit.require_approval;
SELECT create_scheme('BAD', '{"subject_type": "hospital", "bands": [{"grade": "A"}], "indicators": []}', 'active');
