/*-------------------------------------------------------------------------
 *
 * server.c
 *		Stand-ins for what the fuzzed code needs of the server: memory, errors,
 *		message buffers.
 *
 * Every palloc() is a malloc() of its own, so that AddressSanitizer sees the
 * first byte beyond it.  Functions of the server that are not here must not be
 * reached: their address is zero.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "common/shortest_dec.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "meso_audit.h"
#include "server.h"

/* libc's, not the server's */
#undef snprintf

jmp_buf		server_error;
volatile sig_atomic_t InterruptPending = false;
MemoryContext CurrentMemoryContext = NULL;

int			server_error_code;
bool		server_in_aggregate;
static void **block = NULL;
static size_t blocks = 0;
static size_t block_room = 0;

/* memory ------------------------------------------------------------------ */

void *
palloc_extended(Size size, int flags)
{
	void	   *p;

	if (size > ((flags & MCXT_ALLOC_HUGE) ? MaxAllocHugeSize : MaxAllocSize))
		abort();
	if (blocks == block_room)
	{
		block_room = block_room ? 2 * block_room : 64;
		block = realloc(block, block_room * sizeof(void *));
	}
	p = malloc(size);
	if (p == NULL || block == NULL)
		abort();
	if (flags & MCXT_ALLOC_ZERO)
		memset(p, 0, size);
	block[blocks++] = p;
	return p;
}

void *
palloc(Size size)
{
	return palloc_extended(size, 0);
}

void *
palloc0(Size size)
{
	return palloc_extended(size, MCXT_ALLOC_ZERO);
}

void
pfree(void *p)
{
	size_t		i = blocks;

	while (i > 0 && block[i - 1] != p)
		i--;
	if (i == 0)
		abort();
	block[i - 1] = block[--blocks];
	free(p);
}

void *
repalloc_huge(void *p, Size size)
{
	size_t		i = blocks;

	while (i > 0 && block[i - 1] != p)
		i--;
	if (i == 0 || size > MaxAllocHugeSize)
		abort();
	block[i - 1] = realloc(p, size);
	return block[i - 1];
}

void *
repalloc(void *p, Size size)
{
	if (size > MaxAllocSize)
		abort();
	return repalloc_huge(p, size);
}

void
server_reset(void)
{
	while (blocks > 0)
		free(block[--blocks]);
}

Size
meso_state_limit(void)
{
	return 16 * 1024 * 1024;
}

/* errors ------------------------------------------------------------------ */

bool
errstart(int elevel, const char *domain)
{
	server_error_code = ERRCODE_INTERNAL_ERROR;
	return elevel >= ERROR;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

int
errcode(int sqlerrcode)
{
	server_error_code = sqlerrcode;
	return 0;
}

int
errmsg(const char *fmt,...)
{
	return 0;
}

int
errmsg_internal(const char *fmt,...)
{
	return 0;
}

int
errdetail(const char *fmt,...)
{
	return 0;
}

int
errhint(const char *fmt,...)
{
	return 0;
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	longjmp(server_error, 1);
}

void
ProcessInterrupts(void)
{
}

/* values ------------------------------------------------------------------ */

text *
cstring_to_text_with_len(const char *s, int len)
{
	text	   *result = (text *) palloc(len + VARHDRSZ);

	SET_VARSIZE(result, len + VARHDRSZ);
	memcpy(VARDATA(result), s, len);
	return result;
}

text *
cstring_to_text(const char *s)
{
	return cstring_to_text_with_len(s, strlen(s));
}

uint64
hex_encode(const char *src, size_t len, char *dst)
{
	for (size_t i = 0; i < len; i++)
	{
		dst[2 * i] = "0123456789abcdef"[(unsigned char) src[i] >> 4];
		dst[2 * i + 1] = "0123456789abcdef"[src[i] & 0xF];
	}
	return 2 * len;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
		return (c | 0x20) - 'a' + 10;
	abort();
}

uint64
hex_decode(const char *src, size_t len, char *dst)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		dst[i / 2] = (char) (hex_digit(src[i]) << 4 | hex_digit(src[i + 1]));
	return len / 2;
}

int
double_to_shortest_decimal_buf(double f, char *result)
{
	return snprintf(result, DOUBLE_SHORTEST_DECIMAL_LEN, "%.17g", f);
}

/* sums: only that their digits are digits */
Datum
numeric_in(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);

	if (strspn(s, "-.0123456789") != strlen(s))
		abort();
	PG_RETURN_POINTER(s);
}

Datum
DirectFunctionCall3Coll(PGFunction function, Oid collation, Datum a, Datum b, Datum c)
{
	LOCAL_FCINFO(fcinfo, 3);

	InitFunctionCallInfoData(*fcinfo, NULL, 3, collation, NULL, NULL);
	fcinfo->args[0].value = a;
	fcinfo->args[1].value = b;
	fcinfo->args[2].value = c;
	return function(fcinfo);
}

/* rows and arrays: their elements are read, so that none lies outside ------- */

ArrayType *
construct_array(Datum *elems, int nelems, Oid elmtype, int elmlen, bool elmbyval, char elmalign)
{
	ArrayType  *array = (ArrayType *) palloc(sizeof(ArrayType) + nelems * sizeof(Datum));

	memcpy(array + 1, elems, nelems * sizeof(Datum));
	return array;
}

