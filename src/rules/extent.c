/*-------------------------------------------------------------------------
 *
 * extent.c
 *		Which rows and columns a feeder reads of a person.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "rules/extent.h"

/*
 * Lines are read from the first day that a judged day looks back to; what a
 * settlement or visit holds outside of it is read by its key.  So are
 * settlements and visits, unless a rule asks what lies further.
 */
MesoExtent
meso_extent(const MesoProgram *program, MesoDays period)
{
	int64		from = (int64) period.from - program->back_days - 1;
	int64		lowest = DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE;
	MesoExtent	extent = {
		.bounded = period.from != PG_INT32_MIN || period.upto != PG_INT32_MAX,
		.visit = program->reach.visit,
		.columns = program->reach.columns | LC_ALWAYS,
		.heads = program->reach.heads || program->needs_rows,
		.diagnoses = program->needs_diagnoses,
		.operations = program->needs_operations,
		.back_days = program->back_days,
		.everything = program->reach.everything
	};

	extent.within = extent.bounded && !program->reach.chained;
	if (period.from == PG_INT32_MIN || extent.everything || from < lowest)
		extent.lo = DT_NOBEGIN;
	else
		extent.lo = from * USECS_PER_DAY;
	if ((int64) period.upto >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
		extent.hi = DT_NOEND;
	else
		extent.hi = (int64) period.upto * USECS_PER_DAY;
	return extent;
}

bool
meso_extent_covers(const MesoExtent *extent, const MesoProgram *program)
{
	return (extent->everything ||
			(!program->reach.everything && program->back_days <= extent->back_days)) &&
		(!extent->within || !program->reach.chained) &&
		(extent->visit || !program->reach.visit) &&
		((program->reach.columns | LC_ALWAYS) & ~extent->columns) == 0 &&
		(extent->heads || !(program->reach.heads || program->needs_rows)) &&
		(extent->diagnoses || !program->needs_diagnoses) &&
		(extent->operations || !program->needs_operations);
}
