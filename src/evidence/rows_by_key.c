/*-------------------------------------------------------------------------
 *
 * rows_by_key.c
 *		Rows of a table or fact as JSON, asked for by their keys.
 *
 * Findings share persons, visits and rules: each row is read and written as
 * JSON once for all findings that rest on it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "evidence/row_json.h"
#include "evidence/rows_by_key.h"

struct MesoRowsByKey
{
	MesoRowSource *source;
	MemoryContext ctx;
	HTAB	   *keys;			/* of MesoKeyRows; NULL: nothing asked for */
	ArrayBuildState *wanted[MESO_MAX_KEYS];
};

/* Hands rows over as they come, without a copy in a tuple table */
typedef struct RowReceiver
{
	DestReceiver pub;
	MesoRowsByKey *by;
	MesoRowShape *shape;
	StringInfoData key;
	StringInfoData json;
	MemoryContext per_row;
} RowReceiver;

static uint32
hash_key(const void *key, Size size)
{
	const MesoKeyRows *k = key;

	return hash_bytes((const unsigned char *) k->key, k->len);
}

static int
match_key(const void *a, const void *b, Size size)
{
	const MesoKeyRows *ka = a;
	const MesoKeyRows *kb = b;

	return ka->len != kb->len || memcmp(ka->key, kb->key, ka->len) != 0;
}

MesoRowsByKey *
meso_rows_by_key(MesoRowSource *source)
{
	MesoRowsByKey *by = palloc0(sizeof(MesoRowsByKey));

	by->source = source;
	by->ctx = CurrentMemoryContext;
	return by;
}

