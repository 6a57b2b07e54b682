/*-------------------------------------------------------------------------
 *
 * supply.c
 *		Which lines still supply the person at an instant.
 *
 * A line begins before it ends, so walking the ends in order beside the lines
 * in order never meets an end before its begin.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/int.h"

#include "rules/templates/supply.h"

/* prd_days is in millionths of a day: this many microseconds each */
#define USECS_PER_MILLIONTH_DAY (USECS_PER_DAY / FIXED_ONE)

static Timestamp
end_of(const MesoLine *line)
{
	int64		length = 1;
	Timestamp	end;

	if (line->prd_days != NO_FIXED && line->prd_days > 0 &&
		pg_mul_s64_overflow(line->prd_days, USECS_PER_MILLIONTH_DAY, &length))
		return PG_INT64_MAX;
	if (pg_add_s64_overflow(line->fee_ocur_time, length, &end))
		return PG_INT64_MAX;
	return end;
}

static int
compare_ends(const void *a, const void *b)
{
	const MesoSupplyEnd *x = a;
	const MesoSupplyEnd *y = b;

	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->line->no - y->line->no;
}

/*
 * meso_supply_begin: prepare to walk; allocates in the current context.
 */
void
meso_supply_begin(MesoSupply *supply, MesoLine **lines, int nlines)
{
	supply->n = nlines;
	supply->next = 0;
	supply->ends = palloc_extended(sizeof(MesoSupplyEnd) * Max(nlines, 1),
								   MCXT_ALLOC_HUGE);
	for (int i = 0; i < nlines; i++)
	{
		supply->ends[i].end = end_of(lines[i]);
		supply->ends[i].line = lines[i];
	}
	qsort(supply->ends, nlines, sizeof(MesoSupplyEnd), compare_ends);
}

MesoLine *
meso_supply_ended(MesoSupply *supply, Timestamp t)
{
	if (supply->next >= supply->n || supply->ends[supply->next].end > t)
		return NULL;
	return supply->ends[supply->next++].line;
}
