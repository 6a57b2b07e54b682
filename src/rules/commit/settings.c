/*-------------------------------------------------------------------------
 *
 * settings.c
 *		Settings of the check at commit.
 *
 * All weaken or strengthen a check, so only superusers (and whom they GRANT
 * SET ON PARAMETER, from PostgreSQL 15 on) may set them; a change in the
 * configuration files reaches open sessions at reload.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pgtime.h"
#include "utils/guc.h"

#include "rules/commit/settings.h"

bool		meso_check = true;
int			meso_on_deny = ON_DENY_RAISE;
int			meso_on_error = ON_ERROR_PASS;
int			meso_fail_at = FAIL_NOWHERE;
int			meso_max_history_rows = 1000000;
int			meso_max_claims = 100000;
char	   *meso_timezone = NULL;

static const struct config_enum_entry on_deny_options[] = {
	{"raise", ON_DENY_RAISE, false},
	{"hold", ON_DENY_HOLD, false},
	{NULL, 0, false}
};

static const struct config_enum_entry on_error_options[] = {
	{"pass", ON_ERROR_PASS, false},
	{"raise", ON_ERROR_RAISE, false},
	{NULL, 0, false}
};

static const struct config_enum_entry fail_at_options[] = {
	{"nowhere", FAIL_NOWHERE, false},
	{"gather", FAIL_GATHER, false},
	{"guard", FAIL_GUARD, false},
	{"load", FAIL_LOAD, false},
	{"evaluate", FAIL_EVALUATE, false},
	{"compare", FAIL_COMPARE, false},
	{"write", FAIL_WRITE, false},
	{"act", FAIL_ACT, false},
	{"note", FAIL_NOTE, false},
	{NULL, 0, false}
};

static bool
check_timezone(char **newval, void **extra, GucSource source)
{
	if (pg_tzset(*newval) == NULL)
	{
		GUC_check_errdetail("There is no time zone \"%s\".", *newval);
		return false;
	}
	return true;
}

/*
 * meso_commit_settings: for _PG_init().
 */
void
meso_commit_settings(void)
{
	DefineCustomBoolVariable("meso_audit.check",
							 "Checks claims when they are committed.",
							 "Off: claims commit unchecked and unnoted; the next audit catches up.",
							 &meso_check, true,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("meso_audit.on_deny",
							 "What a finding of a rule with action \"deny\" does to a new or changed claim.",
							 "raise: the transaction fails. hold: the claim commits and its payment is held.",
							 &meso_on_deny, ON_DENY_RAISE, on_deny_options,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("meso_audit.on_error",
							 "What becomes of claims whose check fails.",
							 "pass: they commit with a warning and a row in unchecked_claim. raise: the transaction fails.",
							 &meso_on_error, ON_ERROR_PASS, on_error_options,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("meso_audit.max_history_rows",
							"Fee lines that one check may read for up to 1,000 persons.",
							"A check that would read more fails as on_error says. 0: no limit.",
							&meso_max_history_rows, 1000000, 0, PG_INT32_MAX,
							PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("meso_audit.max_claims_per_transaction",
							"Claims that one transaction may have checked.",
							"More are not checked: that fails as on_error says. 0: no limit.",
							&meso_max_claims, 100000, 0, PG_INT32_MAX,
							PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("meso_audit.timezone",
							   "Time zone of the facts' local times, for times that the extension itself takes.",
							   NULL,
							   &meso_timezone, "Asia/Shanghai",
							   PGC_SUSET, 0, check_timezone, NULL, NULL);
	DefineCustomEnumVariable("meso_audit.fail_at",
							 "Lets the check at commit fail at a stage. For tests.",
							 NULL,
							 &meso_fail_at, FAIL_NOWHERE, fail_at_options,
							 PGC_SUSET, GUC_NOT_IN_SAMPLE, NULL, NULL, NULL);
}

void
meso_fail_point(MesoFailAt stage)
{
	if (unlikely(meso_fail_at == (int) stage))
		ereport(ERROR,
				(errcode(MESO_ERRCODE_INJECTED),
				 errmsg("the check failed as meso_audit.fail_at asks")));
}
