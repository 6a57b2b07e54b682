/*-------------------------------------------------------------------------
 *
 * evaluate.h
 *		The evaluator: from streams to findings.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_EVALUATE_H
#define MESO_EVALUATE_H

#include "rules/chunk.h"

/* One finding; which of line, setl, visit is set says its level */
typedef struct MesoHit
{
	MesoRule   *rule;
	const char *point_id;		/* or NULL */
	MesoPerson *person;
	MesoLine   *line;			/* with entry: a row of diagnosis, operation */
	MesoSettlement *setl;
	MesoVisit  *visit;
	Timestamp	from;			/* level subject */
	Timestamp	upto;
	DateADT		day;			/* the judged day */
	fixed		amount;			/* after the fund's share; NO_FIXED = NULL */
	double		score;
	int			nrelated;
	MesoLine  **related;
} MesoHit;

typedef void (*MesoHitFunction) (const MesoHit *hit, void *arg);

/*
 * Judge every person of an assembled chunk; emit() is called once for each
 * finding, person by person.
 */
extern void meso_evaluate(MesoChunk *chunk, MesoHitFunction emit, void *arg);

#endif							/* MESO_EVALUATE_H */
