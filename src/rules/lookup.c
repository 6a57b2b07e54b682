/*-------------------------------------------------------------------------
 *
 * lookup.c
 *		Rows of a fact by key.
 *
 * In general this is a query of the fact's view.  Most facts are bound to a
 * plain table whose columns the view passes through; then the rows are fetched
 * by the table's index directly, which for the dozen look-ups of one claim
 * costs a tenth of starting as many queries.  Both ways give the same rows;
 * whatever is not plain takes the general one: views, partitions, inheritance,
 * row security, expressions, an index that does not lead with the key, a user
 * without SELECT on the view, or a view owner without SELECT on the table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "facts/bound_columns.h"
#include "rules/lookup.h"

#define MAX_WATCHED		128

/* Relations that direct ways rest on; a change of any of them ends all */
static int	nwatched = 0;
static Oid	watched[MAX_WATCHED];
static uint64 generation = 1;

static void
relation_changed(Datum arg, Oid relid)
{
	if (!OidIsValid(relid))
		generation++;
	for (int i = 0; i < nwatched; i++)
	{
		if (watched[i] == relid)
		{
			generation++;
			return;
		}
	}
}

static bool
watch(Oid relid)
{
	static bool registered = false;

	if (!registered)
		CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	registered = true;
	for (int i = 0; i < nwatched; i++)
	{
		if (watched[i] == relid)
			return true;
	}
	if (nwatched == MAX_WATCHED)
		return false;
	watched[nwatched++] = relid;
	return true;
}

/*
 * holds_all: does the index hold every row that can be asked for?  A partial
 * one does if it leaves out NULLs of the key, or of the column that must not
 * be NULL.
 */
static bool
holds_all(Relation index, AttrNumber key, AttrNumber not_null)
{
	List	   *conditions = RelationGetIndexPredicate(index);
	NullTest   *test;

	if (conditions == NIL)
		return true;
	test = linitial(conditions);
	return list_length(conditions) == 1 && IsA(test, NullTest) &&
		test->nulltesttype == IS_NOT_NULL && !test->argisrow && IsA(test->arg, Var) &&
		(((Var *) test->arg)->varattno == key ||
		 (not_null > 0 && ((Var *) test->arg)->varattno == not_null));
}

/*
 * fits: can the index be searched for the key column by its bytes?
 */
static bool
fits(Relation table, Relation index, AttrNumber key, AttrNumber not_null)
{
	Form_pg_index form = index->rd_index;

	return form->indisvalid && form->indisready && !form->indcheckxmin &&
		index->rd_rel->relam == BTREE_AM_OID &&
		form->indkey.values[0] == key &&
		index->rd_opfamily[0] == TEXT_BTREE_FAM_OID &&
		index->rd_indcollation[0] == TupleDescAttr(RelationGetDescr(table), key - 1)->attcollation &&
		holds_all(index, key, not_null);
}

/*
 * choose_index: an index that leads with the key, best with the time behind or
 * with no other rows than those asked for.
 */
static void
choose_index(MesoLookup *lookup, Relation table, AttrNumber key)
{
	ListCell   *cell;
	int			best = 0;

	lookup->index = InvalidOid;
	lookup->time_in_index = false;
	foreach(cell, RelationGetIndexList(table))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		bool		timed = index->rd_index->indnkeyatts > 1 && lookup->time_attno > 0 &&
		index->rd_index->indkey.values[1] == lookup->time_attno &&
		index->rd_opcintype[1] == TIMESTAMPOID &&
		index->rd_opfamily[1] < FirstNormalObjectId;
		int			rank = 1 + timed +
		2 * (RelationGetIndexPredicate(index) != NIL);

		if (rank > best && fits(table, index, key, lookup->not_null_attno))
		{
			lookup->index = RelationGetRelid(index);
			lookup->collation = index->rd_indcollation[0];
			lookup->time_in_index = timed;
			best = rank;
		}
		index_close(index, AccessShareLock);
	}
}

static bool
is_plain(Relation table, Oid reader)
{
	return table->rd_rel->relkind == RELKIND_RELATION &&
		table->rd_rel->relpersistence != RELPERSISTENCE_TEMP &&
		!table->rd_rel->relhassubclass &&
		!table->rd_rel->relrowsecurity &&
		pg_class_aclcheck(RelationGetRelid(table), reader, ACL_SELECT) == ACLCHECK_OK;
}

/*
 * columns_behind: the table behind a fact view, or a table of the extension
 * itself, and its columns by these names; InvalidOid where they are computed.
 */
static Oid
columns_behind(Relation rel, const char *const *names, int n, AttrNumber *attnos)
{
	if (rel->rd_rel->relkind == RELKIND_VIEW)
		return meso_bound_columns(rel, names, n, attnos);
	for (int i = 0; i < n; i++)
		attnos[i] = names[i] ? get_attnum(RelationGetRelid(rel), names[i]) : 0;
	return RelationGetRelid(rel);
}

/*
 * seek_direct: how to fetch the rows from the table itself; lookup->table is
 * InvalidOid afterwards where there is no such way.
 */
