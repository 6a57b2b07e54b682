/*-------------------------------------------------------------------------
 *
 * pools.h
 *		From a rule or point and its dated codes to pools (used by program.c).
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_POOLS_H
#define MESO_POOLS_H

#include "rules/program.h"

typedef struct MesoPoolCode
{
	MesoStr		code;
	MesoRole	role;
	MesoDays	days;
} MesoPoolCode;

#define ALL_DAYS ((MesoDays) {PG_INT32_MIN, PG_INT32_MAX})

/*
 * Make the pools of a rule (point_id NULL) or of one of its points: one for
 * each epoch in which the set of codes is the same.  point_id and the rule
 * live as long as the program; limits and codes may go.
 */
extern void meso_pools_make(MesoProgram *program, MesoRule *rule,
							const char *point_id, Jsonb *limits,
							MesoDays valid, MesoPoolCode *codes, int ncodes);

#endif							/* MESO_POOLS_H */
