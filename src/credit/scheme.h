/*-------------------------------------------------------------------------
 *
 * scheme.h
 *		A version of a scheme, compiled: what each indicator counts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_SCHEME_H
#define MESO_SCHEME_H

#include "meso_audit.h"

#include "fixed.h"
#include "rules/strtab.h"

typedef enum MesoScoring
{
	SCORING_DEDUCT,
	SCORING_ADD,
	SCORING_RATIO_BAND,
	SCORING_LINEAR,
	SCORING_PEER_PERCENTILE,
	SCORING_BOOLEAN,
	SCORING_VETO
} MesoScoring;

typedef enum MesoMissing
{
	MISSING_NOT_APPLICABLE,
	MISSING_ZERO,
	MISSING_FULL
} MesoMissing;

/* A band of values; NO_FIXED is an open bound */
typedef struct MesoBand
{
	fixed		from;
	fixed		upto;
	fixed		earn;			/* share of the weight, 0 to 1 */
} MesoBand;

typedef struct MesoIndicator
{
	char	   *code;
	int			aspect;			/* index into the scheme's */
	MesoScoring scoring;
	MesoMissing missing;
	fixed		weight;
	fixed		cap;			/* of deduct and add */
	fixed		per;
	bool		of_value;		/* deduct and add count the value */
	int			nbands;
	MesoBand   *bands;
	fixed		worst;
	fixed		best;
	bool		low_is_better;
	int			min_peers;
	/* how long a record or value counts */
	bool		calendar_year;
	Interval   *validity;		/* NULL: for ever */
} MesoIndicator;

typedef struct MesoAspect
{
	char	   *code;
	fixed		cap;			/* NO_FIXED: none */
} MesoAspect;

typedef struct MesoGrade
{
	char	   *grade;
	fixed		from;			/* NO_FIXED: the last */
} MesoGrade;

typedef struct MesoScheme
{
	MemoryContext ctx;			/* holds all of it */
	char	   *code;
	int			version;
	char	   *subject_type;
	fixed		full_marks;
	fixed		min_score;
	fixed		max_score;
	bool		normalize;
	bool		appeal_counts;
	char	   *veto_grade;
	int			ngrades;
	MesoGrade  *grades;
	int			naspects;
	MesoAspect *aspects;
	int			nindicators;	/* in order of seq */
	MesoIndicator *indicators;
	MesoStrtab *by_code;		/* indicator code to MesoIndicator */
} MesoScheme;

/*
 * The scheme to score subjects of a type by on a day.  code NULL: the
 * preferred one.  version > 0: that version, whatever its status.  Needs an SPI
 * connection.  Error 22023 if there is none, or it rates others.  Lives until
 * schemes change; does not outlast the call into SPI of another function.
 */
extern MesoScheme *meso_scheme(const char *subject_type, const char *code,
							   int version, DateADT as_of);

#endif							/* MESO_SCHEME_H */
