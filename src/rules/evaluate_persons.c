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

/* The same for those who lie together in a spool, line by line: their rows
 * are to stay in the processor's cache */
#define PERSONS_A_PART		250

/* The program is kept for so many at least, even if it has grown too large */
#define PERSONS_A_PROGRAM	2000

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
PG_FUNCTION_INFO_V1(meso_audit_evaluate_in_bulk);

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
 * evaluate_slice: judge some of the persons, whose rows are the spool's next
 * part if there is one.
 */
static void
evaluate_slice(MesoProgram *program, MesoSpool *spool, Datum *elems, bool *nulls,
			   int n, MesoDays period, Output *out)
{
	ArrayType  *persons;
	int			dims[1] = {n};
	int			lbs[1] = {1};
	MesoChunk  *chunk;

	persons = construct_md_array(elems, nulls, 1, dims, lbs, TEXTOID, -1, false,
								 TYPALIGN_INT);
	if (spool)
	{
		chunk = meso_chunk_load_spooled(program, spool, persons, period);
		meso_spool_advance(spool);
	}
	else
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

	InitMaterializedSRF(fcinfo, 0);
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	out.store = rsinfo->setResult;
	out.desc = rsinfo->setDesc;
	out.found = NULL;
	if (out.desc->natts == 2)
		out.found = lookup_rowtype_tupdesc_copy(TupleDescAttr(out.desc, 1)->atttypid, -1);
	if ((out.found ? out.found : out.desc)->natts != AF_COUNT)
		elog(ERROR, "audit_finding has not %d columns", AF_COUNT);
	out.row = AllocSetContextCreate(CurrentMemoryContext, "meso_audit finding", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(old);
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
		evaluate_slice(program, NULL, elems + i, nulls + i,
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

static MesoStr
text_str(Datum d)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(d);

	return meso_str(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

static int
cmp_texts(const void *a, const void *b)
{
	return meso_str_cmp(text_str(*(const Datum *) a), text_str(*(const Datum *) b));
}

/*
 * sort_persons: in byte order, each once, without NULLs; returns how many.
 */
static int
sort_persons(Datum *elems, bool *nulls, int n)
{
	int			kept = 0;

	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			elems[kept++] = elems[i];
	}
	qsort(elems, kept, sizeof(Datum), cmp_texts);
	n = kept;
	kept = Min(n, 1);
	for (int i = 1; i < n; i++)
	{
		if (cmp_texts(&elems[kept - 1], &elems[i]) != 0)
			elems[kept++] = elems[i];
	}
	memset(nulls, false, sizeof(bool) * kept);
	return kept;
}

static MesoSpool *
spool_persons(const MesoProgram *program, Datum *elems, int n, int at_a_time,
			  MesoDays period)
{
	MesoStr    *persons = MemoryContextAllocHuge(CurrentMemoryContext,
												 sizeof(MesoStr) * n);
	MesoSpool  *spool;

	for (int i = 0; i < n; i++)
		persons[i] = text_str(elems[i]);
	spool = meso_spool_fill(meso_extent(program, period), persons, n, at_a_time);
	pfree(persons);
	return spool;
}

/*
 * evaluate_spooled: judge persons in byte order out of spools.
 *
 * The first of them are read by index: what their codes bring into the program
 * says how far and how much the spool must read.  Should later ones bring more,
 * those are read by index too, and the rest is spooled anew.  A program that is
 * not the kept one (a trial's) serves to the end.
 */
static void
evaluate_spooled(MesoProgram **program, bool kept, ArrayType *rules, Datum *elems,
				 bool *nulls, int n, int at_a_time, MesoDays period, Output *out)
{
	MesoSpool  *spool = NULL;
	int			since = 0;

	meso_program_select(*program, rules, 0);
	for (int i = 0; i < n; i += at_a_time)
	{
		if (kept && i - since >= PERSONS_A_PROGRAM)
		{
			/* another one if it has grown too large, or the rules have changed */
			meso_program_release(*program, false);
			*program = NULL;
			*program = meso_program();
			meso_program_select(*program, rules, 0);
			since = i;
		}
		if (spool && !meso_extent_covers(&spool->extent, *program))
		{
			meso_spool_end(spool);
			spool = NULL;
		}
		if (spool == NULL && i > 0)
			spool = spool_persons(*program, elems + i, n - i, at_a_time, period);
		evaluate_slice(*program, spool, elems + i, nulls + i,
					   Min(at_a_time, n - i), period, out);
	}
	if (spool)
		meso_spool_end(spool);
}

/*
 * evaluate_in_bulk(persons text[], period daterange, rules text[],
 * at_a_time integer) returns setof audit_finding
 *
 * The same as evaluate_persons(), for so many persons that reading the tables
 * from end to end is cheaper than looking their rows up.  Findings come in
 * byte order of the persons; so many are in memory at a time (NULL: 250).
 */
Datum
meso_audit_evaluate_in_bulk(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	int			at_a_time = PG_ARGISNULL(3) ? PERSONS_A_PART : PG_GETARG_INT32(3);
	MesoDays	period;
	MesoProgram *volatile program = NULL;
	Datum	   *elems;
	bool	   *nulls;
	int			n;

	if (at_a_time < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("at_a_time must be positive")));
	if (PG_ARGISNULL(0) || !period_days(fcinfo, 1, &period))
		return (Datum) 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &n);
	n = sort_persons(elems, nulls, n);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	program = meso_program();
	PG_TRY();
	{
		evaluate_spooled((MesoProgram **) &program, true,
						 PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2),
						 elems, nulls, n, at_a_time, period, &out);
	}
	PG_CATCH();
	{
		if (program)
			meso_program_release(program, true);
		PG_RE_THROW();
	}
	PG_END_TRY();
	meso_program_release(program, false);
	SPI_finish();
	return (Datum) 0;
}

/*
 * evaluate_trial(persons text[], period daterange, changed rule[],
 * beside boolean, in_bulk boolean) returns setof trial_hit
 *
 * What these rules would give on these persons if they were in force, and,
 * beside it, what their present versions give: both out of one reading of the
 * facts, in bulk or by index.  The program is made for this call.  NULL persons
 * or rules: none.
 */
Datum
meso_audit_evaluate_trial(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	MesoProgram *program;
	MesoDays	period;
	MesoTrial	trial;
	Datum	   *elems;
	bool	   *nulls;
	int			n;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || !period_days(fcinfo, 1, &period))
		return (Datum) 0;
	trial.rules = PG_GETARG_DATUM(2);
	trial.type = get_fn_expr_argtype(fcinfo->flinfo, 2);
	trial.beside = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &n);
	n = sort_persons(elems, nulls, n);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	program = meso_program_tried(&trial);
	if (!PG_ARGISNULL(4) && PG_GETARG_BOOL(4))
		evaluate_spooled(&program, false, NULL, elems, nulls, n, PERSONS_A_PART,
						 period, &out);
	else
		evaluate_all(program, PG_GETARG_ARRAYTYPE_P(0), period, &out);
	SPI_finish();
	return (Datum) 0;
}