static HTAB *
make_keys(MemoryContext ctx)
{
	HASHCTL		ctl = {
		.keysize = offsetof(MesoKeyRows, rows),
		.entrysize = sizeof(MesoKeyRows),
		.hash = hash_key,
		.match = match_key,
		.hcxt = ctx
	};

	return hash_create("meso_audit rows by key", 256, &ctl,
					   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

MesoKeyRows *
meso_want_rows(MesoRowsByKey *by, text **parts)
{
	StringInfoData buf;
	MesoKeyRows probe;
	MesoKeyRows *entry;
	bool		found;

	for (int i = 0; i < by->source->nkeys; i++)
		if (parts[i] == NULL)
			return NULL;

	if (by->source->nkeys == 1)
	{
		probe.key = VARDATA_ANY(parts[0]);
		probe.len = VARSIZE_ANY_EXHDR(parts[0]);
	}
	else
	{
		initStringInfo(&buf);
		for (int i = 0; i < by->source->nkeys; i++)
		{
			appendBinaryStringInfo(&buf, VARDATA_ANY(parts[i]),
								   VARSIZE_ANY_EXHDR(parts[i]));
			appendStringInfoChar(&buf, '\0');
		}
		probe.key = buf.data;
		probe.len = buf.len;
	}

	if (by->keys == NULL)
		by->keys = make_keys(by->ctx);
	entry = hash_search(by->keys, &probe, HASH_ENTER, &found);
	if (found)
	{
		if (by->source->nkeys > 1)
			pfree(buf.data);
		return entry;
	}
	entry->rows = entry->last = NULL;
	for (int i = 0; i < by->source->nkeys; i++)
		by->wanted[i] = accumArrayResult(by->wanted[i], PointerGetDatum(parts[i]),
										 false, TEXTOID, by->ctx);
	return entry;
}

static void
row_startup(DestReceiver *self, int operation, TupleDesc desc)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext before = MemoryContextSwitchTo(receiver->by->ctx);

	receiver->shape = meso_row_shape(desc);
	MemoryContextSwitchTo(before);
}

/*
 * add_row: what is in receiver->json is the next row of a key.
 */
static void
add_row(RowReceiver *receiver, MesoKeyRows *entry, const char *beside)
{
	MemoryContext ctx = receiver->by->ctx;
	MesoJsonRow *row = MemoryContextAlloc(ctx, sizeof(MesoJsonRow));
	char	   *json = MemoryContextAlloc(ctx, receiver->json.len);

	memcpy(json, receiver->json.data, receiver->json.len);
	row->json = json;
	row->len = receiver->json.len;
	row->beside = beside ? MemoryContextStrdup(ctx, beside) : NULL;
	row->next = NULL;
	if (entry->last)
		entry->last->next = row;
	else
		entry->rows = row;
	entry->last = row;
}

static bool
row_receive(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	int			nkeys = receiver->by->source->nkeys;
	MemoryContext before = MemoryContextSwitchTo(receiver->per_row);
	MesoKeyRows probe;
	MesoKeyRows *entry;
	char	   *beside = NULL;

	slot_getallattrs(slot);
	resetStringInfo(&receiver->key);
	for (int i = 0; i < nkeys; i++)
	{
		text	   *part = DatumGetTextPP(slot->tts_values[i]);

		appendBinaryStringInfo(&receiver->key, VARDATA_ANY(part),
							   VARSIZE_ANY_EXHDR(part));
		if (nkeys > 1)
			appendStringInfoChar(&receiver->key, '\0');
	}
	probe.key = receiver->key.data;
	probe.len = receiver->key.len;
	entry = hash_search(receiver->by->keys, &probe, HASH_FIND, NULL);
	if (entry)
	{
		if (!slot->tts_isnull[nkeys])
			beside = TextDatumGetCString(slot->tts_values[nkeys]);
		resetStringInfo(&receiver->json);
		meso_append_row(&receiver->json, receiver->shape, nkeys + 1,
						slot->tts_values, slot->tts_isnull);
		add_row(receiver, entry, beside);
	}
	MemoryContextSwitchTo(before);
	MemoryContextReset(receiver->per_row);
	return true;
}

static void
row_shutdown(DestReceiver *self)
{
}

static void
row_destroy(DestReceiver *self)
{
}

/*
 * prepare: once a backend; a generic plan, which expects few keys and goes by
 * index where there is one.
 */
static void
prepare(MesoRowSource *source)
{
	Oid			types[MESO_MAX_KEYS] = {TEXTARRAYOID, TEXTARRAYOID};
	SPIPlanPtr	plan;

	if (source->plan)
		return;
	plan = SPI_prepare_cursor(source->query, source->nkeys, types,
							  CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s",
			 SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	source->plan = plan;
}

void
meso_read_rows(MesoRowsByKey *by)
{
	RowReceiver receiver = {
		.pub = {
			.receiveSlot = row_receive,
			.rStartup = row_startup,
			.rShutdown = row_shutdown,
			.rDestroy = row_destroy,
			.mydest = DestNone
		},
		.by = by
	};
	SPIExecuteOptions options = {0};
	ParamListInfo params;
	int			rc;

	if (by->wanted[0] == NULL)
		return;
	prepare(by->source);
	params = makeParamList(by->source->nkeys);
	for (int i = 0; i < by->source->nkeys; i++)
	{
		params->params[i].value = makeArrayResult(by->wanted[i],
												  CurrentMemoryContext);
		params->params[i].isnull = false;
		params->params[i].pflags = PARAM_FLAG_CONST;
		params->params[i].ptype = TEXTARRAYOID;
	}
	options.params = params;
	options.read_only = true;
	options.dest = (DestReceiver *) &receiver;
	initStringInfo(&receiver.key);
	initStringInfo(&receiver.json);
	receiver.per_row = AllocSetContextCreate(CurrentMemoryContext,
											 "meso_audit row",
											 ALLOCSET_SMALL_SIZES);
	rc = SPI_execute_plan_extended(by->source->plan, &options);
	if (rc < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s",
			 SPI_result_code_string(rc));
	MemoryContextDelete(receiver.per_row);
	memset(by->wanted, 0, sizeof(by->wanted));
}
