/*-------------------------------------------------------------------------
 *
 * rule_days.h
 *		Which version of a rule judges where, and on which days.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_RULE_DAYS_H
#define MESO_RULE_DAYS_H

#include "utils/array.h"
#include "utils/jsonb.h"

#include "rules/program.h"

/* The columns of meso_audit.rule that judging needs */
enum
{
	RV_CODE, RV_VERSION, RV_KIND_CODE, RV_TEMPLATE, RV_PARAMS, RV_CODES,
	RV_SCOPE, RV_ACTION, RV_CERTAINTY, RV_VALID, RV_DECIDES, RV_STATUS,
	RV_AREA, RV_PILOT, RV_COUNT
};

extern const char *const meso_version_columns[RV_COUNT];

/* One version of a rule, active or void */
typedef struct MesoVersion
{
	char	   *code;
	int			version;
	char	   *kind_code;
	char	   *tmpl;
	Jsonb	   *params;
	ArrayType  *codes;			/* or NULL */
	char	   *action;
	char	   *certainty;
	bool		active;
	char	   *area;
	ArrayType  *pilot;			/* or NULL */
	MesoDays	valid;
	MesoDays	decides;
	Jsonb	   *scope;			/* within its area or pilot once ruled; NULL:
								 * nowhere */
	/* set by meso_versions_rule() */
	int			nruling;		/* days on which it is the highest */
	MesoDays   *ruling;
	int			ndays;			/* of them, those on which it judges */
	MesoDays   *days;
	int			nelsewhere;		/* where narrower versions decide instead */
	MesoElsewhere *elsewhere;
} MesoVersion;

typedef struct MesoVersions
{
	int			n;
	int			max;
	MesoVersion *list;
} MesoVersions;

/*
 * Add a version given by its columns, if it is active or void; all that it
 * points to is copied into the current context.
 */
extern void meso_versions_add(MesoVersions *versions, Datum *values, bool *nulls);

/* Add the elements of a rule[], likewise */
extern void meso_versions_read(MesoVersions *versions, ArrayType *rules);

/*
 * Say of each version when and where it judges; those that never do are taken
 * out, the others stand by code and version.  Current context.
 */
extern void meso_versions_rule(MesoVersions *versions);

/*
 * All that judging by a version that was ruled depends on, as bytes in the
 * current context.
 */
extern MesoStr meso_version_content(const MesoVersion *v);

#endif							/* MESO_RULE_DAYS_H */
