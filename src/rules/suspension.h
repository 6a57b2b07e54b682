/*-------------------------------------------------------------------------
 *
 * suspension.h
 *		Whom the fund does not pay, and when.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_SUSPENSION_H
#define MESO_SUSPENSION_H

#include "rules/program.h"

/* Load all of suspension_in_force.  Needs an SPI connection. */
extern void meso_suspensions_load(MesoProgram *program);

/* Is the line's institution, practitioner or person suspended on its day? */
extern bool meso_line_suspended(const MesoProgram *program, const MesoLine *L);

#endif							/* MESO_SUSPENSION_H */
