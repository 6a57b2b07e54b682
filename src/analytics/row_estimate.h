/*-------------------------------------------------------------------------
 *
 * row_estimate.h
 *		How many rows a value has, for the planner.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ROW_ESTIMATE_H
#define MESO_ROW_ESTIMATE_H

#include "analytics/state.h"

extern double meso_visit_pairs_rows(const MesoState *state);
extern double meso_components_rows(const MesoState *state);

#endif							/* MESO_ROW_ESTIMATE_H */
