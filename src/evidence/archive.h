/*-------------------------------------------------------------------------
 *
 * archive.h
 *		Evidence as compressed bytes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ARCHIVE_H
#define MESO_ARCHIVE_H

#include "postgres.h"

/* size bytes of JSON as an archive, allocated in the current context */
extern bytea *meso_archive(const char *json, Size size);

#endif							/* MESO_ARCHIVE_H */
