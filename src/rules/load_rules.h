/*-------------------------------------------------------------------------
 *
 * load_rules.h
 *		From versions of rules to compiled rules (used by program.c and
 *		change_rules.c).
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_LOAD_RULES_H
#define MESO_LOAD_RULES_H

#include "rules/pools.h"
#include "rules/program.h"
#include "rules/rule_days.h"

/* The versions that judge now, by code and version, in the current context */
extern void meso_rules_read(MesoVersions *versions);

/* A rule of the version, in memory of the program, which does not know it yet */
extern MesoRule *meso_rule_make(MesoProgram *program, const MesoVersion *v);

/*
 * The codes that the rule names, by its column "codes" (or NULL) or its
 * parameters, in the current context; says whether it judges by points instead.
 */
extern int	meso_rule_codes(MesoRule *rule, ArrayType *column, MesoPoolCode **codes);

/* Let the program judge by the rule */
extern void meso_rule_link(MesoProgram *program, MesoRule *rule,
						   MesoPoolCode *codes, int ncodes);

/*
 * Follow a change of table rule alone, where rules come, go and change that
 * name their codes.  False: the program is as it was and must be loaded anew.
 * Needs an SPI connection.
 */
extern bool meso_program_change(MesoProgram *program);

#endif							/* MESO_LOAD_RULES_H */
