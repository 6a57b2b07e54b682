/*-------------------------------------------------------------------------
 *
 * claim_value.h
 *		Objects of a claim in JSON, and where in it they stand.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CLAIM_VALUE_H
#define MESO_CLAIM_VALUE_H

#include "rules/claim.h"

/* Where a value stands: patient_dtos[0].gend */
typedef struct MesoPath
{
	const struct MesoPath *parent;	/* NULL: the message itself */
	MesoStr		name;
	int			index;			/* in a list, or -1 */
} MesoPath;

/* The path as text; without its indexes where only the kind matters */
extern char *meso_path_text(const MesoPath *path, bool indexes);

/*
 * Read an object's fields into slots: texts as text, numbers as numeric (as
 * they stand), times as timestamp, days as date, lists and objects as
 * JsonbContainer *.  JSON null and "" are NULL.  Errors name the path; fields
 * and values that nobody knows are noted in the claim.
 */
extern void meso_claim_object(MesoClaim *claim, MesoFieldSet *set,
							  JsonbContainer *object, const MesoPath *path,
							  Datum *values, bool *isnull);

/*
 * The next element of a list, an object; *element is its container.  At first
 * *it is NULL.  false: there is none.
 */
extern bool meso_claim_next(JsonbIterator **it, JsonbContainer *list,
							MesoPath *path, JsonbContainer **element);

/* The texts of a list */
extern int	meso_claim_texts(JsonbContainer *list, const MesoPath *path, MesoStr **texts);

/* Refuse an object that lacks what the slot holds; detail may be NULL */
extern void meso_claim_require(const MesoPath *path, const bool *isnull, int slot,
							   const char *name, const char *detail);

#endif							/* MESO_CLAIM_VALUE_H */
