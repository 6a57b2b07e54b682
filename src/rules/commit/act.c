/*-------------------------------------------------------------------------
 *
 * act.c
 *		Reminding, holding, denying.
 *
 * Actions apply to settlements that this transaction inserted or changed,
 * themselves or by their lines; elsewhere, and where it is about a visit, a
 * diagnosis, an operation or a person as a whole, a finding is a flag.  What a
 * person dismissed or closed neither holds nor denies.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/memutils.h"

#include "rules/commit/check.h"
#include "rules/commit/settings.h"

typedef struct Holds
{
	int			n;
	MesoStr    *setl_ids;
	Datum	   *keys;
} Holds;

static void
mark_changed(MesoChunk *chunk)
{
	int			n;
	MesoNote  **notes = meso_notes_standing(&n);

	for (int i = 0; i < n; i++)
	{
		MesoSettlement *setl;

		if (STR_IS_NULL(notes[i]->setl_id))
			continue;
		setl = meso_strtab_find(chunk->settlements, notes[i]->setl_id);
		if (setl)
			setl->changed = true;
	}
}

/*
 * changed_claim: the changed settlement that a hit is about, or NULL.
 */
static MesoSettlement *
changed_claim(const MesoHit *hit)
{
	MesoSettlement *setl = hit->line ? hit->line->setl : hit->setl;

	return setl && setl->changed ? setl : NULL;
}

/*
 * remind: when all is judged; a check may have to begin again.
 */
static void
remind(MesoCheck *check, const MesoHit *hit, const MesoSettlement *setl)
{
	bool		line = hit->line && !hit->line->entry;
	MemoryContext old = MemoryContextSwitchTo(check->ctx);
	char	   *text = line
	? psprintf(_("rule \"%s\" reminds: settlement %.*s, line %.*s"), hit->rule->code,
			   setl->setl_id.len, setl->setl_id.data,
			   hit->line->feedetl_sn.len, hit->line->feedetl_sn.data)
	: psprintf(_("rule \"%s\" reminds: settlement %.*s"), hit->rule->code,
			   setl->setl_id.len, setl->setl_id.data);

	check->reminders = lappend(check->reminders, text);
	MemoryContextSwitchTo(old);
}

static void
deny(MesoCheck *check, const MesoHit *hit)
{
	MemoryContext old = MemoryContextSwitchTo(check->ctx);

	if (check->ndenied == check->maxdenied)
	{
		check->maxdenied = Max(16, check->maxdenied * 2);
		check->denied = check->denied
			? repalloc(check->denied, sizeof(Datum) * check->maxdenied)
			: palloc(sizeof(Datum) * check->maxdenied);
	}
	check->denied[check->ndenied++] = meso_finding_datum(hit);
	MemoryContextSwitchTo(old);
}

static void
hold(MesoChunk *chunk, Holds *holds, const MesoFound *found, const MesoSettlement *setl)
{
	bytea	   *key = MemoryContextAlloc(chunk->ctx, VARHDRSZ + sizeof(found->key));
	int			nkeys = holds->n;

	SET_VARSIZE(key, VARHDRSZ + sizeof(found->key));
	memcpy(VARDATA(key), found->key, sizeof(found->key));
	CHUNK_APPEND(chunk, holds->keys, nkeys, PointerGetDatum(key));
	CHUNK_APPEND(chunk, holds->setl_ids, holds->n, setl->setl_id);
}

/*
 * write_holds: hold what was to be held.  What a person released stays so.
 */
static void
write_holds(Holds *holds)
{
	static MesoQuery query;
	Oid			types[] = {TEXTARRAYOID, BYTEAARRAYOID};
	Datum		values[2];

	if (holds->n == 0)
		return;
	values[0] = PointerGetDatum(meso_text_array(holds->setl_ids, holds->n));
	values[1] = PointerGetDatum(construct_array(holds->keys, holds->n, BYTEAOID, -1,
												false, TYPALIGN_INT));
	meso_query_write(&query,
					 "INSERT INTO meso_audit.claim_hold (setl_id, finding_id, source_code)"
					 " SELECT u.setl_id, f.finding_id, f.source_code"
					 " FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS u(setl_id, finding_key)"
					 " JOIN meso_audit.finding f ON f.finding_key OPERATOR(pg_catalog.=) u.finding_key"
					 " ON CONFLICT (setl_id, finding_id) DO NOTHING",
					 2, types, values, NULL);
}

/*
 * meso_act: let the rules' actions follow from what was found.
 */
void
meso_act(MesoSlice *slice, MesoTruth *truth)
{
	MesoChunk  *chunk = slice->chunk;
	Holds		holds = {0};
	bool		marked = false;

	meso_fail_point(FAIL_ACT);
	for (int i = 0; i < truth->n; i++)
	{
		MesoFound  *found = truth->found[i];
		MesoRule   *rule = found->hit.rule;
		bool		denies = strcmp(rule->action, "deny") == 0;
		MesoSettlement *setl;

		CHECK_FOR_INTERRUPTS();
		if (found->settled || strcmp(rule->action, "flag") == 0)
			continue;
		if (!marked)
			mark_changed(chunk);
		marked = true;
		setl = changed_claim(&found->hit);
		if (setl == NULL)
			continue;
		if (rule->reminds)
			remind(slice->check, &found->hit, setl);
		else if (denies && meso_on_deny == ON_DENY_RAISE)
			deny(slice->check, &found->hit);
		else
			hold(chunk, &holds, found, setl);
	}
	write_holds(&holds);
}

/*
 * refusal: the results of denied findings as JSON, in the current memory
 * context.
 */
static char *
refusal(MesoCheck *check, MemoryContext ctx)
{
	Oid			type;
	Datum		values[1];
	char	   *json;

	values[0] = PointerGetDatum(meso_finding_array(check->denied, check->ndenied, &type));
	if (SPI_execute_with_args("SELECT meso_audit.audit_result($1)", 1, &type, values,
							  NULL, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "audit_result() gave no result");
	json = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	return MemoryContextStrdup(ctx, json);
}

/*
 * refuse_denied: fail the transaction if anything of it is denied.
 *
 * Nothing else of a refused claim remains: one line of the server's log says
 * who tried what, as "meso_audit deny " and a JSON object with user and
 * results.
 */
static void
refuse_denied(MesoCheck *check)
{
	char	   *results;
	StringInfoData user;

	if (check->ndenied == 0)
		return;
	results = refusal(check, check->ctx);
	initStringInfo(&user);
	escape_json(&user, GetUserNameFromId(GetSessionUserId(), true));
	ereport(LOG_SERVER_ONLY,
			(errcode(MESO_ERRCODE_DENIED),
			 errmsg_internal("meso_audit deny {\"user\": %s, \"results\": %s}", user.data, results),
			 errhidestmt(true), errhidecontext(true)));
	ereport(ERROR,
			(errcode(MESO_ERRCODE_DENIED),
			 errmsg_plural("claims are denied: %d finding",
						   "claims are denied: %d findings",
						   check->ndenied, check->ndenied),
			 errdetail_internal("%s", results)));
}

/*
 * meso_finish_actions: what follows once all is judged.
 */
void
meso_finish_actions(MesoCheck *check)
{
	ListCell   *cell;

	foreach(cell, check->reminders)
		ereport(NOTICE,
				(errcode(MESO_ERRCODE_REMINDER),
				 errmsg_internal("%s", (char *) lfirst(cell))));
	refuse_denied(check);
}
