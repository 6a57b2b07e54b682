/*-------------------------------------------------------------------------
 *
 * item.h
 *		One code of a dictionary, and the pools that name it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ITEM_H
#define MESO_ITEM_H

#include "meso_audit.h"

struct MesoPool;

typedef enum MesoDomain
{
	DOMAIN_ITEM,				/* med_list_codg */
	DOMAIN_DIAGNOSIS,
	DOMAIN_OPERATION,
	DOMAIN_COUNT
} MesoDomain;

/* What a code is to a pool */
typedef enum MesoRole
{
	ROLE_CODES,					/* one of the pool itself */
	ROLE_OTHER,					/* one of the set that the pool is held
								 * against: with, needs, first_line, parent */
	ROLE_COUNT
} MesoRole;

typedef struct MesoItemUse
{
	struct MesoPool *pool;
	MesoRole	role;
} MesoItemUse;

/* One row of list_price */
typedef struct MesoListPrice
{
	const char *inst_code;		/* or NULL: a price of an area */
	const char *area;
	int64		price;			/* fixed */
	int32		from;			/* days, half-open */
	int32		upto;
	struct MesoListPrice *next;
} MesoListPrice;

/* Days of one row of known_code, half-open */
typedef struct MesoKnownDays
{
	int32		from;
	int32		upto;
	struct MesoKnownDays *next;
} MesoKnownDays;

/* Equal codes of one dictionary are one MesoItem: pointers compare. */
typedef struct MesoItem
{
	const char *code;
	int			len;
	bool		resolved;		/* every pool that names it is loaded */
	bool		queued;			/* to be resolved, by the feeder at work */
	struct MesoKnownDays *known;	/* when it stands in known_code */
	struct MesoListPrice *prices;
	int			nuses;
	int			maxuses;
	MesoItemUse *uses;
	struct MesoItem *next;		/* of all items of the dictionary */
} MesoItem;

#endif							/* MESO_ITEM_H */
