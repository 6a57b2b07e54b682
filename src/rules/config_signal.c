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
#include "utils/rel.h"

#include "rules/config_signal.h"

typedef struct Signal
{
	const char *relation;		/* whose relcache entry is invalidated */
	const char *table;			/* whose own changes count as well */
	Oid			relids[2];		/* of both; invalid until asked for */
	uint64		generation;
} Signal;

/*
 * Nothing is planned over sequences: plans that read the rules stay good where
 * only rows have changed.
 */
static Signal signals[SIGNAL_COUNT] = {
	[SIGNAL_RULES] = {"rule_edition", "rule", {InvalidOid, InvalidOid}, 1},
	[SIGNAL_KNOWLEDGE] = {"rule_exemption_exemption_id_seq", "knowledge_point", {InvalidOid, InvalidOid}, 1},
	[SIGNAL_SCHEMES] = {"scheme", "scheme", {InvalidOid, InvalidOid}, 1}
};

PG_FUNCTION_INFO_V1(meso_audit_rules_changed);
PG_FUNCTION_INFO_V1(meso_audit_schemes_changed);

static Oid
relid_of(const char *name)
{
	Oid			nsp = get_namespace_oid("meso_audit", true);

	return OidIsValid(nsp) ? get_relname_relid(name, nsp) : InvalidOid;
}

/*
 * A change of a relcache entry means: rows have changed, or the relation is
 * another one, which is then asked for again.
 */
static void
relation_invalidated(Datum arg, Oid relid)
{
	for (int i = 0; i < SIGNAL_COUNT; i++)
	{
		Signal	   *s = &signals[i];

		if (relid == InvalidOid || relid == s->relids[0] || relid == s->relids[1])
		{
			s->relids[0] = s->relids[1] = InvalidOid;
			s->generation++;
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
	if (!OidIsValid(s->relids[0]))
	{
		s->relids[0] = relid_of(s->relation);
		s->relids[1] = relid_of(s->table);
	}
	return s->generation;
}

static void
require_trigger(FunctionCallInfo fcinfo, const char *name)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", name)));
}

static void
send(MesoSignal signal)
{
	Oid			relid = relid_of(signals[signal].relation);

	if (OidIsValid(relid))
		CacheInvalidateRelcacheByRelid(relid);
}

/*
 * rules_changed(): statement trigger on every table that a program reads.
 */
Datum
meso_audit_rules_changed(PG_FUNCTION_ARGS)
{
	const char *table;

	require_trigger(fcinfo, "rules_changed");
	table = RelationGetRelationName(((TriggerData *) fcinfo->context)->tg_relation);
	send(strcmp(table, signals[SIGNAL_RULES].table) == 0 ? SIGNAL_RULES : SIGNAL_KNOWLEDGE);
	return PointerGetDatum(NULL);
}

/*
 * schemes_changed(): statement trigger on every table that a scheme is made of.
 */
Datum
meso_audit_schemes_changed(PG_FUNCTION_ARGS)
{
	require_trigger(fcinfo, "schemes_changed");
	send(SIGNAL_SCHEMES);
	return PointerGetDatum(NULL);
}
