/*-------------------------------------------------------------------------
 *
 * finding_key.h
 *		The key of a finding, the same from every feeder.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_FINDING_KEY_H
#define MESO_FINDING_KEY_H

#include "postgres.h"

/*
 * SHA-256 over n parts, each as a 4-byte big-endian length and its bytes; a
 * NULL pointer is a NULL part, the length 0xFFFFFFFF alone.
 *
 * The parts: 'rule' or 'model', the rule's or model's code, the level, then
 *	line					psn_no, setl_id, feedetl_sn
 *	settlement				psn_no, setl_id
 *	visit					mdtrt_id
 *	diagnosis, operation	mdtrt_id, number as text
 *	subject					code of the subject, start of the period as
 *							YYYY-MM-DD HH:MM:SS
 */
extern void meso_finding_key(const char **parts, const int *lens, int n,
							 uint8 out[32]);

#endif							/* MESO_FINDING_KEY_H */