static void
seek_direct(MesoLookup *lookup, const MesoLookupSpec *spec)
{
	const char *others[3] = {spec->key, spec->time, spec->not_null};
	AttrNumber	other_attnos[3];
	Relation	view;
	Relation	table;
	Oid			relid;

	lookup->table = InvalidOid;
	lookup->empty = false;
	lookup->generation = generation;
	lookup->ncolumns = spec->ncolumns;
	memcpy(lookup->columns, spec->columns, sizeof(char *) * spec->ncolumns);
	lookup->view = get_relname_relid(spec->fact, get_namespace_oid("meso_audit", true));
	if (!OidIsValid(lookup->view) || !watch(lookup->view))
		return;
	view = relation_open(lookup->view, AccessShareLock);
	lookup->empty = view->rd_rel->relkind == RELKIND_VIEW && meso_reads_nothing(view);
	relid = columns_behind(view, spec->columns, spec->ncolumns, lookup->attnos);
	if (OidIsValid(relid) && columns_behind(view, others, 3, other_attnos) == relid &&
		other_attnos[0] > 0 && watch(relid))
	{
		table = relation_open(relid, AccessShareLock);
		lookup->time_attno = other_attnos[1];
		lookup->not_null_attno = other_attnos[2];
		lookup->max_attno = Max(other_attnos[1], other_attnos[2]);
		for (int i = 0; i < spec->ncolumns; i++)
			lookup->max_attno = Max(lookup->max_attno, lookup->attnos[i]);
		if (is_plain(table, view->rd_rel->relowner))
		{
			choose_index(lookup, table, other_attnos[0]);
			if (OidIsValid(lookup->index) && watch(lookup->index) &&
				(spec->time == NULL || lookup->time_attno > 0) &&
				(spec->not_null == NULL || lookup->not_null_attno > 0))
				lookup->table = relid;
		}
		relation_close(table, AccessShareLock);
	}
	relation_close(view, AccessShareLock);
}

/*
 * has_direct: is there a way to the table itself for the current user?
 */
