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

/* 15: InitMaterializedSRF(), here with the one flag that is used */
#if PG_VERSION_NUM < 150000
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/tuplestore.h"

#define MAT_SRF_USE_EXPECTED_DESC 0x01

static inline void
InitMaterializedSRF(FunctionCallInfo fcinfo, bits32 flags)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) ||
		!(rsinfo->allowedModes & SFRM_Materialize) ||
		((flags & MAT_SRF_USE_EXPECTED_DESC) && rsinfo->expectedDesc == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	if (flags & MAT_SRF_USE_EXPECTED_DESC)
		rsinfo->setDesc = CreateTupleDescCopy(rsinfo->expectedDesc);
	else if (get_call_result_type(fcinfo, NULL, &rsinfo->setDesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0,
											  false, work_mem);
	MemoryContextSwitchTo(old);
}
#endif

/* 18: the module carries its name and version */
#if PG_VERSION_NUM >= 180000
#define MESO_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "meso_audit", .version = MESO_AUDIT_VERSION)
#else
#define MESO_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18: a scan may count what it does */
#if PG_VERSION_NUM >= 180000
#define meso_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define meso_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
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

/*
 * Logical tapes: several sequences of bytes in one temporary file.
 *
 * 15: a tape is a thing of its own, no longer a number in its set.  A tape's
 * buffer is allocated where it is first written or read.
 */
#if PG_VERSION_NUM >= 150000
typedef struct LogicalTapeSet MesoTapes;
typedef struct LogicalTape MesoTape;

#define meso_tapes_create()			LogicalTapeSetCreate(true, NULL, -1)
#define meso_tapes_close(tapes)		LogicalTapeSetClose(tapes)
#define meso_tape_create(tapes)		LogicalTapeCreate(tapes)
#define meso_tape_write(tape, ptr, size)	LogicalTapeWrite(tape, ptr, size)
#define meso_tape_rewind(tape, buffer)		LogicalTapeRewindForRead(tape, buffer)
#define meso_tape_read(tape, ptr, size)		LogicalTapeRead(tape, ptr, size)
#define meso_tape_close(tape)		LogicalTapeClose(tape)
#else
typedef struct MesoTapes
{
	struct LogicalTapeSet *set;
	int			n;
} MesoTapes;

typedef struct MesoTape
{
	struct LogicalTapeSet *set;
	int			no;
} MesoTape;

#define meso_tapes_create() \
	meso_tapes_make(palloc0(sizeof(MesoTapes)), \
					LogicalTapeSetCreate(0, true, NULL, NULL, -1))
#define meso_tapes_close(tapes)		LogicalTapeSetClose((tapes)->set)
#define meso_tape_create(tapes) \
	(LogicalTapeSetExtend((tapes)->set, 1), meso_tape_make(tapes))
#define meso_tape_write(tape, ptr, size) \
	LogicalTapeWrite((tape)->set, (tape)->no, ptr, size)
#define meso_tape_rewind(tape, buffer) \
	LogicalTapeRewindForRead((tape)->set, (tape)->no, buffer)
#define meso_tape_read(tape, ptr, size) \
	LogicalTapeRead((tape)->set, (tape)->no, ptr, size)
#define meso_tape_close(tape)		((void) (tape))

static inline MesoTapes *
meso_tapes_make(MesoTapes *tapes, struct LogicalTapeSet *set)
{
	tapes->set = set;
	return tapes;
}

static inline MesoTape *
meso_tape_make(MesoTapes *tapes)
{
	MesoTape   *tape = palloc(sizeof(MesoTape));

	tape->set = tapes->set;
	tape->no = tapes->n++;
	return tape;
}
#endif

#endif							/* MESO_COMPAT_H */
