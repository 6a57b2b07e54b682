/*-------------------------------------------------------------------------
 *
 * new_findings.h
 *		Rows of findings that are new, with evidence, log and outbox.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_NEW_FINDINGS_H
#define MESO_NEW_FINDINGS_H

#include "postgres.h"

/*
 * Store n findings found at commit: values of audit_finding, whose OID is
 * type, that "finding" does not hold.  false, and nothing done, where the
 * tables are not as the extension made them: then apply_changes() is to do it.
 *
 * Called as the engine, within an SPI connection, by who has raised the
 * guards of the findings' persons; the rows are visible afterwards.
 */
extern bool meso_store_new_findings(Datum *findings, int n, Oid type);

#endif							/* MESO_NEW_FINDINGS_H */
