/*-------------------------------------------------------------------------
 *
 * load_lines.c
 *		Fee lines and settlements of a chunk.
 *
 * Lines are read by person within the bounds of time.  Three kinds of line
 * lie elsewhere and count all the same: those of a settlement or visit that
 * crosses the bounds, those of another person in a settlement (its sum is
 * checked, and a reversal may hide there), and reversing lines in settlements
 * that name an earlier one (init_setl_id).  To find the first two at the cost
 * of an index alone, its entries of each settlement and visit are counted, and
 * only those with more entries than rows were read are read by their key.  A
 * spool knows which may have such rows: no other is looked up then.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/line_rows.h"
#include "rules/lookup.h"

static Oid	line_types[] = {TEXTARRAYOID, TIMESTAMPOID, TIMESTAMPOID};

/*
 * load_lines_by: the lines whose column key is one of keys.
 */
static void
load_lines_by(MesoChunk *chunk, MesoLookup *lookup, const char *key, ArrayType *keys,
			  MesoLookupBounds bounds, bool reversing, bool by_person)
{
	const char *columns[LC_COUNT];
	MesoLookupSpec spec = {
		.fact = "fee_line",
		.key = key,
		.ncolumns = LC_COUNT,
		.columns = columns,
		.time = bounds == AT_ANY_TIME ? NULL : "fee_ocur_time",
		.bounds = bounds,
		.not_null = reversing ? "init_feedetl_sn" : NULL
	};
	MesoLineRows rows = {.chunk = chunk,.by_person = by_person};

	meso_wanted_line_columns(chunk->extent.columns, columns);
	meso_lookup_run(lookup, &spec, keys, chunk->extent.lo, chunk->extent.hi, meso_line_row, &rows);
}

/*
 * load_settlements: the settlements whose column key is one of keys.
 */
static void
load_settlements(MesoChunk *chunk, MesoLookup *lookup, const char *key,
				 ArrayType *keys, MesoLookupBounds bounds)
{
	MesoLookupSpec spec = {
		.fact = "settlement",
		.key = key,
		.ncolumns = SETTLEMENT_COLUMNS,
		.columns = meso_settlement_columns,
		.time = bounds == AT_ANY_TIME ? NULL : "setl_time",
		.bounds = bounds
	};

	meso_lookup_run(lookup, &spec, keys, chunk->extent.lo, chunk->extent.hi,
					meso_settlement_row, chunk);
}

/*
 * load_own_settlements: those of the persons, where a rule asks for them; where
 * none asks what lies further, within the bounds.  Any other one that has lines
 * within is read by its key.
 */
static void
load_own_settlements(MesoChunk *chunk, ArrayType *persons)
{
	static MesoLookup by_person;
	static MesoLookup by_person_within;
	bool		within = chunk->extent.within;

	if (chunk->extent.heads)
		load_settlements(chunk, within ? &by_person_within : &by_person, "psn_no", persons,
						 within ? WITHIN_BOUNDS : AT_ANY_TIME);
}

/* What settlement_keys() selects */
typedef enum SettlementChoice
{
	SETL_CROSSING,				/* wanted, and may have rows elsewhere */
	SETL_NAMED,					/* wanted, and may be named by another */
	SETL_ROW_MISSING,
	SETL_INCOMPLETE
} SettlementChoice;

static bool
may_cross(MesoChunk *chunk, MesoSettlement *setl)
{
	return chunk->spool == NULL ||
		meso_crosses(chunk->spool->crossing, setl->setl_id);
}

static bool
may_be_named(MesoChunk *chunk, MesoSettlement *setl)
{
	return chunk->spool == NULL ||
		meso_named(chunk->spool->crossing, setl->setl_id);
}

