/*-------------------------------------------------------------------------
 *
 * guards.h
 *		The guards of a check: rows of person_guard that it raises.
 *
 * Two checks that change findings of one person, or what they rest on, must
 * not run side by side unseen by each other.  They meet at the guard of the
 * person; and where a row names a visit or a settlement that is not to be
 * seen, and so belongs to nobody yet, at the guard of that key.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_GUARDS_H
#define MESO_GUARDS_H

#include "rules/strtab.h"

typedef struct MesoGuards
{
	MemoryContext ctx;			/* outlives the rounds of a check */
	MesoStrtab *wanted;
	int			n;
	int			max;
	MesoStr    *list;			/* what is wanted: first what is raised, as the
								 * round has it, then what is not yet */
	int			nraised;
	MesoStr		highest;		/* in byte order, of what is raised; or NULL */
	int			rounds;			/* begun again so often */
	bool		again;			/* the round is lost for a guard out of order,
								 * and looks for what else is wanted */
	bool		ended;			/* by that, not by another error */
} MesoGuards;

extern MesoGuards *meso_guards_create(MemoryContext ctx);

/* These are wanted from now on, in this round and in those that follow */
extern void meso_guards_want(MesoGuards *guards, MesoStr psn_no);
extern void meso_guards_want_visit(MesoGuards *guards, MesoStr mdtrt_id);
extern void meso_guards_want_settlement(MesoGuards *guards, MesoStr setl_id);

/* Is anything to be raised yet? */
static inline bool
meso_guards_pending(const MesoGuards *guards)
{
	return !guards->again && guards->nraised < guards->n;
}

/*
 * Raise what is wanted.  Whoever else has raised one of these is waited for;
 * what it did is seen under a snapshot taken afterwards.  At REPEATABLE READ
 * that is an error with 40001.
 */
extern void meso_guards_raise(MesoGuards *guards);

/* An error if the round is lost */
extern void meso_guards_end_round(MesoGuards *guards);

/*
 * After an error and the end of the subtransaction: was it but the order, and
 * is the check to be done again?
 */
extern bool meso_guards_again(MesoGuards *guards);

#endif							/* MESO_GUARDS_H */
