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
 * of an index-only scan, the rows of each settlement are counted, and only
 * settlements with more rows than were read are read by their key.  A spool
 * knows which settlements may have such rows: no other is looked up then.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/chunk.h"
#include "rules/commit/settings.h"
#include "rules/lookup.h"

const char *const meso_line_columns[LC_COUNT] = {
	"setl_id", "feedetl_sn", "psn_no", "fixmedins_code", "fee_ocur_time",
	"med_list_codg", "cnt", "det_item_fee_sumamt", "mdtrt_id",
	"init_feedetl_sn", "pric", "inscp_amt", "list_type", "rxno", "prd_days",
	"sin_dos", "bilg_dept_codg", "bilg_dr_code", "upload_time",
	"med_chrgitm_type", "medins_list_codg", "medins_list_name",
	"acord_dept_codg", "acord_dr_code"
};

/* which rows a query of lines is for */
typedef struct LineRows
{
	MesoChunk  *chunk;
	bool		by_person;		/* the main query */
	/* of the row before: most rows share them */
	MesoSettlement *setl;
	MesoPerson *person;
	MesoInstitution *inst;
} LineRows;

#define LINES_A_SLAB	256

/*
 * slot_fixed: an exact fixed out of a numeric column; NO_FIXED for NULL and,
 * with *unfit set, for a value that is none.
 */
static fixed
slot_fixed(TupleTableSlot *slot, int col, bool *unfit)
{
	fixed		result;

	if (slot->tts_isnull[col])
		return NO_FIXED;
	if (datum_to_fixed(slot->tts_values[col], &result))
		return result;
	*unfit = true;
	return NO_FIXED;
}

/*
 * report_line: what a settlement's own check needs, of a line as reported.
 */
static void
report_line(MesoSettlement *setl, const MesoLine *line)
{
	setl->reported_lines++;
	if (line->unfit)
	{
		setl->reported_unfit = true;
		return;
	}
	setl->reported_sum = fixed_add(setl->reported_sum, line->amount);
	setl->reported_negative |= line->cnt < 0;
}

/*
 * read_optional: the columns that may be NULL.
 */
static void
read_optional(MesoChunk *chunk, TupleTableSlot *slot, MesoLine *line)
{
	uint64		wanted = chunk->extent.columns;

	for (int c = LC_REQUIRED; c < LC_COUNT; c++)
	{
		if (slot->tts_isnull[c] && (wanted & LC_BIT(c)))
			line->nulls |= LC_BIT(c);
	}
#define READ_STR(field, col) \
	line->field = meso_chunk_str(chunk, meso_slot_str(slot, col))
	READ_STR(mdtrt_id, LC_MDTRT_ID);
	READ_STR(init_feedetl_sn, LC_INIT_FEEDETL_SN);
	READ_STR(list_type, LC_LIST_TYPE);
	READ_STR(rxno, LC_RXNO);
	READ_STR(dept, LC_BILG_DEPT_CODG);
	READ_STR(dr_code, LC_BILG_DR_CODE);
	READ_STR(chrgitm, LC_MED_CHRGITM_TYPE);
	READ_STR(medins_list_codg, LC_MEDINS_LIST_CODG);
	READ_STR(medins_list_name, LC_MEDINS_LIST_NAME);
	READ_STR(acord_dept, LC_ACORD_DEPT_CODG);
	READ_STR(acord_dr, LC_ACORD_DR_CODE);
#undef READ_STR
	line->pric = slot_fixed(slot, LC_PRIC, &line->unfit);
	line->inscp_amt = slot_fixed(slot, LC_INSCP_AMT, &line->unfit);
	line->prd_days = slot_fixed(slot, LC_PRD_DAYS, &line->unfit);
	line->sin_dos = slot_fixed(slot, LC_SIN_DOS, &line->unfit);
	line->upload_time = slot->tts_isnull[LC_UPLOAD_TIME] ? NO_TIME :
		DatumGetTimestamp(slot->tts_values[LC_UPLOAD_TIME]);
}

/*
 * new_line: a zeroed line; many share one allocation.
 */
static MesoLine *
new_line(MesoChunk *chunk)
{
	if (chunk->nfree_lines == 0)
	{
		chunk->free_lines = MemoryContextAllocZero(chunk->ctx,
												   LINES_A_SLAB * sizeof(MesoLine));
		chunk->nfree_lines = LINES_A_SLAB;
	}
	return &chunk->free_lines[--chunk->nfree_lines];
}

static MesoSettlement *
row_settlement(LineRows *rows, TupleTableSlot *slot)
{
	MesoStr		setl_id = meso_slot_str(slot, LC_SETL_ID);

	if (rows->setl == NULL || !meso_str_eq(rows->setl->setl_id, setl_id))
		rows->setl = meso_chunk_settlement(rows->chunk, setl_id);
	return rows->setl;
}

