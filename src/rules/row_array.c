/*-------------------------------------------------------------------------
 *
 * row_array.c
 *		An array of rows of one of the extension's composite types.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "rules/row_array.h"

/*
 * meso_row_array_start: rows will live in the current memory context.
 */
void
meso_row_array_start(MesoRowArray *array, const char *type, int ncolumns)
{
	Oid			nsp = get_namespace_oid("meso_audit", false);
	TupleDesc	desc;

	memset(array, 0, sizeof(*array));
	array->ctx = CurrentMemoryContext;
	array->type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
								  CStringGetDatum(type), ObjectIdGetDatum(nsp));
	if (!OidIsValid(array->type))
		elog(ERROR, "type meso_audit.%s does not exist", type);
	array->array_type = get_array_type(array->type);
	desc = lookup_rowtype_tupdesc(array->type, -1);
	array->desc = CreateTupleDescCopy(desc);
	ReleaseTupleDesc(desc);
	if (array->desc->natts != ncolumns)
		elog(ERROR, "meso_audit.%s has %d columns, expected %d",
			 type, array->desc->natts, ncolumns);
}

void
meso_row_array_add(MesoRowArray *array, Datum *values, bool *nulls)
{
	MemoryContext old = MemoryContextSwitchTo(array->ctx);

	if (array->n == array->max)
	{
		array->max = Max(8, array->max * 2);
		array->rows = array->rows ?
			repalloc_huge(array->rows, sizeof(Datum) * (Size) array->max) :
			palloc(sizeof(Datum) * array->max);
	}
	array->rows[array->n++] =
		HeapTupleGetDatum(heap_form_tuple(array->desc, values, nulls));
	MemoryContextSwitchTo(old);
}

Datum
meso_row_array_datum(const MesoRowArray *array)
{
	return PointerGetDatum(construct_array(array->rows, array->n, array->type,
										   -1, false, TYPALIGN_DOUBLE));
}
