/*-------------------------------------------------------------------------
 *
 * engine.h
 *		Reading facts as the role meso_audit_engine.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ENGINE_H
#define MESO_ENGINE_H

#include "meso_audit.h"

/* What to go back to; filled by meso_engine_enter() */
typedef struct MesoEngine
{
	Oid			user;
	int			security;
	int			nestlevel;
} MesoEngine;

extern void meso_engine_enter(MesoEngine *before);
extern void meso_engine_leave(MesoEngine *before);
extern Oid	meso_fact_view(const char *fact);

#endif							/* MESO_ENGINE_H */
