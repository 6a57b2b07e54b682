/*-------------------------------------------------------------------------
 *
 * line_rows.c
 *		Rows of fee_line and settlement as they come from a query, an overlay or
 *		a spool, into a chunk.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/commit/settings.h"
#include "rules/line_rows.h"

const char *const meso_line_columns[LC_COUNT] = {
	"setl_id", "feedetl_sn", "psn_no", "fixmedins_code", "fee_ocur_time",
	"med_list_codg", "cnt", "det_item_fee_sumamt", "mdtrt_id",
	"init_feedetl_sn", "pric", "inscp_amt", "list_type", "rxno", "prd_days",
	"sin_dos", "bilg_dept_codg", "bilg_dr_code", "upload_time",
	"med_chrgitm_type", "medins_list_codg", "medins_list_name",
	"acord_dept_codg", "acord_dr_code"
};

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
 * meso_report_line: what a settlement's own check needs, of a line as reported.
 */
void
meso_report_line(MesoSettlement *setl, const MesoLine *line)
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
row_settlement(MesoLineRows *rows, TupleTableSlot *slot)
{
	MesoStr		setl_id = meso_slot_str(slot, LC_SETL_ID);

	if (rows->setl == NULL || !meso_str_eq(rows->setl->setl_id, setl_id))
		rows->setl = meso_chunk_settlement(rows->chunk, setl_id);
	return rows->setl;
}

static MesoPerson *
row_person(MesoLineRows *rows, TupleTableSlot *slot)
{
	MesoStr		psn_no = meso_slot_str(slot, LC_PSN_NO);

	if (rows->person == NULL || !meso_str_eq(rows->person->psn_no, psn_no))
		rows->person = meso_chunk_person(rows->chunk, psn_no);
	return rows->person;
}

static MesoInstitution *
row_institution(MesoLineRows *rows, TupleTableSlot *slot)
{
	MesoStr		code = meso_slot_str(slot, LC_FIXMEDINS_CODE);

	if (rows->inst == NULL || !meso_str_eq(rows->inst->code, code))
		rows->inst = meso_chunk_institution(rows->chunk, code);
	return rows->inst;
}

static MesoLine *
read_line(MesoLineRows *rows, TupleTableSlot *slot, MesoSettlement *setl,
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
 * meso_line_row: one row of fee_line.  A row with NULL in a needed column is as if
 * it were not there; a row that the main query read is not read again.
 */
void
meso_line_row(TupleTableSlot *slot, void *arg)
{
	MesoLineRows *rows = arg;
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

/*
 * meso_wanted_line_columns: the columns that are read, by what is wanted; the others NULL.
 */
void
meso_wanted_line_columns(uint64 wanted, const char **columns)
{
	for (int c = 0; c < LC_COUNT; c++)
		columns[c] = wanted & LC_BIT(c) ? meso_line_columns[c] : NULL;
}

/*
 * meso_settlement_row: one row of settlement; the first of a key counts.
 */
void
meso_settlement_row(TupleTableSlot *slot, void *arg)
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

/*
 * meso_spooled_settlement_row: the same out of a spool, whose part may hold
 * persons who are not to be judged.
 */
void
meso_spooled_settlement_row(TupleTableSlot *slot, void *arg)
{
	if (meso_chunk_person(arg, meso_slot_str(slot, 1)))
		meso_settlement_row(slot, arg);
}

const char *const meso_settlement_columns[SETTLEMENT_COLUMNS] = {
	"setl_id", "psn_no", "fixmedins_code", "setl_time", "mdtrt_id", "med_type",
	"insutype", "medfee_sumamt", "fund_pay_sumamt", "refd_setl_flag",
	"init_setl_id", "dise_codg"
};
