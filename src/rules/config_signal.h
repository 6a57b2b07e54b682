/*-------------------------------------------------------------------------
 *
 * config_signal.h
 *		Telling every backend that configuration tables have changed.
 *
 * A statement trigger on each table of a kind sends a relcache invalidation of
 * one relation; whoever receives it counts the kind's generation up, and loads
 * anew before its next use.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CONFIG_SIGNAL_H
#define MESO_CONFIG_SIGNAL_H

#include "meso_audit.h"

typedef enum MesoSignal
{
	SIGNAL_RULES,				/* table rule */
	SIGNAL_KNOWLEDGE,			/* all else that rules judge by */
	SIGNAL_SCHEMES,
	SIGNAL_COUNT
} MesoSignal;

/*
 * The generation of what is there now, never 0; receives what others have
 * sent.  What was loaded is of a generation if it was the same before and
 * after loading.
 */
extern uint64 meso_signal_generation(MesoSignal signal);

#endif							/* MESO_CONFIG_SIGNAL_H */
