/*-------------------------------------------------------------------------
 *
 * engine.c
 *		Reading facts as the role meso_audit_engine.
 *
 * A bound view may call any function of whoever owns it.  Whatever reads facts
 * therefore does so as a role that has no rights but to read them, under a
 * fixed search path, in a restricted operation: not as the superuser who owns
 * the extension, nor as the session that happens to commit a claim.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"

#include "facts/engine.h"

/*
 * meso_engine_enter: become the engine until meso_engine_leave().
 *
 * An error in between needs no care: the end of the (sub)transaction gives
 * user and settings back.
 */
void
meso_engine_enter(MesoEngine *before)
{
	Oid			engine = get_role_oid("meso_audit_engine", true);

	if (!OidIsValid(engine))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("role meso_audit_engine does not exist"),
				 errhint("Have a superuser run SELECT meso_audit.setup().")));

	GetUserIdAndSecContext(&before->user, &before->security);
	SetUserIdAndSecContext(engine,
						   before->security | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	before->nestlevel = NewGUCNestLevel();
	RestrictSearchPath();
	/* else a session could let each check of a table with policies fail */
	if (!row_security)
		(void) set_config_option("row_security", "on", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
}

/*
 * meso_engine_leave: back to what was before meso_engine_enter().
 */
void
meso_engine_leave(MesoEngine *before)
{
	AtEOXact_GUC(false, before->nestlevel);
	SetUserIdAndSecContext(before->user, before->security);
}

/*
 * meso_fact_view: the view of a fact; a clear error where it was dropped with
 * the table that it was bound to.
 */
Oid
meso_fact_view(const char *fact)
{
	Oid			view = get_relname_relid(fact, get_namespace_oid("meso_audit", false));

	if (!OidIsValid(view))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the view of fact \"%s\" does not exist", fact),
				 errdetail("It goes with the table that it was bound to, and is created by setup()."),
				 errhint("Bind the fact again: SELECT meso_audit.bind_fact('%s', ...), or run SELECT meso_audit.setup().", fact)));
	return view;
}
