/*-------------------------------------------------------------------------
 *
 * extent.h
 *		Which rows and columns a feeder reads of a person.
 *
 * It is fixed before reading begins, from what the program asks for then.
 * Points loaded while reading may ask for more: the rows are then read again.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_EXTENT_H
#define MESO_EXTENT_H

#include "rules/program.h"

typedef struct MesoExtent
{
	bool		bounded;		/* lines are read for [lo, hi) */
	Timestamp	lo;
	Timestamp	hi;
	bool		within;			/* settlements and visits likewise */
	bool		visit;			/* lines of visits that cross these bounds */
	uint64		columns;		/* LC_BIT of the columns of fee_line */
	bool		heads;			/* settlements and visits of the person as such */
	bool		diagnoses;
	bool		operations;
	int			back_days;		/* what lo was made of */
	bool		everything;
} MesoExtent;

/* What the program, as it is now, asks for to judge the days of the period */
extern MesoExtent meso_extent(const MesoProgram *program, MesoDays period);

/* Does the program, as it is now, ask for nothing beyond the extent? */
extern bool meso_extent_covers(const MesoExtent *extent, const MesoProgram *program);

static inline bool
meso_extent_has(const MesoExtent *extent, Timestamp t)
{
	return !extent->bounded || (t >= extent->lo && t < extent->hi);
}

#endif							/* MESO_EXTENT_H */
