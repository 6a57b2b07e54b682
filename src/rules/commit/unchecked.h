/*-------------------------------------------------------------------------
 *
 * unchecked.h
 *		Claims that pass although their check failed are noted for the batch.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_UNCHECKED_H
#define MESO_UNCHECKED_H

#include "rules/chunk.h"
#include "rules/commit/notes.h"

/* Note what these notes name in unchecked_claim, with the error's reason */
extern void meso_note_unchecked(MesoNote **notes, int n, const ErrorData *error);

#endif							/* MESO_UNCHECKED_H */
