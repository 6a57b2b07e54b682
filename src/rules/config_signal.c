/*-------------------------------------------------------------------------
 *
 * config_signal.c
 *		Telling every backend that configuration tables have changed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"

#include "rules/config_signal.h"

typedef struct Signal
{
	const char *table;			/* whose relcache entry is invalidated */
	const char *trigger;		/* function that does it */
	Oid			relid;			/* listened to; invalid until asked for */
	uint64		generation;
} Signal;

static Signal signals[SIGNAL_COUNT] = {
	[SIGNAL_RULES] = {"rule", "rules_changed", InvalidOid, 1},
	[SIGNAL_SCHEMES] = {"scheme", "schemes_changed", InvalidOid, 1}
};

PG_FUNCTION_INFO_V1(meso_audit_rules_changed);
PG_FUNCTION_INFO_V1(meso_audit_schemes_changed);

static Oid
table_relid(const char *name)
{
	Oid			nsp = get_namespace_oid("meso_audit", true);

	return OidIsValid(nsp) ? get_relname_relid(name, nsp) : InvalidOid;
}

/*
 * A change of the table's relcache entry means: the rows have changed, or the
 * table is another one, which is then asked for again.
 */
static void
relation_invalidated(Datum arg, Oid relid)
{
	for (int i = 0; i < SIGNAL_COUNT; i++)
	{
		if (relid == InvalidOid || relid == signals[i].relid)
		{
			signals[i].relid = InvalidOid;
			signals[i].generation++;
		}
	}
}

uint64
meso_signal_generation(MesoSignal signal)
{
	static bool registered = false;
	Signal	   *s = &signals[signal];

	if (!registered)
	{
		CacheRegisterRelcacheCallback(relation_invalidated, (Datum) 0);
		registered = true;
	}
	AcceptInvalidationMessages();
	if (!OidIsValid(s->relid))
		s->relid = table_relid(s->table);
	return s->generation;
}

static Datum
send(FunctionCallInfo fcinfo, const Signal *s)
{
	Oid			relid = table_relid(s->table);

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", s->trigger)));
	if (OidIsValid(relid))
		CacheInvalidateRelcacheByRelid(relid);
	return PointerGetDatum(NULL);
}

/*
 * rules_changed(): statement trigger on every table that a program reads.
 */
Datum
meso_audit_rules_changed(PG_FUNCTION_ARGS)
{
	return send(fcinfo, &signals[SIGNAL_RULES]);
}

/*
 * schemes_changed(): statement trigger on every table that a scheme is made of.
 */
Datum
meso_audit_schemes_changed(PG_FUNCTION_ARGS)
{
	return send(fcinfo, &signals[SIGNAL_SCHEMES]);
}
