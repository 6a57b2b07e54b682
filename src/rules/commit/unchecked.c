/*-------------------------------------------------------------------------
 *
 * unchecked.c
 *		Claims that pass although their check failed are noted for the batch.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "facts/engine.h"
#include "rules/commit/settings.h"
#include "rules/commit/unchecked.h"
#include "rules/query.h"

static Datum
key_datum(MesoStr s, bool *isnull)
{
	*isnull = STR_IS_NULL(s);
	return *isnull ? (Datum) 0 : PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
}

static Datum
day_datum(Timestamp t, bool *isnull)
{
	*isnull = t == NO_TIME;
	return *isnull ? (Datum) 0 : DateADTGetDatum(meso_day(t));
}

static Datum
column(Datum *elems, bool *nulls, int n, Oid type)
{
	int			dims[1] = {n};
	int			lbs[1] = {1};

	return PointerGetDatum(construct_md_array(elems, nulls, 1, dims, lbs, type,
											  type == DATEOID ? 4 : -1,
											  type == DATEOID, TYPALIGN_INT));
}

/*
 * meso_note_unchecked: one row for each combination of person, settlement and
 * visit.
 */
void
meso_note_unchecked(MesoNote **notes, int n, const ErrorData *error)
{
	static MesoQuery query;
	enum
	{
		PSN_NO, SETL_ID, MDTRT_ID, FIRST, LAST, COLUMNS
	};
	static const Oid elem_types[COLUMNS] = {TEXTOID, TEXTOID, TEXTOID, DATEOID, DATEOID};
	Oid			types[] = {TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, DATEARRAYOID,
	DATEARRAYOID, TEXTOID, TEXTOID};
	Datum		values[lengthof(types)];
	Datum	   *elems[COLUMNS];
	bool	   *nulls[COLUMNS];
	MesoEngine	before;

	meso_fail_point(FAIL_NOTE);
	meso_engine_enter(&before);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int c = 0; c < COLUMNS; c++)
	{
		elems[c] = palloc_extended(sizeof(Datum) * (Size) n, MCXT_ALLOC_HUGE);
		nulls[c] = palloc_extended(sizeof(bool) * (Size) n, MCXT_ALLOC_HUGE);
	}
	for (int i = 0; i < n; i++)
	{
		elems[PSN_NO][i] = key_datum(notes[i]->psn_no, &nulls[PSN_NO][i]);
		elems[SETL_ID][i] = key_datum(notes[i]->setl_id, &nulls[SETL_ID][i]);
		elems[MDTRT_ID][i] = key_datum(notes[i]->mdtrt_id, &nulls[MDTRT_ID][i]);
		elems[FIRST][i] = day_datum(notes[i]->first, &nulls[FIRST][i]);
		elems[LAST][i] = day_datum(notes[i]->last, &nulls[LAST][i]);
	}
	for (int c = 0; c < COLUMNS; c++)
		values[c] = column(elems[c], nulls[c], n, elem_types[c]);
	values[COLUMNS] = CStringGetTextDatum(unpack_sql_state(error->sqlerrcode));
	values[COLUMNS + 1] = CStringGetTextDatum(error->message);
	meso_query_write(&query,
					 "SELECT meso_audit.note_unchecked($1, $2, $3, $4, $5, $6, $7)",
					 lengthof(types), types, values, NULL);
	SPI_finish();
	meso_engine_leave(&before);
}
