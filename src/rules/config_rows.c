/*-------------------------------------------------------------------------
 *
 * config_rows.c
 *		Rows of the configuration tables, read under a snapshot of now.
 *
 * Most are read without a query: planning one in a fresh backend takes as long
 * as reading all rules.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rangetypes.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

#include "rules/config_rows.h"

#define MAX_COLUMNS		16

/*
 * open_table: a table of the extension that the current user may read.
 */
static Relation
open_table(const char *name)
{
	Oid			relid = get_relname_relid(name, get_namespace_oid("meso_audit", false));

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table meso_audit.%s does not exist", name)));
	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, name);
	return table_open(relid, AccessShareLock);
}

/*
 * index_of: the index of that name, if it can be used.
 */
static Oid
index_of(const char *name)
{
	Oid			relid = name ? get_relname_relid(name, get_namespace_oid("meso_audit", false))
	: InvalidOid;

	return OidIsValid(relid) && get_index_isvalid(relid) ? relid : InvalidOid;
}

static int
column_of(TupleDesc table, const char *name)
{
	for (int a = 0; a < table->natts; a++)
	{
		Form_pg_attribute att = TupleDescAttr(table, a);

		if (!att->attisdropped && strcmp(NameStr(att->attname), name) == 0)
			return a;
	}
	elog(ERROR, "a table of meso_audit has no column \"%s\"", name);
}

/*
 * rows_desc: the columns of the rows handed over; attnos says where they stand
 * in the table.
 */
static TupleDesc
rows_desc(TupleDesc table, const char *const *columns, int ncolumns, int *attnos)
{
	TupleDesc	desc = CreateTemplateTupleDesc(ncolumns);

	for (int c = 0; c < ncolumns; c++)
	{
		attnos[c] = column_of(table, columns[c]);
		TupleDescCopyEntry(desc, c + 1, table, attnos[c] + 1);
	}
	return desc;
}

/*
 * scan_table: hand over the rows of the table, or of the index, that have the
 * keys.
 */
static void
scan_table(Relation table, Oid index, Snapshot snapshot, ScanKey keys, int nkeys,
		   const char *const *columns, int ncolumns, MesoRowFunction row, void *arg)
{
	TupleDesc	desc = RelationGetDescr(table);
	int			attnos[MAX_COLUMNS];
	TupleTableSlot *slot = MakeSingleTupleTableSlot(rows_desc(desc, columns, ncolumns, attnos),
													&TTSOpsVirtual);
	Datum	   *values = palloc(sizeof(Datum) * desc->natts);
	bool	   *nulls = palloc(sizeof(bool) * desc->natts);
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "meso_audit row",
												  ALLOCSET_SMALL_SIZES);
	SysScanDesc scan = systable_beginscan(table, index, OidIsValid(index), snapshot, nkeys, keys);
	HeapTuple	tuple;

	Assert(ncolumns <= MAX_COLUMNS);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		MemoryContext old = MemoryContextSwitchTo(per_row);

		CHECK_FOR_INTERRUPTS();
		heap_deform_tuple(tuple, desc, values, nulls);
		ExecClearTuple(slot);
		for (int c = 0; c < ncolumns; c++)
		{
			slot->tts_values[c] = values[attnos[c]];
			slot->tts_isnull[c] = nulls[attnos[c]];
		}
		ExecStoreVirtualTuple(slot);
		row(slot, arg);
		MemoryContextSwitchTo(old);
		MemoryContextReset(per_row);
	}
	systable_endscan(scan);
	MemoryContextDelete(per_row);
	ExecDropSingleTupleTableSlot(slot);
}

void
meso_config_scan(const char *table, const char *index, const char *const *columns,
				 int ncolumns, MesoRowFunction row, void *arg)
{
	Relation	rel = open_table(table);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());

	scan_table(rel, index_of(index), snapshot, NULL, 0, columns, ncolumns, row, arg);
	UnregisterSnapshot(snapshot);
	table_close(rel, AccessShareLock);
}

void
meso_config_find(const char *table, const MesoConfigKey *keys, int nkeys,
				 const char *const *columns, int ncolumns, MesoRowFunction row, void *arg)
{
	Relation	rel = open_table(table);
	char		index[NAMEDATALEN];
	ScanKeyData scan_keys[2];

	Assert(nkeys <= lengthof(scan_keys));
	snprintf(index, sizeof(index), "%s_pkey", table);
	for (int k = 0; k < nkeys; k++)
	{
		int			a = column_of(RelationGetDescr(rel), keys[k].column);
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), a);

		ScanKeyInit(&scan_keys[k], a + 1, BTEqualStrategyNumber,
					att->atttypid == INT4OID ? F_INT4EQ : F_TEXTEQ, keys[k].value);
		scan_keys[k].sk_collation = att->attcollation;
	}
	scan_table(rel, index_of(index), GetActiveSnapshot(), scan_keys, nkeys,
			   columns, ncolumns, row, arg);
	table_close(rel, AccessShareLock);
}

bool
meso_config_any(const char *table)
{
	Relation	rel = open_table(table);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	bool		any = HeapTupleIsValid(systable_getnext(scan));

	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, AccessShareLock);
	return any;
}

void
meso_config_lookup(MesoLookup *lookup, const MesoLookupSpec *spec, ArrayType *keys,
				   MesoRowFunction row, void *arg)
{
	PushActiveSnapshot(GetLatestSnapshot());
	meso_lookup_run(lookup, spec, keys, 0, 0, row, arg);
	PopActiveSnapshot();
}

MesoDays
meso_range_days(Datum range, bool isnull)
{
	MesoDays	days = {PG_INT32_MAX, PG_INT32_MIN};
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	if (isnull)
		return days;
	range_deserialize(lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO),
					  DatumGetRangeTypeP(range), &lower, &upper, &empty);
	if (empty)
		return days;
	days.from = lower.infinite ? PG_INT32_MIN : DatumGetDateADT(lower.val);
	days.upto = upper.infinite ? PG_INT32_MAX : DatumGetDateADT(upper.val);
	return days;
}

MesoDays
meso_slot_days(TupleTableSlot *slot, int col)
{
	return meso_range_days(slot->tts_values[col], slot->tts_isnull[col]);
}

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

/* elements of a text[] in the current context; NULL elements left out */
int
meso_array_strs(ArrayType *array, MesoStr **list)
{
	Datum	   *elems;
	bool	   *nulls;
	int			n;
	int			count = 0;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, &n);
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
