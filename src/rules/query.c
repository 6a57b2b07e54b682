/*-------------------------------------------------------------------------
 *
 * query.c
 *		Queries whose rows are handed to a function, one by one.
 *
 * SPI gives its rows to a DestReceiver of ours, so that none is copied into
 * a tuple table first.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

#include "rules/query.h"

typedef struct RowReceiver
{
	DestReceiver pub;
	MesoRowFunction row;
	void	   *arg;
	MemoryContext per_row;
} RowReceiver;

static void
row_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}

static bool
row_receive(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext old = MemoryContextSwitchTo(receiver->per_row);

	slot_getallattrs(slot);
	receiver->row(slot, receiver->arg);
	MemoryContextSwitchTo(old);
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
 * Prepare text into *query unless it holds that very text.
 */
static void
query_prepare(MesoQuery *query, const char *text, int nargs, Oid *argtypes)
{
	SPIPlanPtr	plan;

	if (query->plan && strcmp(query->text, text) == 0)
		return;
	if (query->plan)
	{
		SPI_freeplan(query->plan);
		query->plan = NULL;
		pfree(query->text);
	}
	plan = SPI_prepare_cursor(text, nargs, argtypes, CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s",
			 SPI_result_code_string(SPI_result));
	query->text = MemoryContextStrdup(TopMemoryContext, text);
	query->all_rows = 0;
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	query->plan = plan;
}

static ParamListInfo
query_params(int nargs, Oid *argtypes, Datum *values, const char *nulls)
{
	ParamListInfo params;

	if (nargs == 0)
		return NULL;
	params = makeParamList(nargs);
	for (int i = 0; i < nargs; i++)
	{
		ParamExternData *param = &params->params[i];

		param->value = values[i];
		param->isnull = nulls != NULL && nulls[i] == 'n';
		param->pflags = PARAM_FLAG_CONST;
		param->ptype = argtypes[i];
	}
	return params;
}

/*
 * Row security that came after a fact was bound would hide rows without a
 * word, and what is not seen counts as gone: refuse that, once a plan.
 */
static void
require_all_rows(MesoQuery *query)
{
	ListCell   *cell;

	foreach(cell, SPI_plan_get_plan_sources(query->plan))
	{
		CachedPlanSource *source = lfirst(cell);

		if (source->dependsOnRLS && query->all_rows != source->generation)
		{
			int			rc = SPI_execute("SELECT meso_audit.require_all_rows()", true, 0);

			if (rc != SPI_OK_SELECT)
				elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(rc));
			SPI_freetuptable(SPI_tuptable);
			query->all_rows = source->generation;
		}
	}
}

void
meso_query_run(MesoQuery *query, const char *text, int nargs,
			   Oid *argtypes, Datum *values, const char *nulls,
			   MesoRowFunction row, void *arg)
{
	RowReceiver receiver = {
		.pub = {
			.receiveSlot = row_receive,
			.rStartup = row_startup,
			.rShutdown = row_shutdown,
			.rDestroy = row_destroy,
			.mydest = DestNone
		},
		.row = row,
		.arg = arg
	};
	SPIExecuteOptions options = {0};
	int			rc;

	query_prepare(query, text, nargs, argtypes);
	receiver.per_row = AllocSetContextCreate(CurrentMemoryContext,
											 "meso_audit row",
											 ALLOCSET_SMALL_SIZES);
	options.params = query_params(nargs, argtypes, values, nulls);
	options.read_only = true;
	options.dest = (DestReceiver *) &receiver;
	rc = SPI_execute_plan_extended(query->plan, &options);
	if (rc < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s",
			 SPI_result_code_string(rc));
	require_all_rows(query);
	MemoryContextDelete(receiver.per_row);
}

void
meso_query_write(MesoQuery *query, const char *text, int nargs,
				 Oid *argtypes, Datum *values, const char *nulls)
{
	SPIExecuteOptions options = {0};
	int			rc;

	query_prepare(query, text, nargs, argtypes);
	options.params = query_params(nargs, argtypes, values, nulls);
	rc = SPI_execute_plan_extended(query->plan, &options);
	if (rc < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s",
			 SPI_result_code_string(rc));
	SPI_freetuptable(SPI_tuptable);
}

ArrayType *
meso_text_array(MesoStr *strings, int n)
{
	Datum	   *elems = palloc(sizeof(Datum) * Max(n, 1));

	for (int i = 0; i < n; i++)
		elems[i] = PointerGetDatum(cstring_to_text_with_len(strings[i].data,
															strings[i].len));
	return construct_array(elems, n, TEXTOID, -1, false, TYPALIGN_INT);
}

static int
cmp_strs(const void *a, const void *b)
{
	return meso_str_cmp(*(const MesoStr *) a, *(const MesoStr *) b);
}

ArrayType *
meso_key_array(MesoStr *strings, int n)
{
	qsort(strings, n, sizeof(MesoStr), cmp_strs);
	return meso_text_array(strings, n);
}

MesoStr
meso_slot_str(TupleTableSlot *slot, int attno)
{
	MesoStr		result = {NULL, 0};

	if (!slot->tts_isnull[attno])
	{
		struct varlena *value = PG_DETOAST_DATUM_PACKED(slot->tts_values[attno]);

		result.data = VARDATA_ANY(value);
		result.len = VARSIZE_ANY_EXHDR(value);
	}
	return result;
}

MesoStr
meso_str_copy(MemoryContext ctx, MesoStr s)
{
	MesoStr		copy = s;

	if (!STR_IS_NULL(s))
	{
		char	   *data = MemoryContextAlloc(ctx, s.len + 1);

		memcpy(data, s.data, s.len);
		data[s.len] = '\0';
		copy.data = data;
	}
	return copy;
}
