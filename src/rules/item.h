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

/* Equal codes of one dictionary are one MesoItem: pointers compare. */
typedef struct MesoItem
{
	const char *code;
	int			len;
	bool		resolved;		/* every pool that names it is loaded */
	bool		known;			/* stands in known_code */
	int			nuses;
	int			maxuses;
	MesoItemUse *uses;
} MesoItem;

#endif							/* MESO_ITEM_H */