static bool
is_chosen(MesoChunk *chunk, MesoSettlement *setl, SettlementChoice choice)
{
	switch (choice)
	{
		case SETL_CROSSING:
			return setl->wanted && may_cross(chunk, setl);
		case SETL_NAMED:
			return setl->wanted && may_be_named(chunk, setl);
		case SETL_ROW_MISSING:
			return setl->wanted && !setl->present;
		case SETL_INCOMPLETE:
			return setl->rows_there > setl->rows_read && !setl->whole;
	}
	return false;
}

static ArrayType *
settlement_keys(MesoChunk *chunk, SettlementChoice choice, int *n)
{
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(chunk->nsettlements, 1));

	*n = 0;
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		if (is_chosen(chunk, setl, choice))
			keys[(*n)++] = setl->setl_id;
	}
	return meso_key_array(keys, *n);
}

/* Counting rows by settlement; those of one come together */
typedef struct SettlementCount
{
	MesoChunk  *chunk;
	MesoSettlement *setl;		/* the latest */
} SettlementCount;

static void
count_row(TupleTableSlot *slot, void *arg)
{
	SettlementCount *count = arg;
	MesoChunk  *chunk = count->chunk;
	MesoStr		setl_id = meso_slot_str(slot, 0);

	if (count->setl == NULL || !meso_str_eq(count->setl->setl_id, setl_id))
	{
		if (meso_overlay_hides(chunk->overlay, GIVEN_LINE, setl_id))
			return;
		count->setl = meso_chunk_settlement(chunk, setl_id);
	}
	count->setl->rows_there++;
}

/*
 * complete_settlements: read the lines of settlements that may hold more rows
 * than the main query read.
 */
static void
complete_settlements(MesoChunk *chunk)
{
	static const char *const columns[] = {"setl_id"};
	static const MesoLookupSpec counted = {
		.fact = "fee_line",.key = "setl_id",.ncolumns = 1,.columns = columns,.at_most = true
	};
	static MesoLookup count_lookup;
	static MesoLookup line_by_setl;
	SettlementCount count = {.chunk = chunk};
	int			n;
	ArrayType  *keys = settlement_keys(chunk, SETL_CROSSING, &n);

	if (n == 0)
		return;
	for (int i = 0; i < chunk->nsettlements; i++)
		chunk->settlement_list[i]->rows_there = 0;
	meso_lookup_run(&count_lookup, &counted, keys, 0, 0, count_row, &count);
	keys = settlement_keys(chunk, SETL_INCOMPLETE, &n);
	if (n == 0)
		return;
	load_lines_by(chunk, &line_by_setl, "setl_id", keys, AT_ANY_TIME, false, false);
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		setl->whole |= setl->rows_there > setl->rows_read;
	}
}

/*
 * load_reversals: reversing lines in settlements that name one of ours.
 */
static void
load_reversals(MesoChunk *chunk)
{
	static MesoLookup by_init;
	static MesoLookup lookup;
	int			first = chunk->nsettlements;
	int			n;
	ArrayType  *keys = settlement_keys(chunk, SETL_NAMED, &n);
	MesoStr    *found;

	if (n > 0)
		load_settlements(chunk, &by_init, "init_setl_id", keys, AT_ANY_TIME);
	found = palloc(sizeof(MesoStr) * Max(chunk->nsettlements, 1));
	n = 0;
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		if (!setl->whole &&
			(i >= first ||
			 (!STR_IS_NULL(setl->init_setl_id) && may_cross(chunk, setl))))
			found[n++] = setl->setl_id;
	}
	if (n == 0)
		return;
	load_lines_by(chunk, &lookup, "setl_id", meso_key_array(found, n), AT_ANY_TIME,
				  true, false);
}

static void
outside_row(TupleTableSlot *slot, void *arg)
{
	*(bool *) arg = true;
}

/*
 * lines_outside: have the persons lines outside the bounds of time?
 */
