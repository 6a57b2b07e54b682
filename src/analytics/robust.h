/*-------------------------------------------------------------------------
 *
 * robust.h
 *		Order statistics that a few wild values cannot move.
 *
 * All of them take n > 0 values without NaN and return false (undefined) where
 * infinite values leave no number.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ROBUST_H
#define MESO_ROBUST_H

#include "meso_audit.h"

/* makes the median absolute deviation a consistent estimate of sigma */
#define MESO_MAD_SIGMA	1.4826

extern float8 meso_median(float8 *scratch, Size n);
extern float8 meso_mad(float8 *scratch, Size n, float8 *median);
extern float8 meso_quantile_sorted(const float8 *sorted, Size n, float8 p);
extern float8 meso_medcouple_sorted(const float8 *sorted, Size n);
extern void meso_adjusted_fences(const float8 *sorted, Size n,
								 float8 *low, float8 *high);

#endif							/* MESO_ROBUST_H */