static MesoPerson *
row_person(LineRows *rows, TupleTableSlot *slot)
{
	MesoStr		psn_no = meso_slot_str(slot, LC_PSN_NO);

	if (rows->person == NULL || !meso_str_eq(rows->person->psn_no, psn_no))
		rows->person = meso_chunk_person(rows->chunk, psn_no);
	return rows->person;
}

static MesoInstitution *
row_institution(LineRows *rows, TupleTableSlot *slot)
{
	MesoStr		code = meso_slot_str(slot, LC_FIXMEDINS_CODE);

	if (rows->inst == NULL || !meso_str_eq(rows->inst->code, code))
		rows->inst = meso_chunk_institution(rows->chunk, code);
	return rows->inst;
}

static MesoLine *
read_line(LineRows *rows, TupleTableSlot *slot, MesoSettlement *setl,
		  MesoPerson *person)
{
	MesoChunk  *chunk = rows->chunk;
	MesoLine   *line = new_line(chunk);

	line->setl = setl;
	line->person = person;
	line->psn_no = person ? person->psn_no :
		meso_chunk_str(chunk, meso_slot_str(slot, LC_PSN_NO));
	line->feedetl_sn = meso_chunk_str(chunk, meso_slot_str(slot, LC_FEEDETL_SN));
	line->inst = row_institution(rows, slot);
	line->fee_ocur_time = DatumGetTimestamp(slot->tts_values[LC_FEE_OCUR_TIME]);
	line->day = meso_day(line->fee_ocur_time);
	line->unfit = line->day == NO_DATE;
	line->cnt = slot_fixed(slot, LC_CNT, &line->unfit);
	line->amount = slot_fixed(slot, LC_DET_ITEM_FEE_SUMAMT, &line->unfit);
	read_optional(chunk, slot, line);
	line->item = meso_chunk_item(chunk, DOMAIN_ITEM,
								 meso_slot_str(slot, LC_MED_LIST_CODG));
	if (line->unfit)
		line->cnt = line->amount = 0;
	return line;
}

/*
 * line_row: one row of fee_line.  A row with NULL in a needed column is as if
 * it were not there; a row that the main query read is not read again.
 */
static void
line_row(TupleTableSlot *slot, void *arg)
{
	LineRows   *rows = arg;
	MesoChunk  *chunk = rows->chunk;
	MesoSettlement *setl;
	MesoPerson *person;
	bool		whole = true;

	/* a spool's part may hold persons who are not to be judged */
	if (rows->by_person && chunk->spool && row_person(rows, slot) == NULL)
		return;
	if (slot->tts_isnull[LC_SETL_ID] ||
		meso_overlay_hides(chunk->overlay, GIVEN_LINE, meso_slot_str(slot, LC_SETL_ID)))
		return;
	setl = row_settlement(rows, slot);
	if (rows->by_person)
	{
		setl->rows_read++;
		setl->wanted = true;
	}
	for (int c = 0; c < LC_REQUIRED; c++)
		whole &= !slot->tts_isnull[c];
	if (!whole)
		return;
	person = row_person(rows, slot);
	if (!rows->by_person && person != NULL &&
		meso_extent_has(&chunk->extent,
						DatumGetTimestamp(slot->tts_values[LC_FEE_OCUR_TIME])))
		return;
	if (chunk->program->max_lines > 0 && chunk->nlines >= chunk->program->max_lines)
		ereport(ERROR,
				(errcode(MESO_ERRCODE_HISTORY),
				 errmsg("the history to be read has more than %d fee lines",
						chunk->program->max_lines),
				 errhint("Raise meso_audit.max_history_rows.")));
	CHUNK_APPEND(chunk, chunk->line_list, chunk->nlines,
				 read_line(rows, slot, setl, person));
}

static Oid	line_types[] = {TEXTARRAYOID, TIMESTAMPOID, TIMESTAMPOID};

/*
 * line_columns: the columns that are read, by what is wanted; the others NULL.
 */
static void
line_columns(uint64 wanted, const char **columns)
{
	for (int c = 0; c < LC_COUNT; c++)
		columns[c] = wanted & LC_BIT(c) ? meso_line_columns[c] : NULL;
}

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
	LineRows	rows = {.chunk = chunk,.by_person = by_person};

	line_columns(chunk->extent.columns, columns);
	meso_lookup_run(lookup, &spec, keys, chunk->extent.lo, chunk->extent.hi, line_row, &rows);
}

