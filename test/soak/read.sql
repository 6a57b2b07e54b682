\set p random(1, 5000)
SELECT source_code, setl_id, amount FROM meso_audit.finding WHERE psn_no = 'p' || :p;
SELECT count(*) FROM meso_audit.payable_settlement WHERE psn_no = 'p' || :p;
SELECT * FROM meso_audit.check_stats;
