/*-------------------------------------------------------------------------
 *
 * co_visit.h
 *		Meetings of persons, between who finds them and who keeps them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CO_VISIT_H
#define MESO_CO_VISIT_H

#include "analytics/sorting.h"
#include "analytics/state.h"
#include "analytics/string_pool.h"

/* meetings: a = lower person << 32 | higher person, b = day number */
typedef struct MesoMeetings
{
	MesoPair   *item;
	Size		n;
	Size		room;
} MesoMeetings;

extern void meso_meetings_init(MesoMeetings *meetings);
extern void meso_meetings_grow(MesoMeetings *meetings);
extern MesoState *meso_visit_pairs_make(MesoMeetings *meetings,
										const MesoString *person, uint32 persons);

#endif							/* MESO_CO_VISIT_H */
