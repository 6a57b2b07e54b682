/*-------------------------------------------------------------------------
 *
 * spool_lines.c
 *		Fee lines and settlements into a spool.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "rules/line_rows.h"
#include "rules/lookup.h"

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
							meso_select_list(meso_settlement_columns, SETTLEMENT_COLUMNS)),
				   0, NULL, NULL, NULL, settlement_to_spool, spool);
	meso_wanted_line_columns(extent->columns, columns);
	meso_query_run(&lines,
				   psprintf("SELECT %s FROM meso_audit.fee_line WHERE %s",
							meso_select_list(columns, LC_COUNT), extent->bounded ?
							psprintf("fee_ocur_time OPERATOR(pg_catalog.>=) %s"
									 " AND fee_ocur_time OPERATOR(pg_catalog.<) %s", lo, hi) :
							"true"),
				   0, NULL, NULL, NULL, line_to_spool, spool);
}
