/*-------------------------------------------------------------------------
 *
 * diag.h
 *		The diagnoses that a line is held against.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_DIAG_H
#define MESO_DIAG_H

#include "rules/judge.h"

typedef enum MesoDiagSource
{
	DIAG_DIAGNOSIS,				/* of the visit */
	DIAG_DISE,					/* dise_codg of the settlement */
	DIAG_BOTH
} MesoDiagSource;

/* Parameters diag and source of diag_required and diag_forbidden */
typedef struct MesoDiagSet
{
	MesoCodeSet codes;
	MesoDiagSource source;
} MesoDiagSet;

extern void *meso_diag_compile(MesoParams *params, MesoReach *reach);

/* What the diagnoses of a line's source are to the set */
typedef struct MesoDiagAnswer
{
	bool		any;			/* there is a diagnosis */
	bool		match;			/* one of them is in the set */
} MesoDiagAnswer;

/* answers: a map of the judgement, remembers visits */
extern MesoDiagAnswer meso_diag_ask(const MesoDiagSet *set,
									struct meso_tally_hash *answers,
									const MesoLine *L);

#endif							/* MESO_DIAG_H */
