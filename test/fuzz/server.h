/*-------------------------------------------------------------------------
 *
 * server.h
 *		Stand-ins for what the fuzzed code needs of the server.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FUZZ_SERVER_H
#define FUZZ_SERVER_H

#include <setjmp.h>

/* where ereport(ERROR) goes, and its SQLSTATE */
extern jmp_buf server_error;
extern int	server_error_code;

/* whether functions are told that an aggregate calls them */
extern bool server_in_aggregate;

/* gives back all memory of the input */
extern void server_reset(void);

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif							/* FUZZ_SERVER_H */