static bool
has_direct(MesoLookup *lookup, const MesoLookupSpec *spec)
{
	if (lookup->generation != generation || lookup->ncolumns != spec->ncolumns ||
		memcmp(lookup->columns, spec->columns, sizeof(char *) * spec->ncolumns) != 0)
		seek_direct(lookup, spec);
	return (lookup->empty || OidIsValid(lookup->table)) && lookup->generation == generation &&
		pg_class_aclcheck(lookup->view, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

/* A scan at work */
typedef struct DirectScan
{
	MesoLookup *lookup;
	const MesoLookupSpec *spec;
	Timestamp	lo;
	Timestamp	hi;
	TupleTableSlot *stored;		/* of the table */
	TupleTableSlot *given;		/* as the view would give it */
} DirectScan;

/*
 * wanted_row: give the stored row the shape of the view's; false if it is not
 * asked for.
 */
static bool
wanted_row(DirectScan *scan)
{
	MesoLookup *lookup = scan->lookup;
	TupleTableSlot *stored = scan->stored;
	TupleTableSlot *given = scan->given;

	slot_getsomeattrs(stored, lookup->max_attno);
	if (scan->spec->bounds != AT_ANY_TIME)
	{
		Timestamp	t = DatumGetTimestamp(stored->tts_values[lookup->time_attno - 1]);

		if (stored->tts_isnull[lookup->time_attno - 1] ||
			(t >= scan->lo && t < scan->hi) != (scan->spec->bounds == WITHIN_BOUNDS))
			return false;
	}
	if (lookup->not_null_attno > 0 && stored->tts_isnull[lookup->not_null_attno - 1])
		return false;
	ExecClearTuple(given);
	for (int i = 0; i < lookup->ncolumns; i++)
	{
		AttrNumber	attno = lookup->attnos[i];

		given->tts_isnull[i] = attno == 0 || stored->tts_isnull[attno - 1];
		given->tts_values[i] = attno == 0 ? (Datum) 0 : stored->tts_values[attno - 1];
	}
	ExecStoreVirtualTuple(given);
	return true;
}

/*
 * given_desc: a descriptor for rows of the lookup's shape; the types of
 * absent columns do not matter.
 */
static TupleDesc
given_desc(MesoLookup *lookup, Relation table)
{
	TupleDesc	desc = CreateTemplateTupleDesc(lookup->ncolumns);

	for (int i = 0; i < lookup->ncolumns; i++)
	{
		if (lookup->attnos[i] > 0)
			TupleDescCopyEntry(desc, i + 1, RelationGetDescr(table), lookup->attnos[i]);
		else
			TupleDescInitEntry(desc, i + 1, NULL, TEXTOID, -1, 0);
	}
	return desc;
}

/*
 * next_key: the key of the next entry, in given; whether the row is visible is
 * not asked.
 */
static bool
next_key(DirectScan *scan, IndexScanDesc index_scan)
{
	if (index_getnext_tid(index_scan, ForwardScanDirection) == NULL)
		return false;
	ExecClearTuple(scan->given);
	scan->given->tts_values[0] = index_getattr(index_scan->xs_itup, 1, index_scan->xs_itupdesc,
											   &scan->given->tts_isnull[0]);
	ExecStoreVirtualTuple(scan->given);
	return true;
}

/*
 * next_row: the next row that is asked for, in given.
 */
static bool
next_row(DirectScan *scan, IndexScanDesc index_scan)
{
	if (index_scan->xs_want_itup)
		return next_key(scan, index_scan);
	while (index_getnext_slot(index_scan, ForwardScanDirection, scan->stored))
	{
		CHECK_FOR_INTERRUPTS();
		if (wanted_row(scan))
			return true;
	}
	return false;
}

/*
 * run_direct: fetch the rows by the table's index.
 */
static void
run_direct(MesoLookup *lookup, const MesoLookupSpec *spec, Relation table,
		   ArrayType *keys, Timestamp lo, Timestamp hi,
		   MesoRowFunction row, void *arg)
{
	Relation	index = index_open(lookup->index, AccessShareLock);
	bool		ranged = lookup->time_in_index && spec->bounds == WITHIN_BOUNDS;
	DirectScan	direct = {.lookup = lookup,.spec = spec,.lo = lo,.hi = hi};
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "meso_audit row",
												  ALLOCSET_SMALL_SIZES);
	IndexScanDesc scan;
	ScanKeyData key[3];

	ScanKeyEntryInitialize(&key[0], SK_SEARCHARRAY, 1, BTEqualStrategyNumber, TEXTOID,
						   lookup->collation, F_TEXTEQ, PointerGetDatum(keys));
	ScanKeyInit(&key[1], 2, BTGreaterEqualStrategyNumber, F_TIMESTAMP_GE, TimestampGetDatum(lo));
	ScanKeyInit(&key[2], 2, BTLessStrategyNumber, F_TIMESTAMP_LT, TimestampGetDatum(hi));
	direct.stored = table_slot_create(table, NULL);
	direct.given = MakeSingleTupleTableSlot(given_desc(lookup, table), &TTSOpsVirtual);
	scan = meso_index_beginscan(table, index, GetActiveSnapshot(), ranged ? 3 : 1);
	scan->xs_want_itup = spec->at_most;
	index_rescan(scan, key, ranged ? 3 : 1, NULL, 0);
	while (next_row(&direct, scan))
	{
		MemoryContext old = MemoryContextSwitchTo(per_row);

		CHECK_FOR_INTERRUPTS();
		row(direct.given, arg);
		MemoryContextSwitchTo(old);
		MemoryContextReset(per_row);
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(direct.given);
	ExecDropSingleTupleTableSlot(direct.stored);
	MemoryContextDelete(per_row);
	index_close(index, AccessShareLock);
}

char *
meso_select_list(const char *const *columns, int n)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < n; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", columns[i] ? columns[i] : "NULL");
	return list.data;
}

/*
 * run_query: the general way.
 */
static void
run_query(MesoLookup *lookup, const MesoLookupSpec *spec, ArrayType *keys,
		  Timestamp lo, Timestamp hi, MesoRowFunction row, void *arg)
{
	Oid			types[] = {TEXTARRAYOID, TIMESTAMPOID, TIMESTAMPOID};
	Datum		values[] = {PointerGetDatum(keys), TimestampGetDatum(lo), TimestampGetDatum(hi)};
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s FROM meso_audit.%s WHERE %s OPERATOR(pg_catalog.=) ANY ($1)",
					 meso_select_list(spec->columns, spec->ncolumns), spec->fact, spec->key);
	if (spec->bounds == WITHIN_BOUNDS)
		appendStringInfo(&sql, " AND %s OPERATOR(pg_catalog.>=) $2"
						 " AND %s OPERATOR(pg_catalog.<) $3", spec->time, spec->time);
	else if (spec->bounds == BEYOND_BOUNDS)
		appendStringInfo(&sql, " AND (%s OPERATOR(pg_catalog.<) $2"
						 " OR %s OPERATOR(pg_catalog.>=) $3)", spec->time, spec->time);
	if (spec->not_null)
		appendStringInfo(&sql, " AND %s IS NOT NULL", spec->not_null);
	meso_query_run(&lookup->query, sql.data, spec->bounds == AT_ANY_TIME ? 1 : 3,
				   types, values, NULL, row, arg);
	pfree(sql.data);
}

void
meso_lookup_run(MesoLookup *lookup, const MesoLookupSpec *spec, ArrayType *keys,
				Timestamp lo, Timestamp hi, MesoRowFunction row, void *arg)
{
	if (has_direct(lookup, spec))
	{
		uint64		before = generation;
		Relation	table;

		if (lookup->empty)
			return;
		table = try_relation_open(lookup->table, AccessShareLock);

		/* waiting for the lock may have shown that it is not that table */
		if (table && generation == before)
		{
			run_direct(lookup, spec, table, keys, lo, hi, row, arg);
			relation_close(table, AccessShareLock);
			return;
		}
		if (table)
			relation_close(table, AccessShareLock);
	}
	run_query(lookup, spec, keys, lo, hi, row, arg);
}
