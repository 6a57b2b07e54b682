/*-------------------------------------------------------------------------
 *
 * audit_finding.h
 *		Columns of type audit_finding, in the order of the type.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_AUDIT_FINDING_H
#define MESO_AUDIT_FINDING_H

typedef enum MesoFindingColumn
{
	AF_FINDING_KEY, AF_SOURCE_CODE, AF_KIND_CODE, AF_SOURCE_VERSION,
	AF_POINT_ID, AF_LEVEL, AF_PSN_NO, AF_FIXMEDINS_CODE, AF_PRAC_PSN_CODE,
	AF_MDTRT_ID, AF_SETL_ID, AF_FEEDETL_SN, AF_ROW_NO, AF_RELATED, AF_PERIOD,
	AF_AMOUNT, AF_SCORE, AF_CERTAINTY, AF_ACTION, AF_JUDGED_DAY, AF_COUNT
} MesoFindingColumn;

#endif							/* MESO_AUDIT_FINDING_H */
