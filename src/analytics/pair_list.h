/*-------------------------------------------------------------------------
 *
 * pair_list.h
 *		States that are a list of two integers a row.
 *
 * Behind the types event_list (time, amount), stay_list (start, end) and
 * score_list (score, label).
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_PAIR_LIST_H
#define MESO_PAIR_LIST_H

#include "access/htup.h"
#include "access/tupdesc.h"

#include "analytics/sorting.h"
#include "analytics/state.h"

/* param of a list that was made without one */
#define MESO_NO_PARAM		PG_INT64_MIN

/* flags */
#define MESO_PAIRS_ZONED	0x0001	/* times are timestamptz */
#define MESO_PAIRS_DSCALE	0xFF00	/* decimals of the amounts */
#define MESO_PAIRS_DSCALE_SHIFT	8

typedef struct MesoPairList
{
	int64		param;			/* width, capacity or k: the same for all rows */
	MesoPair	item[FLEXIBLE_ARRAY_MEMBER];
} MesoPairList;

static inline MesoPairList *
meso_pair_list(MesoState *state)
{
	return (MesoPairList *) MESO_CONTENT(state);
}

static inline Size
meso_pair_count(const MesoState *state)
{
	return (state->used - offsetof(MesoPairList, item)) / sizeof(MesoPair);
}

extern MesoState *meso_pairs_add(FunctionCallInfo fcinfo, MesoKind kind,
								 uint16 flags, int64 param,
								 int64 a, int64 b);
extern MesoState *meso_pairs_sorted(FunctionCallInfo fcinfo, int argno);
extern void meso_pairs_encode(StringInfo buf, MesoState *state);
extern MesoState *meso_pairs_decode(StringInfo buf, const MesoStateType *type,
									bool (*valid) (uint16 flags, int64 param, const MesoPair *item));
extern TupleDesc meso_result_desc(FunctionCallInfo fcinfo);

#endif							/* MESO_PAIR_LIST_H */
