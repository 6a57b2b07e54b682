-- Makes the reference in the current database: psql -f install.sql
\set ON_ERROR_STOP on
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS reference CASCADE;
\ir 00_base.sql
\ir attr_limit.sql
\ir never_pay.sql
\ir all_of_set.sql
\ir diag.sql
\ir diag_forbidden.sql
\ir diag_required.sql
\ir pair_exclusive.sql
\ir group_dup.sql
\ir companion_required.sql
\ir max_qty.sql
\ir max_qty_period.sql
\ir max_days.sql
\ir max_kinds.sql
\ir price_ceiling.sql
\ir second_discount.sql
\ir prior_use_required.sql
\ir operation_time.sql
\ir component_sum.sql
\ir payment_suspended.sql
\ir data_quality.sql
\ir stay_profile.sql
\ir expression.sql
\ir aggregate_threshold.sql
\ir finding.sql
