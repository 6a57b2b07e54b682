/*-------------------------------------------------------------------------
 *
 * compat.h
 *		Every test of the server's version stands here and nowhere else.
 *
 * PostgreSQL 14 to 18 are supported.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_COMPAT_H
#define MESO_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 140000
#error "meso_audit needs PostgreSQL 14 or newer"
#endif

#ifndef HAVE_INT128
#error "meso_audit needs a compiler with 128-bit integers"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 15: MarkGUCPrefixReserved() replaces EmitWarningsOnPlaceholders() */
#if PG_VERSION_NUM < 150000
#define MarkGUCPrefixReserved(prefix) EmitWarningsOnPlaceholders(prefix)
#endif

/* 18: the module carries its name and version */
#if PG_VERSION_NUM >= 180000
#define MESO_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "meso_audit", .version = MESO_AUDIT_VERSION)
#else
#define MESO_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18: pg_noreturn, in front of a declaration, replaces the attribute */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* 17: maintenance commands and definer code run under a restricted path */
#if PG_VERSION_NUM < 170000
#define RestrictSearchPath() \
	((void) set_config_option("search_path", "pg_catalog, pg_temp", \
							  PGC_USERSET, PGC_S_SESSION, \
							  GUC_ACTION_SAVE, true, 0, false))
#endif

/* 16: make_range() has an error context for soft errors */
#if PG_VERSION_NUM >= 160000
#define meso_make_range(typcache, lower, upper) \
	make_range(typcache, lower, upper, false, NULL)
#else
#define meso_make_range(typcache, lower, upper) \
	make_range(typcache, lower, upper, false)
#endif

/* 16: one function checks ownership of every kind of object */
#if PG_VERSION_NUM >= 160000
#define meso_owns_relation(relid, user) \
	object_ownercheck(RelationRelationId, relid, user)
#else
#define meso_owns_relation(relid, user) pg_class_ownercheck(relid, user)
#endif

#endif							/* MESO_COMPAT_H */
