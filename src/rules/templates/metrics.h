/*-------------------------------------------------------------------------
 *
 * metrics.h
 *		What can be counted of a person: the closed list of metrics.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_METRICS_H
#define MESO_METRICS_H

#include "rules/judge.h"

typedef enum MesoMetric
{
	METRIC_VISITS,
	METRIC_SETTLEMENTS,
	METRIC_STAYS,
	METRIC_AMOUNT,
	METRIC_FUND_AMOUNT,
	METRIC_SHARE,
	METRIC_READMISSIONS,
	METRIC_INSTITUTIONS,
	METRIC_DRUG_CODES,
	METRIC_STAY_GAP,
	/* not of a person: the batch's alone */
	METRIC_PERSONS,
	METRIC_READMISSION_RATE,
	METRIC_DIAG_RATE,
	METRIC_UNSTOCKED
} MesoMetric;

extern const char *const meso_metric_names[];

/* A row that is counted */
typedef struct MesoEvent
{
	Timestamp	t;
	DateADT		day;			/* of t */
	MesoStr		id;				/* orders events of one instant, then seq */
	int			seq;
	fixed		part;			/* summed, or the least of; NO_FIXED: nothing */
	fixed		whole;			/* share: what it is a share of */
	const void *key;			/* what is told apart, or NULL */
} MesoEvent;

typedef struct MesoEvents
{
	int			n;
	int			max;
	MesoEvent  *events;			/* in the order of time */
} MesoEvents;

/* Parameters of the metric */
typedef struct MesoMeasure
{
	MesoMetric	metric;
	MesoCodeSet classes;		/* share: med_chrgitm_type, */
	MesoCodeSet items;			/* or item codes */
	int			days;			/* readmissions */
} MesoMeasure;

extern void meso_measure_read(MesoParams *params, MesoReach *reach,
							  MesoMeasure *measure);

/* The rows of the person that the metric counts; in the current context */
extern void meso_collect_events(MesoEvaluation *ev, const MesoMeasure *measure,
								MesoEvents *events);

#endif							/* MESO_METRICS_H */
