/*-------------------------------------------------------------------------
 *
 * as_engine.c
 *		A query over the facts, run as the role meso_audit_engine.
 *
 * What findings are made of (evidence, populations, queues, coverage) is read
 * by definer functions, which belong to a superuser. A bound view may call any
 * function of its owner's: so they read facts through here, with the engine's
 * rights only.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "meso_audit.h"
#include "facts/engine.h"

#define MAX_ENGINE_ARGS 8

PG_FUNCTION_INFO_V1(meso_as_engine);

/*
 * check_columns: the query gives what the caller declared.
 */
static void
check_columns(TupleDesc have, TupleDesc want)
{
	bool		same = have->natts == want->natts;

	for (int i = 0; same && i < have->natts; i++)
		same = TupleDescAttr(have, i)->atttypid == TupleDescAttr(want, i)->atttypid;
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the query does not give the columns that the caller declared")));
}

/*
 * as_engine(query text, VARIADIC "any") returns setof record: the rows of one
 * read-only query with parameters $1, $2, ..., in the caller's snapshot.
 * NULL arguments are NULL parameters.
 */
Datum
meso_as_engine(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			types[MAX_ENGINE_ARGS];
	Datum		values[MAX_ENGINE_ARGS];
	char		nulls[MAX_ENGINE_ARGS];
	int			n = PG_NARGS() - 1;
	char	   *query;
	MesoEngine	before;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || n > MAX_ENGINE_ARGS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_engine() needs a query and at most %d parameters",
						MAX_ENGINE_ARGS)));
	query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	for (int i = 0; i < n; i++)
	{
		types[i] = get_fn_expr_argtype(fcinfo->flinfo, i + 1);
		values[i] = PG_GETARG_DATUM(i + 1);
		nulls[i] = PG_ARGISNULL(i + 1) ? 'n' : ' ';
	}

	meso_engine_enter(&before);
	SPI_connect();
	if (SPI_execute_with_args(query, n, types, values, nulls, true, 0) != SPI_OK_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_engine() takes one SELECT")));
	check_columns(SPI_tuptable->tupdesc, rsinfo->setDesc);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		CHECK_FOR_INTERRUPTS();
		tuplestore_puttuple(rsinfo->setResult, SPI_tuptable->vals[i]);
	}
	SPI_finish();
	meso_engine_leave(&before);
	return (Datum) 0;
}
