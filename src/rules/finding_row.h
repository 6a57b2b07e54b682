/*-------------------------------------------------------------------------
 *
 * finding_row.h
 *		A hit of the evaluator as a row of type audit_finding.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_FINDING_ROW_H
#define MESO_FINDING_ROW_H

#include "evidence/audit_finding.h"
#include "rules/evaluate.h"

/* The AF_COUNT columns of a hit, in the current memory context */
extern void meso_finding_row(const MesoHit *hit, Datum *values, bool *nulls);

/* The finding's key, 32 bytes */
extern void meso_hit_key(const MesoHit *hit, uint8 *key);

/* line, settlement, visit, diagnosis, operation or subject */
extern const char *meso_hit_level(const MesoHit *hit);

#endif							/* MESO_FINDING_ROW_H */