static void
settlement_row(TupleTableSlot *slot, void *arg)
{
	MesoChunk  *chunk = arg;
	MesoSettlement *setl;
	bool		unfit = false;

	for (int c = 0; c < 4; c++)
	{
		if (slot->tts_isnull[c])
			return;
	}
	if (meso_overlay_hides(chunk->overlay, GIVEN_SETTLEMENT, meso_slot_str(slot, 0)))
		return;
	setl = meso_chunk_settlement(chunk, meso_slot_str(slot, 0));
	if (setl->present)
		return;
	setl->present = true;
	setl->psn_no = meso_chunk_str(chunk, meso_slot_str(slot, 1));
	setl->person = meso_chunk_person(chunk, setl->psn_no);
	setl->inst = meso_chunk_institution(chunk, meso_slot_str(slot, 2));
	setl->setl_time = DatumGetTimestamp(slot->tts_values[3]);
	setl->mdtrt_id = meso_chunk_str(chunk, meso_slot_str(slot, 4));
	setl->visit = meso_chunk_visit(chunk, setl->mdtrt_id);
	setl->med_type = meso_chunk_str(chunk, meso_slot_str(slot, 5));
	setl->insutype = meso_chunk_str(chunk, meso_slot_str(slot, 6));
	setl->medfee_sumamt = slot_fixed(slot, 7, &unfit);
	setl->fund_pay_sumamt = slot_fixed(slot, 8, &unfit);
	setl->reported_unfit |= unfit;
	setl->refunded = meso_str_is(meso_slot_str(slot, 9), "1");
	setl->init_setl_id = meso_chunk_str(chunk, meso_slot_str(slot, 10));
	setl->dise = meso_chunk_item(chunk, DOMAIN_DIAGNOSIS, meso_slot_str(slot, 11));
	if (setl->person)
	{
		DateADT		day = meso_day(setl->setl_time);

		setl->next = setl->person->settlements;
		setl->person->settlements = setl;
		setl->wanted |= DAYS_CONTAIN(chunk->period, day);
	}
}

static void
spooled_settlement_row(TupleTableSlot *slot, void *arg)
{
	if (meso_chunk_person(arg, meso_slot_str(slot, 1)))
		settlement_row(slot, arg);
}

static const char *const settlement_columns[] = {
	"setl_id", "psn_no", "fixmedins_code", "setl_time", "mdtrt_id", "med_type",
	"insutype", "medfee_sumamt", "fund_pay_sumamt", "refd_setl_flag",
	"init_setl_id", "dise_codg"
};

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
		.ncolumns = lengthof(settlement_columns),
		.columns = settlement_columns,
		.time = bounds == AT_ANY_TIME ? NULL : "setl_time",
		.bounds = bounds
	};

	meso_lookup_run(lookup, &spec, keys, chunk->extent.lo, chunk->extent.hi,
					settlement_row, chunk);
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

static void
count_row(TupleTableSlot *slot, void *arg)
{
	MesoChunk  *chunk = arg;
	MesoStr		setl_id = meso_slot_str(slot, 0);

	if (!meso_overlay_hides(chunk->overlay, GIVEN_LINE, setl_id))
		meso_chunk_settlement(chunk, setl_id)->rows_there++;
}

/*
 * complete_settlements: read the lines of settlements that hold more rows
 * than the main query read.
 */