static bool
lines_outside(MesoChunk *chunk)
{
	static MesoQuery query;
	bool		outside = false;
	Datum		values[] = {PointerGetDatum(meso_chunk_person_keys(chunk)),
	TimestampGetDatum(chunk->extent.lo), TimestampGetDatum(chunk->extent.hi)};

	if (chunk->spool)
		return meso_any_outside(chunk->spool->crossing);
	meso_query_run(&query,
				   "(SELECT 1 FROM meso_audit.fee_line WHERE psn_no OPERATOR(pg_catalog.=) ANY ($1)"
				   " AND fee_ocur_time OPERATOR(pg_catalog.<) $2 LIMIT 1)"
				   " UNION ALL"
				   " (SELECT 1 FROM meso_audit.fee_line WHERE psn_no OPERATOR(pg_catalog.=) ANY ($1)"
				   " AND fee_ocur_time OPERATOR(pg_catalog.>=) $3 LIMIT 1)",
				   3, line_types, values, NULL, outside_row, &outside);
	return outside;
}

/*
 * want_visits: mark the visits of judged lines and settlements; how many.
 */
static int
want_visits(MesoChunk *chunk)
{
	int			n = 0;

	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];

		if (line->visit && DAYS_CONTAIN(chunk->period, line->day))
			line->visit->wanted = true;
	}
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		if (setl->visit && setl->present && DAYS_CONTAIN(chunk->period, meso_day(setl->setl_time)))
			setl->visit->wanted = true;
	}
	for (int i = 0; i < chunk->nvisits; i++)
		n += chunk->visit_list[i]->wanted;
	return n;
}

#define FEW_VISITS		50

static void
count_visit_row(TupleTableSlot *slot, void *arg)
{
	MesoVisit  *visit = meso_strtab_find(((MesoChunk *) arg)->visits, meso_slot_str(slot, 0));

	if (visit)
		visit->rows_there++;
}

/*
 * count_visit_rows: how many rows name each of these visits, and how many of
 * them were read.
 */
static void
count_visit_rows(MesoChunk *chunk, ArrayType *visits)
{
	static const char *const columns[] = {"mdtrt_id"};
	static const MesoLookupSpec counted = {
		.fact = "fee_line",.key = "mdtrt_id",.ncolumns = 1,.columns = columns,.at_most = true
	};
	static MesoLookup count_lookup;

	meso_lookup_run(&count_lookup, &counted, visits, 0, 0, count_visit_row, chunk);
	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];

		if (!STR_IS_NULL(line->mdtrt_id))
			line->visit->rows_read++;
	}
}

/*
 * edge_keys: the judged visits that may have lines beyond the bounds, or all
 * of them.
 */
static ArrayType *
edge_keys(MesoChunk *chunk, bool all, int *n)
{
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(chunk->nvisits, 1));

	*n = 0;
	for (int i = 0; i < chunk->nvisits; i++)
	{
		MesoVisit  *visit = chunk->visit_list[i];

		if (visit->wanted && (all || visit->rows_there > visit->rows_read) &&
			(chunk->spool == NULL ||
			 meso_visit_crosses(chunk->spool->crossing, visit->mdtrt_id)))
			keys[(*n)++] = visit->mdtrt_id;
	}
	return meso_key_array(keys, *n);
}

/*
 * load_visit_edges: lines of judged visits that cross the bounds of time.
 */
static void
load_visit_edges(MesoChunk *chunk)
{
	static MesoLookup by_visit;
	static MesoLookup line_by_visit;
	ArrayType  *visits;
	int			n = want_visits(chunk);

	/* a few visits are as soon looked up */
	if (n == 0 || ((chunk->spool || n > FEW_VISITS) && !lines_outside(chunk)))
		return;
	visits = edge_keys(chunk, true, &n);
	if (n == 0)
		return;
	load_settlements(chunk, &by_visit, "mdtrt_id", visits, AT_ANY_TIME);
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		setl->wanted |= setl->visit && setl->visit->wanted;
	}
	/* of a spool's, most have some; an overlay's lines are no entries */
	if (chunk->spool == NULL && chunk->overlay == NULL)
	{
		count_visit_rows(chunk, visits);
		visits = edge_keys(chunk, false, &n);
		if (n == 0)
			return;
	}
	load_lines_by(chunk, &line_by_visit, "mdtrt_id", visits, BEYOND_BOUNDS, false, false);
}

