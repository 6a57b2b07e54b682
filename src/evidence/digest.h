/*-------------------------------------------------------------------------
 *
 * digest.h
 *		SHA-256 over a canonical, length-prefixed encoding.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_DIGEST_H
#define MESO_DIGEST_H

#include "postgres.h"

#include "lib/stringinfo.h"

#define MESO_DIGEST_LEN 32

/* SHA-256 of len bytes at data. */
extern void meso_sha256(const void *data, Size len,
						uint8 out[MESO_DIGEST_LEN]);

/*
 * Appends one part: its length as 4 bytes, high byte first, and its bytes. A
 * NULL part is the length 0xFFFFFFFF alone.
 */
extern void meso_append_part(StringInfo buf, const char *part, int len);

/* The same of a value, as canonical_digest() takes it */
extern void meso_append_value(StringInfo buf, Oid type, Datum value);

#endif							/* MESO_DIGEST_H */
