/*-------------------------------------------------------------------------
 *
 * lookup.h
 *		Rows of a fact by key.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_LOOKUP_H
#define MESO_LOOKUP_H

#include "rules/query.h"

#define LOOKUP_COLUMNS	32

typedef enum MesoLookupBounds
{
	AT_ANY_TIME,
	WITHIN_BOUNDS,				/* lo <= time < hi */
	BEYOND_BOUNDS
} MesoLookupBounds;

/* What to look up */
typedef struct MesoLookupSpec
{
	const char *fact;			/* or a table of the extension */
	const char *key;			/* column that is any of the keys */
	int			ncolumns;
	const char *const *columns; /* of the rows handed over; NULL: not wanted */
	const char *time;			/* column held against the bounds */
	MesoLookupBounds bounds;
	const char *not_null;		/* column that must not be NULL, or NULL */

	/*
	 * The key is the one column, and what is counted by it may be too many: the
	 * index alone is read, which has entries of rows that are not visible too.
	 */
	bool		at_most;
} MesoLookupSpec;

/* How to look it up: kept for the life of the backend, zero at first */
typedef struct MesoLookup
{
	MesoQuery	query;			/* the general way */
	uint64		generation;		/* the direct way was sought in; 0: never */
	Oid			view;
	bool		empty;			/* there are no rows */
	Oid			table;			/* InvalidOid: there is no direct way */
	Oid			index;
	Oid			collation;
	bool		time_in_index;
	AttrNumber	max_attno;
	AttrNumber	time_attno;
	AttrNumber	not_null_attno;
	int			ncolumns;
	const char *columns[LOOKUP_COLUMNS];
	AttrNumber	attnos[LOOKUP_COLUMNS];
} MesoLookup;

/*
 * Hand over the rows whose key is one of keys (text[], as meso_key_array()
 * makes it), under the active snapshot, each in a context that is reset after
 * it.  Needs an SPI connection.
 */
extern void meso_lookup_run(MesoLookup *lookup, const MesoLookupSpec *spec,
							ArrayType *keys, Timestamp lo, Timestamp hi,
							MesoRowFunction row, void *arg);

/* The columns as the list of a SELECT */
extern char *meso_select_list(const char *const *columns, int n);

#endif							/* MESO_LOOKUP_H */
