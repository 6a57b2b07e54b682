/*-------------------------------------------------------------------------
 *
 * build_evidence.h
 *		Evidence of findings: rows and rule as they are now.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_BUILD_EVIDENCE_H
#define MESO_BUILD_EVIDENCE_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "evidence/audit_finding.h"

/* What is proved, beside the findings */
typedef struct MesoProofOf
{
	const char *source;
	const char *basis;			/* JSON instead of a rule's, or NULL */
	const char *rule_set;		/* hexadecimal, or NULL */
	TupleDesc	desc;			/* of audit_finding */
} MesoProofOf;

/* Given the columns of a finding, its archive and the digest of its text */
typedef void (*MesoProvedFunction) (Datum *values, bool *nulls, bytea *archive,
									bytea *digest, void *arg);

/*
 * Build the evidence of n findings, values of audit_finding; proved() is called
 * for each, in their order, in a context that is reset every now and then.
 * Reads under the active snapshot, as the current user, within an SPI
 * connection; datestyle is ISO and timezone UTC.
 */
extern void meso_prove(const MesoProofOf *of, Datum *findings, int n,
					   MesoProvedFunction proved, void *arg);

#endif							/* MESO_BUILD_EVIDENCE_H */
