/*-------------------------------------------------------------------------
 *
 * general.h
 *		Parameters that every template understands, and a rule's scope.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_GENERAL_H
#define MESO_GENERAL_H

#include "rules/judge.h"

/* facts.md, "General rules of evaluation" */
typedef struct MesoGeneral
{
	MesoDomain	domain;			/* codes_of */
	bool		same_institution;	/* same */
	bool		each;
	bool		payable_only;
	char	   *group;			/* of item_group, or NULL */
	int			ncodes;			/* codes; -1 when absent */
	MesoStr    *codes;
	int			nothers;		/* the template's other_param; -1 when absent */
	MesoStr    *others;
} MesoGeneral;

extern void meso_general_read(MesoParams *params, const MesoTemplate *tmpl,
							  MesoGeneral *general);

/* A list of a scope: NULL values = the key is absent */
typedef struct MesoScopeList
{
	int			n;				/* -1: absent */
	MesoStr    *values;
} MesoScopeList;

typedef struct MesoScope
{
	MesoScopeList area;			/* of the institution: prefixes */
	MesoScopeList psn_area;		/* of the person, likewise */
	MesoScopeList hosp_lv;
	MesoScopeList med_type;
	MesoScopeList insutype;
	MesoScopeList fixmedins_type;
	MesoScopeList fixmedins_code;
} MesoScope;

extern void meso_scope_read(const char *rule_code, Jsonb *scope_json, MesoScope *scope);

/* All lists hold; a NULL attribute is out of scope */
extern bool meso_scope_holds(const MesoScope *scope, const MesoLine *L);

#endif							/* MESO_GENERAL_H */
