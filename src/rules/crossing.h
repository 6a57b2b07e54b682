/*-------------------------------------------------------------------------
 *
 * crossing.h
 *		Which settlements and visits reach beyond one person and the bounds.
 *
 * While all rows are read once, it is noted which settlements hold rows of two
 * persons or rows outside the bounds of time, which visits hold such rows,
 * and which settlements are named by another as the one before
 * (init_setl_id).  There are few; nearly all others need not be looked up.
 * The answers err on one side only: a key may be said to cross that does not.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CROSSING_H
#define MESO_CROSSING_H

#include "rules/stream.h"

typedef struct MesoCrossing MesoCrossing;

/*
 * Lives in a child of the current context, its file as its resource owner;
 * bounded: rows may lie outside the bounds of time.
 */
extern MesoCrossing *meso_crossing_create(bool bounded);

/* A row of the settlement carries this person */
extern void meso_crossing_row(MesoCrossing *x, MesoStr setl_id, MesoStr psn_no);

/* A line of settlement and visit (or NULL) lies outside the bounds */
extern void meso_crossing_outside(MesoCrossing *x, MesoStr setl_id, MesoStr mdtrt_id);

/* A settlement and its visit, once all lines outside the bounds are known */
extern void meso_crossing_visit(MesoCrossing *x, MesoStr setl_id, MesoStr mdtrt_id);

/* A settlement is named as the one before another */
extern void meso_crossing_named(MesoCrossing *x, MesoStr setl_id);

/* All rows have been seen: answers may be asked for */
extern void meso_crossing_finish(MesoCrossing *x);

/* May the settlement hold rows of two persons, or outside the bounds? */
extern bool meso_crosses(MesoCrossing *x, MesoStr setl_id);

/* May lines of the visit lie outside the bounds? */
extern bool meso_visit_crosses(MesoCrossing *x, MesoStr mdtrt_id);

/* May another settlement name this one? */
extern bool meso_named(MesoCrossing *x, MesoStr setl_id);

/* Has any line been seen outside the bounds? */
extern bool meso_any_outside(const MesoCrossing *x);

extern void meso_crossing_end(MesoCrossing *x);

#endif							/* MESO_CROSSING_H */
