/*-------------------------------------------------------------------------
 *
 * params.h
 *		Parameters of rules and points, read strictly out of jsonb.
 *
 * Every reader marks what it read, so that meso_params_finish() can refuse a
 * misspelt name.  All errors are 22023 and name the rule.  Results live in
 * the current memory context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_PARAMS_H
#define MESO_PARAMS_H

#include "meso_audit.h"

#include "utils/jsonb.h"

#include "fixed.h"
#include "rules/stream.h"

typedef struct MesoParams MesoParams;

/* params: the rule's; limits: a point's, winning over them, or NULL */
extern MesoParams *meso_params_open(const char *rule_code, Jsonb *params, Jsonb *limits);

/* The same for parameters of something else: its errors name the owner */
extern MesoParams *meso_params_open_of(const char *owner, Jsonb *params, Jsonb *limits);

/* An object within params, read as strictly; its errors name the same rule */
extern MesoParams *meso_params_within(MesoParams *params, Jsonb *object);

/*
 * Say that the required parameters may be missing, because the points of the
 * rule's kind bring them: the readers then give 0, "" or the first choice.
 */
extern void meso_params_partial(MesoParams *params);

/* Refuse parameters that nobody read, then the lack of required ones */
extern void meso_params_finish(MesoParams *params);

extern bool meso_param_given(MesoParams *params, const char *name);

/* A string; def (may be NULL) when absent; required: error when absent */
extern char *meso_param_text(MesoParams *params, const char *name, const char *def);
extern char *meso_param_text_required(MesoParams *params, const char *name);

/* Index of the value among the NULL-terminated choices; def when absent, -1: error */
extern int	meso_param_choice(MesoParams *params, const char *name,
							  const char *const *choices, int def);

extern bool meso_param_bool(MesoParams *params, const char *name, bool def);

/* Exact number; NO_FIXED when absent */
extern fixed meso_param_fixed(MesoParams *params, const char *name);
extern fixed meso_param_fixed_required(MesoParams *params, const char *name);

/* Whole number >= 0; -1 when absent */
extern int	meso_param_int(MesoParams *params, const char *name);
extern int	meso_param_int_required(MesoParams *params, const char *name);

/*
 * Is the parameter missing where it must not be?  Then the reader gives the
 * same as for meso_params_partial(), and meso_params_finish() the error.
 */
extern bool meso_param_missing(MesoParams *params, const char *name);

/*
 * A list of strings (numbers become their text; a lone string is a list of
 * one).  Returns the number of elements, -1 when absent.
 */
extern int	meso_param_list(MesoParams *params, const char *name, MesoStr **list);

/* Refuse a % at the end of an element: these are values, or prefixes without it */
extern void meso_params_no_patterns(MesoParams *params, const char *name,
									const MesoStr *list, int n);

/* The raw value, or NULL; for structured parameters */
extern JsonbValue *meso_param_value(MesoParams *params, const char *name);

/* The error every reader raises: parameter "name" of the rule <problem> */
pg_noreturn extern void meso_param_error(MesoParams *params, const char *name,
										 const char *problem);

/* A JSON number as an exact fixed; false when it is none or does not fit */
extern bool meso_json_fixed(const JsonbValue *value, fixed *result);

#endif							/* MESO_PARAMS_H */
