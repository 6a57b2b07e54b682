/*-------------------------------------------------------------------------
 *
 * audit_result.h
 *		Findings as the national audit services say them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_AUDIT_RESULT_H
#define MESO_AUDIT_RESULT_H

#include "utils/array.h"
#include "utils/jsonb.h"

#include "rules/stream.h"

/* Columns of result_item */
enum
{
	RI_SETL_ID, RI_FEEDETL_SN, RI_MDTRT_ID, RI_ROW_NO, RI_CODE, RI_NAME,
	RI_AMOUNT, RI_HAPPENED, RI_LEVEL, RI_COUNT
};

/*
 * A JSON array of the results of findings (audit_finding[]) with what is known
 * of their items (result_item[]), in the current context.  Texts of rules and
 * knowledge are read under the active snapshot; the current user needs SELECT.
 */
extern Jsonb *meso_audit_result_of(ArrayType *findings, ArrayType *items, MesoStr task_id);

#endif							/* MESO_AUDIT_RESULT_H */