TypeFuncClass
get_call_result_type(FunctionCallInfo fcinfo, Oid *type, TupleDesc *desc)
{
	*desc = (TupleDesc) palloc0(sizeof(TupleDescData));
	return TYPEFUNC_COMPOSITE;
}

TupleDesc
BlessTupleDesc(TupleDesc desc)
{
	return desc;
}

/* 17 declares what is not written to as const */
#if PG_VERSION_NUM >= 170000
#define READ_ONLY const
#else
#define READ_ONLY
#endif

HeapTuple
heap_form_tuple(TupleDesc desc, READ_ONLY Datum *values, READ_ONLY bool *isnull)
{
	HeapTuple	tuple = (HeapTuple) palloc0(sizeof(HeapTupleData));

	tuple->t_data = (HeapTupleHeader) palloc0(sizeof(HeapTupleHeaderData));
	return tuple;
}

Datum
HeapTupleHeaderGetDatum(HeapTupleHeader tuple)
{
	return PointerGetDatum(tuple);
}

FuncCallContext *
init_MultiFuncCall(PG_FUNCTION_ARGS)
{
	fcinfo->flinfo->fn_extra = palloc0(sizeof(FuncCallContext));
	return (FuncCallContext *) fcinfo->flinfo->fn_extra;
}

FuncCallContext *
per_MultiFuncCall(PG_FUNCTION_ARGS)
{
	return (FuncCallContext *) fcinfo->flinfo->fn_extra;
}

void
end_MultiFuncCall(PG_FUNCTION_ARGS, FuncCallContext *context)
{
	fcinfo->flinfo->fn_extra = NULL;
}

/* values as they are kept --------------------------------------------------- */

struct varlena *
pg_detoast_datum(struct varlena *datum)
{
	if (VARATT_IS_EXTENDED(datum))
		abort();
	return datum;
}

struct varlena *
pg_detoast_datum_packed(struct varlena *datum)
{
	return pg_detoast_datum(datum);
}

struct varlena *
pg_detoast_datum_copy(struct varlena *datum)
{
	struct varlena *copy = palloc(VARSIZE(pg_detoast_datum(datum)));

	memcpy(copy, datum, VARSIZE(datum));
	return copy;
}

int
AggCheckCallContext(FunctionCallInfo fcinfo, MemoryContext *aggcontext)
{
	return server_in_aggregate ? AGG_CONTEXT_AGGREGATE : 0;
}

bool
pg_verifymbstr(const char *mbstr, int len, bool noError)
{
	for (int i = 0; i < len; i++)
		if (mbstr[i] == '\0')
			ereport(ERROR, (errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE)));
	return true;
}

bool
pg_strong_random(void *buf, size_t len)
{
	memset(buf, 7, len);
	return true;
}

/* message buffers --------------------------------------------------------- */

#if PG_VERSION_NUM >= 160000
typedef const void *Bytes;
#else
typedef const char *Bytes;
#endif

void
initStringInfo(StringInfo str)
{
	str->maxlen = 1024;
	str->data = (char *) palloc(str->maxlen);
	str->len = str->cursor = 0;
}

void
enlargeStringInfo(StringInfo str, int needed)
{
	while (str->len + needed + 1 > str->maxlen)
	{
		str->maxlen *= 2;
		str->data = (char *) repalloc(str->data, str->maxlen);
	}
}

void
appendBinaryStringInfo(StringInfo str, Bytes data, int len)
{
	enlargeStringInfo(str, len);
	memcpy(str->data + str->len, data, len);
	str->len += len;
}

void
pq_sendbytes(StringInfo buf, Bytes data, int len)
{
	appendBinaryStringInfo(buf, data, len);
}

void
pq_begintypsend(StringInfo buf)
{
	initStringInfo(buf);
	appendBinaryStringInfo(buf, "\0\0\0\0", 4);
}

bytea *
pq_endtypsend(StringInfo buf)
{
	SET_VARSIZE(buf->data, buf->len);
	return (bytea *) buf->data;
}

const char *
pq_getmsgbytes(StringInfo msg, int len)
{
	const char *result = msg->data + msg->cursor;

	if (len < 0 || len > msg->len - msg->cursor)
		ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION)));
	msg->cursor += len;
	return result;
}

int
pq_getmsgbyte(StringInfo msg)
{
	return (unsigned char) *pq_getmsgbytes(msg, 1);
}

unsigned int
pq_getmsgint(StringInfo msg, int b)
{
	unsigned int value = 0;

	for (int i = 0; i < b; i++)
		value = value << 8 | (unsigned int) pq_getmsgbyte(msg);
	return value;
}

int64
pq_getmsgint64(StringInfo msg)
{
	uint64		high = pq_getmsgint(msg, 4);

	return (int64) (high << 32 | pq_getmsgint(msg, 4));
}

float8
pq_getmsgfloat8(StringInfo msg)
{
	int64		bits = pq_getmsgint64(msg);
	float8		value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

void
pq_sendfloat8(StringInfo buf, float8 f)
{
	int64		bits;

	memcpy(&bits, &f, sizeof(bits));
	pq_sendint64(buf, bits);
}
