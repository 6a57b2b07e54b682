/*-------------------------------------------------------------------------
 *
 * meso_audit.h
 *		Names shared by all rooms: settings and the version check.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_AUDIT_H
#define MESO_AUDIT_H

#include "postgres.h"

#include "fmgr.h"

#include "compat.h"

/* 1 kB: bound of one aggregate group's state; 0 = from work_mem */
extern int	meso_max_state_memory;

/* Raises an error unless the installed SQL is of this library's version. */
extern void meso_check_version(void);

/* Bytes that one aggregate group may take, from the settings. */
extern Size meso_state_limit(void);

#endif							/* MESO_AUDIT_H */
