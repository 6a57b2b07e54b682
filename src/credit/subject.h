/*-------------------------------------------------------------------------
 *
 * subject.h
 *		What counts of a subject on a day, and the score that it gives.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_SUBJECT_H
#define MESO_SUBJECT_H

#include "utils/array.h"

#include "credit/scheme.h"

/* What one indicator has of a subject */
typedef struct MesoStanding
{
	fixed		quantity;		/* sum of the records that count */
	/* the value that counts: the latest period, then the highest number */
	bool		has_row;
	bool		applicable;
	DateADT		upto;			/* day after the period */
	int64		value_id;
	fixed		value;			/* NO_FIXED: not known */
	fixed		peer_share;		/* NO_FIXED: not known */
	int			peers;
	/* the records behind quantity; kept where they are to be explained */
	int			nrecords;
	int64	   *records;
} MesoStanding;

typedef struct MesoSubject
{
	MesoStr		code;
	MesoStanding *standings;	/* one for each indicator of the scheme */
} MesoSubject;

typedef struct MesoSubjects
{
	MemoryContext ctx;			/* holds all of it */
	MesoScheme *scheme;
	DateADT		as_of;
	bool		explain;		/* keep the numbers of records */
	DateADT    *counts_from;	/* of each indicator: earliest day that counts */
	DateADT		earliest;		/* of all of them */
	MesoStrtab *by_code;
	int			n;
	MesoSubject **list;
	MesoSubject *last;			/* of the row before */
} MesoSubjects;

/*
 * Read records and values of the subjects named, or of all that have any that
 * counts (NULL).  Needs an SPI connection; reads under the active snapshot.
 */
extern MesoSubjects *meso_subjects_read(MesoScheme *scheme, ArrayType *codes,
										DateADT as_of, bool explain);

/* How an indicator came out; amounts in points */
typedef enum MesoOutcome
{
	OUTCOME_COUNTS,
	OUTCOME_MISSING,			/* and the scheme says what that means */
	OUTCOME_NOT_APPLICABLE
} MesoOutcome;

typedef struct MesoIndicatorScore
{
	MesoOutcome outcome;
	fixed		lost;
	fixed		gained;
} MesoIndicatorScore;

typedef struct MesoScore
{
	bool		rated;			/* false: nothing applies */
	fixed		score;
	const char *grade;
	int			vetoed_by;		/* index of the indicator; -1: none */
	fixed		bounds_lost;	/* by the scheme's bounds; negative: gained */
	MesoIndicatorScore *indicators;
} MesoScore;

/* Score a subject; the result is palloc'd.  doc/credit.md is its meaning. */
extern MesoScore *meso_score(const MesoScheme *scheme, const MesoSubject *subject);

#endif							/* MESO_SUBJECT_H */
