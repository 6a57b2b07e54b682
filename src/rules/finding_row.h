/*-------------------------------------------------------------------------
 *
 * finding_row.h
 *		A hit of the evaluator as a row of type audit_finding.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_FINDING_ROW_H
#define MESO_FINDING_ROW_H

#include "rules/evaluate.h"

/* Columns of audit_finding */
typedef enum MesoFindingColumn
{
	AF_FINDING_KEY, AF_SOURCE_CODE, AF_KIND_CODE, AF_SOURCE_VERSION,
	AF_POINT_ID, AF_LEVEL, AF_PSN_NO, AF_FIXMEDINS_CODE, AF_PRAC_PSN_CODE,
	AF_MDTRT_ID, AF_SETL_ID, AF_FEEDETL_SN, AF_ROW_NO, AF_RELATED, AF_PERIOD,
	AF_AMOUNT, AF_SCORE, AF_CERTAINTY, AF_ACTION, AF_JUDGED_DAY, AF_COUNT
} MesoFindingColumn;

/* The AF_COUNT columns of a hit, in the current memory context */
extern void meso_finding_row(const MesoHit *hit, Datum *values, bool *nulls);

/* The finding's key, 32 bytes */
extern void meso_hit_key(const MesoHit *hit, uint8 *key);

/* line, settlement, visit, diagnosis, operation or subject */
extern const char *meso_hit_level(const MesoHit *hit);

#endif							/* MESO_FINDING_ROW_H */
