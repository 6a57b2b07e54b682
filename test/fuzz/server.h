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

/* where ereport(ERROR) goes */
extern jmp_buf server_error;

/* whether the last error is one that hostile bytes may meet */
extern bool server_error_documented(void);

/* gives back all memory of the input */
extern void server_reset(void);

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif							/* FUZZ_SERVER_H */
