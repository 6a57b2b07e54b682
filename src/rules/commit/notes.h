/*-------------------------------------------------------------------------
 *
 * notes.h
 *		What the running transaction touched, until it is checked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_NOTES_H
#define MESO_NOTES_H

#include "rules/stream.h"

/* One combination of keys that rows before or after a change had */
typedef struct MesoNote
{
	MesoStr		psn_no;			/* any of these may be NULL */
	MesoStr		setl_id;
	MesoStr		mdtrt_id;
	MesoStr		init_setl_id;
	bool		head;			/* a settlement's own row or, without setl_id,
								 * one of visit, diagnosis or operation */
	Timestamp	first;			/* of the rows' times; NO_TIME: none had one */
	Timestamp	last;
	int			no;				/* place in the transaction's list */
} MesoNote;

/*
 * The notes not yet checked, as a list in the current memory context; they
 * count as checked from now on, unless this subtransaction aborts.
 */
extern MesoNote **meso_notes_take(int *n);

/* All notes of the transaction that stand, checked or not */
extern MesoNote **meso_notes_standing(int *n);

#endif							/* MESO_NOTES_H */
