/*-------------------------------------------------------------------------
 *
 * overlay.c
 *		Rows of a claim that are judged as if they were in the database.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"

#include "rules/overlay.h"

static const int ncolumns[GIVEN_COUNT] = {
	LC_COUNT, GIVEN_SETTLEMENT_COLUMNS, GIVEN_VISIT_COLUMNS,
	GIVEN_DIAGNOSIS_COLUMNS, GIVEN_OPERATION_COLUMNS, GIVEN_PERSON_COLUMNS
};

MesoOverlay *
meso_overlay_create(void)
{
	MesoOverlay *overlay = palloc0(sizeof(MesoOverlay));

	overlay->ctx = CurrentMemoryContext;
	overlay->settlements = meso_strtab_create(overlay->ctx, 8);
	overlay->diagnosed = meso_strtab_create(overlay->ctx, 8);
	overlay->operated = meso_strtab_create(overlay->ctx, 8);
	return overlay;
}

MesoGivenRow *
meso_overlay_row(MesoOverlay *overlay, MesoGivenFact fact)
{
	MemoryContext old = MemoryContextSwitchTo(overlay->ctx);
	MesoGivenRow *row;

	if (overlay->nrows[fact] == overlay->maxrows[fact])
	{
		int			max = Max(16, overlay->maxrows[fact] * 2);
		Size		size = sizeof(MesoGivenRow) * max;

		overlay->rows[fact] = overlay->rows[fact] ?
			repalloc(overlay->rows[fact], size) : palloc(size);
		overlay->maxrows[fact] = max;
	}
	row = &overlay->rows[fact][overlay->nrows[fact]++];
	row->values = palloc0(sizeof(Datum) * ncolumns[fact]);
	row->isnull = palloc(sizeof(bool) * ncolumns[fact]);
	memset(row->isnull, true, sizeof(bool) * ncolumns[fact]);
	MemoryContextSwitchTo(old);
	return row;
}

/*
 * meso_overlay_feed: as the database would hand its rows over.
 *
 * The row functions read values and NULLs alone; the types in the slot's
 * descriptor are never looked at.
 */
void
meso_overlay_feed(MesoOverlay *overlay, MesoGivenFact fact,
				  MesoRowFunction row, void *arg)
{
	TupleDesc	desc;
	TupleTableSlot *slot;

	if (overlay == NULL || overlay->nrows[fact] == 0)
		return;
	desc = CreateTemplateTupleDesc(ncolumns[fact]);
	for (int c = 0; c < ncolumns[fact]; c++)
		TupleDescInitBuiltinEntry(desc, c + 1, "given", TEXTOID, -1, 0);
	slot = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	overlay->feeding = true;
	for (int i = 0; i < overlay->nrows[fact]; i++)
	{
		const MesoGivenRow *given = &overlay->rows[fact][i];

		CHECK_FOR_INTERRUPTS();
		ExecClearTuple(slot);
		memcpy(slot->tts_values, given->values, sizeof(Datum) * ncolumns[fact]);
		memcpy(slot->tts_isnull, given->isnull, sizeof(bool) * ncolumns[fact]);
		ExecStoreVirtualTuple(slot);
		row(slot, arg);
	}
	overlay->feeding = false;
	ExecDropSingleTupleTableSlot(slot);
}

bool
meso_overlay_hides(const MesoOverlay *overlay, MesoGivenFact fact, MesoStr key)
{
	if (overlay == NULL || overlay->feeding || STR_IS_NULL(key))
		return false;
	switch (fact)
	{
		case GIVEN_LINE:
		case GIVEN_SETTLEMENT:
			return meso_strtab_find(overlay->settlements, key) != NULL;
		case GIVEN_DIAGNOSIS:
			return meso_strtab_find(overlay->diagnosed, key) != NULL;
		case GIVEN_OPERATION:
			return meso_strtab_find(overlay->operated, key) != NULL;
		default:
			return false;
	}
}