static void
complete_settlements(MesoChunk *chunk)
{
	static const char *const columns[] = {"setl_id"};
	static const MesoLookupSpec counted = {
		.fact = "fee_line",.key = "setl_id",.ncolumns = 1,.columns = columns
	};
	static MesoLookup count_lookup;
	static MesoLookup line_by_setl;
	int			n;
	ArrayType  *keys = settlement_keys(chunk, SETL_CROSSING, &n);

	if (n == 0)
		return;
	for (int i = 0; i < chunk->nsettlements; i++)
		chunk->settlement_list[i]->rows_there = 0;
	meso_lookup_run(&count_lookup, &counted, keys, 0, 0, count_row, chunk);
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

/*
 * load_visit_edges: lines of judged visits that cross the bounds of time.
 */
static void
load_visit_edges(MesoChunk *chunk)
{
	static MesoLookup by_visit;
	static MesoLookup line_by_visit;
	MesoStr    *keys;
	ArrayType  *visits;
	int			n = want_visits(chunk);
	int			k = 0;

	/* a few visits are as soon looked up */
	if (n == 0 || ((chunk->spool || n > FEW_VISITS) && !lines_outside(chunk)))
		return;
	keys = palloc(sizeof(MesoStr) * n);
	for (int i = 0; i < chunk->nvisits; i++)
	{
		MesoVisit  *visit = chunk->visit_list[i];

		if (visit->wanted &&
			(chunk->spool == NULL ||
			 meso_visit_crosses(chunk->spool->crossing, visit->mdtrt_id)))
			keys[k++] = visit->mdtrt_id;
	}
	if (k == 0)
		return;
	visits = meso_key_array(keys, k);
	load_settlements(chunk, &by_visit, "mdtrt_id", visits, AT_ANY_TIME);
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		setl->wanted |= setl->visit && setl->visit->wanted;
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
	LineRows	rows = {.chunk = chunk,.by_person = true};
	ArrayType  *persons;

	if (chunk->spool)
	{
		meso_chunk_replay(chunk, SPOOL_SETTLEMENT, spooled_settlement_row, chunk);
		meso_chunk_replay(chunk, SPOOL_LINE, line_row, &rows);
		return;
	}
	persons = meso_chunk_person_keys(chunk);
	meso_overlay_feed(chunk->overlay, GIVEN_SETTLEMENT, settlement_row, chunk);
	load_own_settlements(chunk, persons);
	meso_overlay_feed(chunk->overlay, GIVEN_LINE, line_row, &rows);
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
		report_line(chunk->line_list[i]->setl, chunk->line_list[i]);
}

static void
outside_line_to_spool(TupleTableSlot *slot, void *arg)
{
	MesoSpool  *spool = arg;

	meso_crossing_outside(spool->crossing, meso_slot_str(slot, 0),
						  meso_slot_str(slot, 1));
}

static void
settlement_to_spool(TupleTableSlot *slot, void *arg)
{
	MesoSpool  *spool = arg;
	MesoStr		setl_id = meso_slot_str(slot, 0);
	MesoStr		psn_no = meso_slot_str(slot, 1);

	meso_crossing_row(spool->crossing, setl_id, psn_no);
	meso_crossing_visit(spool->crossing, setl_id, meso_slot_str(slot, 4));
	meso_crossing_named(spool->crossing, meso_slot_str(slot, 10));
	if (!slot->tts_isnull[3] &&
		(!spool->extent.within ||
		 meso_extent_has(&spool->extent, DatumGetTimestamp(slot->tts_values[3]))))
		meso_spool_put(spool, SPOOL_SETTLEMENT, slot, psn_no);
}

static void
line_to_spool(TupleTableSlot *slot, void *arg)
{
	MesoSpool  *spool = arg;
	MesoStr		psn_no = meso_slot_str(slot, LC_PSN_NO);

	meso_crossing_row(spool->crossing, meso_slot_str(slot, LC_SETL_ID), psn_no);
	meso_spool_put(spool, SPOOL_LINE, slot, psn_no);
}

/*
 * literal: a time as SQL.  The planner is to know it: to it, an unknown bound
 * cuts off nearly everything.
 */
static char *
literal(Timestamp t)
{
	struct pg_tm tm;
	fsec_t		fsec;
	char		iso[MAXDATELEN + 1];

	if (TIMESTAMP_NOT_FINITE(t))
		return pstrdup(TIMESTAMP_IS_NOBEGIN(t) ? "'-infinity'" : "'infinity'");
	if (timestamp2tm(t, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	EncodeDateTime(&tm, fsec, false, 0, NULL, USE_ISO_DATES, iso);
	return psprintf("'%s'::pg_catalog.timestamp", iso);
}

/*
 * meso_spool_lines: all settlements, and the lines within the bounds; what
 * lies outside is noted first, since settlements tell of which visit it is.
 */
void
meso_spool_lines(MesoSpool *spool)
{
	static MesoQuery outside;
	static MesoQuery settlements;
	static MesoQuery lines;
	const MesoExtent *extent = &spool->extent;
	const char *columns[LC_COUNT];
	char	   *lo = literal(extent->lo);
	char	   *hi = literal(extent->hi);

	if (extent->bounded)
		meso_query_run(&outside,
					   psprintf("SELECT setl_id, mdtrt_id FROM meso_audit.fee_line"
								" WHERE fee_ocur_time OPERATOR(pg_catalog.<) %s"
								" OR fee_ocur_time OPERATOR(pg_catalog.>=) %s", lo, hi),
					   0, NULL, NULL, NULL, outside_line_to_spool, spool);
	meso_query_run(&settlements,
				   psprintf("SELECT %s FROM meso_audit.settlement",
							meso_select_list(settlement_columns, lengthof(settlement_columns))),
				   0, NULL, NULL, NULL, settlement_to_spool, spool);
	line_columns(extent->columns, columns);
	meso_query_run(&lines,
				   psprintf("SELECT %s FROM meso_audit.fee_line WHERE %s",
							meso_select_list(columns, LC_COUNT), extent->bounded ?
							psprintf("fee_ocur_time OPERATOR(pg_catalog.>=) %s"
									 " AND fee_ocur_time OPERATOR(pg_catalog.<) %s", lo, hi) :
							"true"),
				   0, NULL, NULL, NULL, line_to_spool, spool);
}
