/*-------------------------------------------------------------------------
 *
 * evaluate_persons.c
 *		SQL entry of the evaluator: F of some persons, restricted to a period.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "rules/evaluate.h"
#include "rules/finding_row.h"

/* Persons loaded at a time: bounds the memory of one call */
#define PERSONS_A_CHUNK		1000

typedef struct Output
{
	Tuplestorestate *store;
	TupleDesc	desc;
	TupleDesc	found;			/* of a trial: desc is (drafted,
								 * audit_finding) */
	MemoryContext row;
} Output;

PG_FUNCTION_INFO_V1(meso_audit_evaluate_persons);
PG_FUNCTION_INFO_V1(meso_audit_evaluate_trial);

static void
put_row(Output *out, bool drafted, Datum *values, bool *nulls)
{
	Datum		pair[2];
	bool		no_nulls[2] = {false, false};

	if (out->found == NULL)
	{
		tuplestore_putvalues(out->store, out->desc, values, nulls);
		return;
	}
	pair[0] = BoolGetDatum(drafted);
	pair[1] = HeapTupleGetDatum(heap_form_tuple(out->found, values, nulls));
	tuplestore_putvalues(out->store, out->desc, pair, no_nulls);
}

static void
put_hit(const MesoHit *hit, void *arg)
{
	Output	   *out = arg;
	Datum		values[AF_COUNT];
	bool		nulls[AF_COUNT];
	MemoryContext old = MemoryContextSwitchTo(out->row);

	meso_finding_row(hit, values, nulls);
	put_row(out, hit->rule->drafted, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextReset(out->row);
}

/*
 * period_days: a daterange as days; NULL is all days.  false: it is empty.
 */
static bool
period_days(FunctionCallInfo fcinfo, int argno, MesoDays *days)
{
	RangeType  *range;
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	days->from = PG_INT32_MIN;
	days->upto = PG_INT32_MAX;
	if (PG_ARGISNULL(argno))
		return true;
	range = PG_GETARG_RANGE_P(argno);
	range_deserialize(lookup_type_cache(RangeTypeGetOid(range), TYPECACHE_RANGE_INFO),
					  range, &lower, &upper, &empty);
	if (empty)
		return false;
	if (!lower.infinite)
		days->from = DatumGetDateADT(lower.val);
	if (!upper.infinite)
		days->upto = DatumGetDateADT(upper.val);
	return true;
}

/*
 * evaluate_slice: judge some of the persons.
 */
static void
evaluate_slice(MesoProgram *program, Datum *elems, bool *nulls, int n,
			   MesoDays period, Output *out)
{
	ArrayType  *persons;
	int			dims[1] = {n};
	int			lbs[1] = {1};
	MesoChunk  *chunk;

	persons = construct_md_array(elems, nulls, 1, dims, lbs, TEXTOID, -1, false,
								 TYPALIGN_INT);
	chunk = meso_chunk_load(program, persons, period);
	meso_chunk_assemble(chunk);
	meso_evaluate(chunk, put_hit, out);
	MemoryContextDelete(chunk->ctx);
	pfree(persons);
}

static Output
output_start(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old;
	Output		out;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) ||
		!(rsinfo->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	if (get_call_result_type(fcinfo, NULL, &out.desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	out.desc = CreateTupleDescCopy(out.desc);
	out.found = NULL;
	if (out.desc->natts == 2)
		out.found = lookup_rowtype_tupdesc_copy(TupleDescAttr(out.desc, 1)->atttypid, -1);
	if ((out.found ? out.found : out.desc)->natts != AF_COUNT)
		elog(ERROR, "audit_finding has not %d columns", AF_COUNT);
	out.store = tuplestore_begin_heap(true, false, work_mem);
	out.row = AllocSetContextCreate(old, "meso_audit finding", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(old);
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = out.store;
	rsinfo->setDesc = out.desc;
	return out;
}

/*
 * evaluate_all: judge all persons, a slice at a time.
 */
static void
evaluate_all(MesoProgram *program, ArrayType *persons, MesoDays period, Output *out)
{
	Datum	   *elems;
	bool	   *nulls;
	int			n;

	deconstruct_array(persons, TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, &n);
	for (int i = 0; i < n; i += PERSONS_A_CHUNK)
		evaluate_slice(program, elems + i, nulls + i,
					   Min(PERSONS_A_CHUNK, n - i), period, out);
}

/*
 * evaluate_persons(persons text[], period daterange, rules text[])
 * returns setof audit_finding
 *
 * F of these persons under the active snapshot, restricted to the period
 * (NULL: all days) and to the rules named (NULL: all).  NULL persons: none.
 */
Datum
meso_audit_evaluate_persons(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	MesoDays	period;
	MesoProgram *program;

	if (PG_ARGISNULL(0) || !period_days(fcinfo, 1, &period))
		return (Datum) 0;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	program = meso_program();
	PG_TRY();
	{
		meso_program_select(program, PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2), 0);
		evaluate_all(program, PG_GETARG_ARRAYTYPE_P(0), period, &out);
	}
	PG_CATCH();
	{
		meso_program_release(program, true);
		PG_RE_THROW();
	}
	PG_END_TRY();
	meso_program_release(program, false);
	SPI_finish();
	return (Datum) 0;
}

/*
 * evaluate_trial(persons text[], period daterange, changed rule[], beside bool)
 * returns setof trial_hit
 *
 * What these rules would give on these persons if they were in force, and,
 * beside it, what their present versions give: both out of one reading of the
 * facts.  The program is made for this call.  NULL persons or rules: none.
 */
Datum
meso_audit_evaluate_trial(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	MesoDays	period;
	MesoTrial	trial;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || !period_days(fcinfo, 1, &period))
		return (Datum) 0;
	trial.rules = PG_GETARG_DATUM(2);
	trial.type = get_fn_expr_argtype(fcinfo->flinfo, 2);
	trial.beside = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	evaluate_all(meso_program_tried(&trial), PG_GETARG_ARRAYTYPE_P(0), period, &out);
	SPI_finish();
	return (Datum) 0;
}
