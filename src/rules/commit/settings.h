/*-------------------------------------------------------------------------
 *
 * settings.h
 *		Settings of the check at commit, and its SQLSTATEs.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_COMMIT_SETTINGS_H
#define MESO_COMMIT_SETTINGS_H

#include "meso_audit.h"

/* Class MA; doc/commit.md has the table */
#define MESO_ERRCODE_DENIED			MAKE_SQLSTATE('M', 'A', '0', '0', '1')
#define MESO_ERRCODE_REMINDER		MAKE_SQLSTATE('M', 'A', '0', '0', '2')
#define MESO_ERRCODE_UNCHECKED		MAKE_SQLSTATE('M', 'A', '0', '0', '3')
#define MESO_ERRCODE_HISTORY		MAKE_SQLSTATE('M', 'A', '0', '1', '1')
#define MESO_ERRCODE_MANY_CLAIMS	MAKE_SQLSTATE('M', 'A', '0', '1', '2')
#define MESO_ERRCODE_NOT_CHECKED	MAKE_SQLSTATE('M', 'A', '0', '2', '1')
#define MESO_ERRCODE_INJECTED		MAKE_SQLSTATE('M', 'A', '0', '9', '9')

typedef enum MesoOnDeny
{
	ON_DENY_RAISE,
	ON_DENY_HOLD
} MesoOnDeny;

typedef enum MesoOnError
{
	ON_ERROR_PASS,
	ON_ERROR_RAISE
} MesoOnError;

/* Where a test lets the check fail */
typedef enum MesoFailAt
{
	FAIL_NOWHERE,
	FAIL_GATHER,
	FAIL_GUARD,
	FAIL_LOAD,
	FAIL_EVALUATE,
	FAIL_COMPARE,
	FAIL_WRITE,
	FAIL_ACT,
	FAIL_NOTE
} MesoFailAt;

extern bool meso_check;
extern int	meso_on_deny;
extern int	meso_on_error;
extern int	meso_fail_at;
extern int	meso_max_history_rows;
extern int	meso_max_claims;
extern char *meso_timezone;

extern void meso_commit_settings(void);

/* Raise the error that a test asked for at this stage */
extern void meso_fail_point(MesoFailAt stage);

#endif							/* MESO_COMMIT_SETTINGS_H */