/*
 * link_visits: a line's visit is of its own mdtrt_id, else its settlement's.
 */
static void
link_visits(MesoChunk *chunk, int first)
{
	for (int i = first; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];

		line->visit = STR_IS_NULL(line->mdtrt_id) ? line->setl->visit :
			meso_chunk_visit(chunk, line->mdtrt_id);
	}
}

/*
 * drop_duplicates: a line outside the bounds may be met by its settlement and
 * by its visit; it counts once.
 */
static void
drop_duplicates(MesoChunk *chunk, int first)
{
	MesoStrtab *seen;
	StringInfoData key;
	int			n = first;

	if (first >= chunk->nlines)
		return;
	seen = meso_strtab_create(chunk->ctx, 64);
	initStringInfo(&key);
	for (int i = first; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];
		MesoStr		k;
		MesoStrEntry *entry;

		resetStringInfo(&key);
		appendBinaryStringInfo(&key, (char *) &line->setl, sizeof(line->setl));
		appendBinaryStringInfo(&key, line->feedetl_sn.data, line->feedetl_sn.len);
		k = meso_chunk_str(chunk, meso_str(key.data, key.len));
		entry = meso_strtab_insert(seen, k);
		if (entry->value == NULL)
		{
			entry->value = line;
			chunk->line_list[n++] = line;
		}
	}
	chunk->nlines = n;
}

/*
 * load_own_rows: the persons' settlements, and their lines within the bounds.
 */
static void
load_own_rows(MesoChunk *chunk)
{
	static MesoLookup by_person;
	static MesoLookup by_person_within;
	MesoLineRows rows = {.chunk = chunk,.by_person = true};
	ArrayType  *persons;

	if (chunk->spool)
	{
		meso_chunk_replay(chunk, SPOOL_SETTLEMENT, meso_spooled_settlement_row, chunk);
		meso_chunk_replay(chunk, SPOOL_LINE, meso_line_row, &rows);
		return;
	}
	persons = meso_chunk_person_keys(chunk);
	meso_overlay_feed(chunk->overlay, GIVEN_SETTLEMENT, meso_settlement_row, chunk);
	load_own_settlements(chunk, persons);
	meso_overlay_feed(chunk->overlay, GIVEN_LINE, meso_line_row, &rows);
	load_lines_by(chunk, chunk->extent.bounded ? &by_person_within : &by_person, "psn_no",
				  persons, chunk->extent.bounded ? WITHIN_BOUNDS : AT_ANY_TIME, false, true);
}

/*
 * meso_load_lines: all lines that count, and their settlements.
 */
void
meso_load_lines(MesoChunk *chunk)
{
	static MesoLookup by_key;
	ArrayType  *missing;
	int			main_lines;
	int			n;

	load_own_rows(chunk);
	main_lines = chunk->nlines;
	missing = settlement_keys(chunk, SETL_ROW_MISSING, &n);
	if (n > 0)
		load_settlements(chunk, &by_key, "setl_id", missing, AT_ANY_TIME);
	link_visits(chunk, 0);
	if (chunk->extent.bounded && chunk->extent.visit)
		load_visit_edges(chunk);
	complete_settlements(chunk);
	load_reversals(chunk);
	missing = settlement_keys(chunk, SETL_ROW_MISSING, &n);
	if (n > 0)
		load_settlements(chunk, &by_key, "setl_id", missing, AT_ANY_TIME);
	drop_duplicates(chunk, main_lines);
	link_visits(chunk, main_lines);
	for (int i = 0; i < chunk->nlines; i++)
		meso_report_line(chunk->line_list[i]->setl, chunk->line_list[i]);
}
