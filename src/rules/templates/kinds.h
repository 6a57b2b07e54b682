/*-------------------------------------------------------------------------
 *
 * kinds.h
 *		Lines that bring one more kind of item than is allowed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_KINDS_H
#define MESO_KINDS_H

#include "rules/judge.h"

/* What group_dup and max_kinds compile to */
typedef struct MesoKinds
{
	MesoUnit	window;
	int			least;			/* this many codes present make a finding */
} MesoKinds;

extern void meso_kinds_judge(MesoEvaluation *ev);

#endif							/* MESO_KINDS_H */
