/*-------------------------------------------------------------------------
 *
 * supply.h
 *		Which lines still supply the person at an instant.
 *
 * A line supplies from its own time on for prd_days days of 86400 seconds; one
 * without prd_days, or with none above 0, at its own instant only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_SUPPLY_H
#define MESO_SUPPLY_H

#include "rules/judge.h"

typedef struct MesoSupplyEnd
{
	Timestamp	end;			/* first instant that is no longer supplied */
	MesoLine   *line;
} MesoSupplyEnd;

typedef struct MesoSupply
{
	int			n;
	int			next;
	MesoSupplyEnd *ends;		/* in the order of end */
} MesoSupply;

extern void meso_supply_begin(MesoSupply *supply, MesoLine **lines, int nlines);

/* The next line that ended at or before t, or NULL; t must not go back */
extern MesoLine *meso_supply_ended(MesoSupply *supply, Timestamp t);

#endif							/* MESO_SUPPLY_H */
