/*-------------------------------------------------------------------------
 *
 * config_rows.c
 *		Rows of the configuration tables, read under a snapshot of now.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "rules/config_rows.h"

/*
 * load: run a query under a snapshot of now; the rows are in SPI_tuptable.
 */
void
meso_config_load(const char *text, int nargs, Oid *argtypes, Datum *values)
{
	SPIPlanPtr	plan = SPI_prepare(text, nargs, argtypes);
	int			rc;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s",
			 SPI_result_code_string(SPI_result));
	rc = SPI_execute_snapshot(plan, values, NULL, GetLatestSnapshot(),
							  InvalidSnapshot, true, false, 0);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_snapshot failed: %s",
			 SPI_result_code_string(rc));
}

Datum
meso_cell(uint64 row, int col, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, col, isnull);
}

/* A text cell in ctx, NULL for NULL */
char *
meso_cell_text(MemoryContext ctx, uint64 row, int col)
{
	bool		isnull;
	Datum		d = meso_cell(row, col, &isnull);
	MemoryContext old;
	char	   *result;

	if (isnull)
		return NULL;
	old = MemoryContextSwitchTo(ctx);
	result = TextDatumGetCString(d);
	MemoryContextSwitchTo(old);
	return result;
}

Jsonb *
meso_cell_jsonb(MemoryContext ctx, uint64 row, int col)
{
	bool		isnull;
	Datum		d = meso_cell(row, col, &isnull);
	MemoryContext old;
	Jsonb	   *result;

	if (isnull)
		return NULL;
	old = MemoryContextSwitchTo(ctx);
	result = DatumGetJsonbPCopy(d);
	MemoryContextSwitchTo(old);
	return result;
}

MesoDays
meso_cell_days(uint64 row, int col_from, int col_upto)
{
	bool		isnull;
	MesoDays	days;

	days.from = DatumGetDateADT(meso_cell(row, col_from, &isnull));
	days.upto = DatumGetDateADT(meso_cell(row, col_upto, &isnull));
	return days;
}

/* elements of a text[] cell in the current context; NULL elements left out */
int
meso_cell_text_array(uint64 row, int col, MesoStr **list)
{
	bool		isnull;
	Datum		d = meso_cell(row, col, &isnull);
	Datum	   *elems;
	bool	   *nulls;
	int			n;
	int			count = 0;

	*list = NULL;
	if (isnull)
		return -1;
	deconstruct_array(DatumGetArrayTypeP(d), TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &n);
	*list = palloc(sizeof(MesoStr) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
		{
			(*list)[count].data = VARDATA_ANY(DatumGetPointer(elems[i]));
			(*list)[count].len = VARSIZE_ANY_EXHDR(DatumGetPointer(elems[i]));
			count++;
		}
	}
	return count;
}
