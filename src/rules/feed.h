/*-------------------------------------------------------------------------
 *
 * feed.h
 *		The evaluator at work: what stands behind MesoEvaluation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_FEED_H
#define MESO_FEED_H

#include "rules/evaluate.h"

typedef struct MesoFeed
{
	MesoChunk  *chunk;
	MemoryContext scratch;
	MemoryContext gathered;		/* the pools' lines, until the next person */
	uint64		stamp;			/* of judgements, never used twice */
	uint64		person_stamp;
	int			npools;			/* pools that the person's lines touch */
	MesoPool  **pools;
	int			nhits;			/* of the person */
	MesoHit    *hits;
} MesoFeed;

#endif							/* MESO_FEED_H */
