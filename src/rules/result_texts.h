/*-------------------------------------------------------------------------
 *
 * result_texts.h
 *		What rules, kinds, points and catalogues say about a finding.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_RESULT_TEXTS_H
#define MESO_RESULT_TEXTS_H

#include "utils/jsonb.h"

#include "rules/stream.h"

/* Texts about a finding; NULL where there are none */
typedef struct MesoResultTexts
{
	MemoryContext ctx;
	MesoStr		title;			/* of the rule's version */
	MesoStr		rule_basis;
	MesoStr		message;
	Jsonb	   *params;
	MesoStr		kind_name;
	MesoStr		phrase;
	MesoStr		tier2;
	int			point_version;	/* 0: none seen */
	MesoStr		logic;			/* of the knowledge point */
	MesoStr		constraint;
	MesoStr		point_basis;
} MesoResultTexts;

/* Of a finding given by the columns of audit_finding; current context */
extern void meso_result_texts(const Datum *values, const bool *nulls, MesoResultTexts *texts);

/* The name of a code (text) in known_code on a day, or NO_DATE; may be NULL */
extern MesoStr meso_known_name(Datum code, DateADT day);

static inline MesoStr
meso_first_str(MesoStr a, MesoStr b)
{
	return STR_IS_NULL(a) ? b : a;
}

#endif							/* MESO_RESULT_TEXTS_H */
