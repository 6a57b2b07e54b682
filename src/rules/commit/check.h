/*-------------------------------------------------------------------------
 *
 * check.h
 *		The check at commit: from what was touched to findings and actions.
 *
 * check.c		the trigger; what becomes of a check that fails
 * guards.c		who else may judge these persons meanwhile: nobody
 * gather.c		whom the notes lead to before anything is read
 * claims.c		whose findings may have changed, and over which days
 * compare.c	F against what is stored, and writing the difference
 * act.c		reminding, holding, denying
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CHECK_H
#define MESO_CHECK_H

#include "rules/commit/guards.h"
#include "rules/commit/notes.h"
#include "rules/evaluate.h"

#include "nodes/pg_list.h"

/* One flush of notes */
typedef struct MesoCheck
{
	MemoryContext ctx;
	MesoProgram *program;
	MesoNote  **notes;			/* by person, in byte order */
	int			nnotes;
	int			maxnotes;
	MesoGuards *guards;
	List	   *reminders;		/* of strings */
	int			ndenied;
	int			maxdenied;
	Datum	   *denied;			/* of audit_finding */
} MesoCheck;

/* Persons checked together, with what of theirs was touched */
typedef struct MesoSlice
{
	MesoCheck  *check;
	MemoryContext ctx;
	MesoNote  **notes;
	int			nnotes;
	MesoStrtab *persons;
	int			npersons;
	MesoStr    *person_list;
	DateADT		first;			/* days touched; first > last: none */
	DateADT		last;
	MesoStrtab *looked_up;		/* settlements that no person of ours brought
								 * along */
	MesoStrtab *visited;		/* visits likewise */
	MesoDays	period;			/* of judged days */
	MesoChunk  *chunk;
} MesoSlice;

/* One element of F, reminders included, and what is stored of it */
typedef struct MesoFound
{
	MesoHit		hit;
	uint8		key[32];
	bool		stored;			/* something is, under its key */
	bool		differs;		/* from what is stored */
	bool		settled;		/* dismissed or closed by a person */
} MesoFound;

typedef struct MesoTruth
{
	int			n;
	MesoFound **found;
} MesoTruth;

/* gather.c */
extern bool meso_unsettled;
extern void meso_gather_persons(MesoCheck *check);

/* claims.c */
extern void meso_slice_touch_day(MesoSlice *slice, DateADT day);
extern void meso_slice_load(MesoSlice *slice);

/* compare.c */
extern bool meso_reconcile(MesoSlice *slice, MesoTruth *truth);

/* A hit as a value of type audit_finding, and the type of arrays of them */
extern Datum meso_finding_datum(const MesoHit *hit);
extern ArrayType *meso_finding_array(Datum *elems, int n, Oid *array_type);

/* act.c */
extern void meso_act(MesoSlice *slice, MesoTruth *truth);
extern void meso_finish_actions(MesoCheck *check);

#endif							/* MESO_CHECK_H */
