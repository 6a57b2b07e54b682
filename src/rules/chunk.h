/*-------------------------------------------------------------------------
 *
 * chunk.h
 *		The rows of some persons, as one feeder loads them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CHUNK_H
#define MESO_CHUNK_H

#include "portability/instr_time.h"
#include "utils/array.h"

#include "rules/extent.h"
#include "rules/overlay.h"
#include "rules/program.h"
#include "rules/query.h"
#include "rules/spool.h"

typedef struct MesoChunk
{
	MemoryContext ctx;			/* holds everything here */
	MesoProgram *program;
	MesoOverlay *overlay;		/* rows given by the caller, or NULL */
	MesoSpool  *spool;			/* where the persons' rows lie, or NULL */
	MesoExtent	extent;			/* what is read */
	bool		rows_stay;		/* the row at hand lives as long as the chunk */
	MesoDays	period;			/* of judged days */
	/* told how long judging a pool took since "begun", or NULL */
	void		(*timed) (const MesoRule *rule, instr_time begun);

	MesoStrtab *persons;
	int			npersons;
	MesoPerson **person_list;

	MesoStrtab *settlements;	/* every setl_id met */
	int			nsettlements;
	MesoSettlement **settlement_list;

	MesoStrtab *visits;			/* every mdtrt_id met */
	int			nvisits;
	MesoVisit **visit_list;

	MesoStrtab *institutions;
	int			ninstitutions;
	MesoInstitution **institution_list;

	MesoStrtab *practices;		/* prac_psn_code to MesoPractice list */

	int			nlines;			/* every line read */
	MesoLine  **line_list;
	MesoLine   *free_lines;		/* room for the next ones */
	int			nfree_lines;

	int			nnew[DOMAIN_COUNT]; /* items yet to be resolved */
	MesoItem  **new_items[DOMAIN_COUNT];

	char	   *arena;			/* free room for strings */
	int			arena_left;
} MesoChunk;

/*
 * Load all rows that judging these persons over the period needs.  Needs an
 * SPI connection; the result lives in a child of the current context.
 */
extern MesoChunk *meso_chunk_load(MesoProgram *program, ArrayType *persons,
								  MesoDays period);

/* The same with the rows of an overlay, which must outlive the chunk */
extern MesoChunk *meso_chunk_load_given(MesoProgram *program, MesoOverlay *overlay,
										ArrayType *persons, MesoDays period);

/* The same out of the spool's next part, which holds these very persons */
extern MesoChunk *meso_chunk_load_spooled(MesoProgram *program, MesoSpool *spool,
										  ArrayType *persons, MesoDays period);

/* Streams out of the rows: reversals, existence, total order, groups */
extern void meso_chunk_assemble(MesoChunk *chunk);

/* used between the files of the loader */
extern MesoStr meso_chunk_str(MesoChunk *chunk, MesoStr s);
extern MesoSettlement *meso_chunk_settlement(MesoChunk *chunk, MesoStr setl_id);
extern MesoVisit *meso_chunk_visit(MesoChunk *chunk, MesoStr mdtrt_id);
extern MesoInstitution *meso_chunk_institution(MesoChunk *chunk, MesoStr code);
extern MesoPerson *meso_chunk_person(MesoChunk *chunk, MesoStr psn_no);
extern MesoItem *meso_chunk_item(MesoChunk *chunk, MesoDomain domain, MesoStr code);
extern ArrayType *meso_chunk_person_keys(MesoChunk *chunk);
extern void meso_load_lines(MesoChunk *chunk);
extern void meso_load_attributes(MesoChunk *chunk);
extern void meso_spool_lines(MesoSpool *spool);
extern void meso_spool_attributes(MesoSpool *spool);
extern void meso_chunk_replay(MesoChunk *chunk, MesoSpoolStream stream,
							  MesoRowFunction row, void *arg);

/* The calendar day of a finite time; NO_DATE of an infinite one */
extern DateADT meso_day(Timestamp t);

/* Append to a list that lives in ctx and doubles */
#define CHUNK_APPEND(chunk, list, n, value) \
	do { \
		if ((list) == NULL) \
			(list) = MemoryContextAlloc((chunk)->ctx, 64 * sizeof(*(list))); \
		else if ((n) >= 64 && ((n) & ((n) - 1)) == 0) \
			(list) = repalloc_huge((list), (Size) (n) * 2 * sizeof(*(list))); \
		(list)[(n)++] = (value); \
	} while (0)

#endif							/* MESO_CHUNK_H */
