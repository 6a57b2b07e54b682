/*-------------------------------------------------------------------------
 *
 * overlay.h
 *		Rows of a claim that are judged as if they were in the database.
 *
 * The rows of an overlay are fed to the loader's own row functions, before
 * the database's; what the database holds of the same settlements is left
 * out, and so are the diagnoses and operations of visits that bring their
 * own.  A given visit wins over the stored one, the stored person over the
 * given one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_OVERLAY_H
#define MESO_OVERLAY_H

#include "rules/query.h"
#include "rules/strtab.h"

/* Columns of a row: as the SELECT of that fact in load_lines.c and
 * load_attributes.c has them; of a line MesoLineColumn */
typedef enum MesoGivenFact
{
	GIVEN_LINE,
	GIVEN_SETTLEMENT,
	GIVEN_VISIT,
	GIVEN_DIAGNOSIS,
	GIVEN_OPERATION,
	GIVEN_PERSON,
	GIVEN_COUNT
} MesoGivenFact;

/* columns of the facts but fee_line */
#define GIVEN_SETTLEMENT_COLUMNS	12
#define GIVEN_VISIT_COLUMNS			11
#define GIVEN_DIAGNOSIS_COLUMNS		5
#define GIVEN_OPERATION_COLUMNS		7
#define GIVEN_PERSON_COLUMNS		6

typedef struct MesoGivenRow
{
	Datum	   *values;
	bool	   *isnull;
} MesoGivenRow;

typedef struct MesoOverlay
{
	MemoryContext ctx;			/* holds all of it */
	int			nrows[GIVEN_COUNT];
	int			maxrows[GIVEN_COUNT];
	MesoGivenRow *rows[GIVEN_COUNT];
	MesoStrtab *settlements;	/* setl_id: stored row and lines are hidden */
	MesoStrtab *diagnosed;		/* mdtrt_id: stored diagnoses are hidden */
	MesoStrtab *operated;		/* mdtrt_id: stored operations are hidden */
	bool		feeding;
} MesoOverlay;

/* An empty overlay in the current memory context */
extern MesoOverlay *meso_overlay_create(void);

/* A new row of the fact, all NULL, for the caller to fill */
extern MesoGivenRow *meso_overlay_row(MesoOverlay *overlay, MesoGivenFact fact);

/* Hand the given rows of a fact to row(); no overlay: none */
extern void meso_overlay_feed(MesoOverlay *overlay, MesoGivenFact fact,
							  MesoRowFunction row, void *arg);

/* Is this a stored row that a given claim replaces?  key: setl_id or mdtrt_id */
extern bool meso_overlay_hides(const MesoOverlay *overlay, MesoGivenFact fact,
							   MesoStr key);

#endif							/* MESO_OVERLAY_H */
