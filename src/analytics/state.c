/*-------------------------------------------------------------------------
 *
 * state.c
 *		What all aggregate states of the analytics library share.
 *
 * The text form of every type is its binary form in hexadecimal: exact under
 * every setting of locale, date style and float digits, so that an engine
 * which carries states as text loses nothing.  The binary form starts with a
 * version byte and the kind, and is in network byte order throughout.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "common/int.h"
#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "analytics/state.h"

/* bytes of the text form between two looks for a cancel */
#define HEX_STEP	((Size) 1 << 20)

/*
 * meso_state_check_limit: error 54000 when a group's state of that many bytes
 * is not allowed.
 */
void
meso_state_check_limit(Size bytes)
{
	Size		limit = meso_state_limit();

	if (bytes > limit || bytes > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("aggregate state of one group exceeds the memory limit"),
				 errdetail("The group needs at least %zu kB; the limit is %zu kB.",
						   bytes / 1024,
						   Min(limit, MaxAllocSize) / 1024),
				 errhint("Raise meso_audit.max_state_memory (or work_mem), or group more finely.")));
}

/*
 * meso_state_new: an empty state with that much room, in the current context.
 */
MesoState *
meso_state_new(MesoKind kind, Size room)
{
	Size		size = sizeof(MesoState) + room;
	MesoState  *state;

	if (size > MaxAllocSize)
		meso_state_check_limit(size);
	state = (MesoState *) palloc(size);
	SET_VARSIZE(state, size);
	state->kind = kind;
	state->flags = 0;
	state->used = 0;
	return state;
}

/*
 * meso_state_arg: argument argno as a plain, aligned state, to be read only.
 *
 * It may be the group's own transition value.
 */
MesoState *
meso_state_arg(FunctionCallInfo fcinfo, int argno)
{
	Pointer		arg = PG_GETARG_POINTER(argno);

	/* a transition value never is: spare a call for each row */
	if (likely(!VARATT_IS_EXTENDED(arg)))
		return (MesoState *) arg;
	return (MesoState *) PG_DETOAST_DATUM(PointerGetDatum(arg));
}

/*
 * meso_state_writable: argument argno as a state that may be changed in place.
 *
 * Inside an aggregate that is the transition value itself; in a plain call it
 * is a copy, as the argument may stand in a shared buffer.
 */
MesoState *
meso_state_writable(FunctionCallInfo fcinfo, int argno)
{
	if (AggCheckCallContext(fcinfo, NULL))
		return meso_state_arg(fcinfo, argno);
	return (MesoState *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(argno));
}

/*
 * meso_state_reserve: the state with room for "more" further bytes.
 *
 * Returns the same pointer when there is room, else a copy of twice the size
 * (or as much as the limit allows) in the current context.  The old state is
 * left alone: the executor frees it.
 */
MesoState *
meso_state_reserve(MesoState *state, Size more)
{
	Size		need;
	Size		size;
	Size		limit;
	MesoState  *grown;

	if (likely(state->used + more <= MESO_ROOM(state)))
		return state;

	need = sizeof(MesoState) + state->used + more;
	meso_state_check_limit(need);
	limit = Min(meso_state_limit(), MaxAllocSize);
	size = Max(need, Min(2 * (Size) VARSIZE(state), limit));
	grown = (MesoState *) palloc(size);
	memcpy(grown, state, sizeof(MesoState) + state->used);
	SET_VARSIZE(grown, size);
	return grown;
}

/*
 * meso_state_trimmed: a copy without spare room, in the current context.
 */
MesoState *
meso_state_trimmed(const MesoState *state)
{
	Size		size = sizeof(MesoState) + state->used;
	MesoState  *copy = (MesoState *) palloc(size);

	memcpy(copy, state, size);
	SET_VARSIZE(copy, size);
	return copy;
}

/*
 * meso_unchanged: the answer of a transition function to a row without value:
 * argument 0 as it is.
 */
Datum
meso_unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * meso_either_state: the answer of a combine function of which an argument is
 * NULL: a copy of argument 1 where there is one, argument 0 as it is otherwise.
 */
Datum
meso_either_state(FunctionCallInfo fcinfo)
{
	MesoState  *from;

	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	from = meso_state_arg(fcinfo, 1);
	meso_state_check_limit(sizeof(MesoState) + from->used);
	PG_RETURN_POINTER(meso_state_trimmed(from));
}

/*
 * meso_state_append: combine function of states whose contents are put one
 * behind the other, whatever order that is: what argument 1 has behind
 * argument 0, flags gone.
 */
Datum
meso_state_append(FunctionCallInfo fcinfo)
{
	MesoState  *into;
	MesoState  *from;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return meso_either_state(fcinfo);
	from = meso_state_arg(fcinfo, 1);
	into = meso_state_reserve(meso_state_writable(fcinfo, 0), from->used);
	memcpy(MESO_CONTENT(into) + into->used, MESO_CONTENT(from), from->used);
	into->used += from->used;
	into->flags = 0;
	PG_RETURN_POINTER(into);
}

/*
 * meso_wire_check: error 22P03 unless ok.  Used for every property of bytes
 * that come from outside.
 */
void
meso_wire_check(bool ok, const MesoStateType *type)
{
	if (unlikely(!ok))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid value of type \"%s\"", type->name)));
}

/*
 * meso_wire_left: bytes not read yet.
 */
Size
meso_wire_left(StringInfo buf)
{
	return (Size) (buf->len - buf->cursor);
}

/*
 * encode_state: version, kind and content, appended to buf.
 */
static void
encode_state(StringInfo buf, MesoState *state, const MesoStateType *type)
{
	pq_sendbyte(buf, MESO_STATE_VERSION);
	pq_sendbyte(buf, type->kind);
	type->encode(buf, state);
}

/*
 * decode_state: the checked state out of bytes of unknown origin.
 */
static MesoState *
decode_state(StringInfo buf, const MesoStateType *type)
{
	MesoState  *state;

	meso_wire_check(meso_wire_left(buf) >= 2, type);
	meso_wire_check(pq_getmsgbyte(buf) == MESO_STATE_VERSION, type);
	meso_wire_check(pq_getmsgbyte(buf) == (int) type->kind, type);
	state = type->decode(buf);
	meso_wire_check(meso_wire_left(buf) == 0, type);
	return state;
}

/*
 * all_hex: whether there are only hexadecimal digits.
 */
static bool
all_hex(const char *s, Size len)
{
	for (Size i = 0; i < len; i++)
	{
		MESO_ANSWER_CANCEL(i);
		if (!isxdigit((unsigned char) s[i]))
			return false;
	}
	return true;
}

/*
 * meso_state_in: cstring of hexadecimal digits to state.
 */
Datum
meso_state_in(PG_FUNCTION_ARGS, const MesoStateType *type)
{
	const char *hex = PG_GETARG_CSTRING(0);
	Size		len = strlen(hex);
	StringInfoData buf;

	if (len % 2 != 0 || !all_hex(hex, len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", type->name),
				 errdetail("The text form is the binary form in hexadecimal.")));
	buf.data = (char *) palloc(len / 2 + 1);
	for (Size at = 0; at < len; at += HEX_STEP)
	{
		CHECK_FOR_INTERRUPTS();
		(void) hex_decode(hex + at, Min(HEX_STEP, len - at), buf.data + at / 2);
	}
	buf.len = (int) (len / 2);
	buf.data[buf.len] = '\0';
	buf.maxlen = (int) (len / 2 + 1);
	buf.cursor = 0;
	PG_RETURN_POINTER(decode_state(&buf, type));
}

/*
 * meso_state_out: state to cstring of hexadecimal digits.
 */
Datum
meso_state_out(PG_FUNCTION_ARGS, const MesoStateType *type)
{
	StringInfoData buf;
	char	   *hex;
	Size		len;

	initStringInfo(&buf);
	encode_state(&buf, meso_state_arg(fcinfo, 0), type);
	len = (Size) buf.len;
	if (2 * len + 1 > MaxAllocSize)
		meso_state_check_limit(2 * len + 1);
	hex = (char *) palloc(2 * len + 1);
	for (Size at = 0; at < len; at += HEX_STEP)
	{
		CHECK_FOR_INTERRUPTS();
		(void) hex_encode(buf.data + at, Min(HEX_STEP, len - at), hex + 2 * at);
	}
	hex[2 * len] = '\0';
	PG_RETURN_CSTRING(hex);
}

/*
 * meso_state_recv: binary form to state.
 */
Datum
meso_state_recv(PG_FUNCTION_ARGS, const MesoStateType *type)
{
	PG_RETURN_POINTER(decode_state((StringInfo) PG_GETARG_POINTER(0), type));
}

/*
 * meso_state_send: state to binary form.
 */
Datum
meso_state_send(PG_FUNCTION_ARGS, const MesoStateType *type)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	encode_state(&buf, meso_state_arg(fcinfo, 0), type);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * meso_interval_usecs: length of a span without months, a day being 24 hours.
 *
 * "what" names the argument in messages.
 */
int64
meso_interval_usecs(const Interval *span, const char *what)
{
	int64		usecs;

	if (span->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not contain months or years", what),
				 errhint("Say it in days; a day counts 24 hours.")));
	if (pg_mul_s64_overflow(span->day, USECS_PER_DAY, &usecs) ||
		pg_add_s64_overflow(usecs, span->time, &usecs))
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("%s is out of range", what)));
	return usecs;
}

/*
 * meso_check_finite_time: error 22008 for infinite times.
 */
void
meso_check_finite_time(Timestamp t, const char *what)
{
	if (TIMESTAMP_NOT_FINITE(t))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must not be infinite", what)));
}

/*
 * meso_usecs_interval: an interval of hours and smaller units only.
 */
Interval *
meso_usecs_interval(int64 usecs)
{
	Interval   *span = (Interval *) palloc0(sizeof(Interval));

	span->time = usecs;
	return span;
}

/*
 * meso_int128_numeric: value / 10^scale as a numeric of "dscale" decimals.
 *
 * No digit is lost: dscale must cover the decimals that value really has.
 */
Datum
meso_int128_numeric(int128 value, int scale, int dscale)
{
	char		digits[64];
	char	   *p = digits + sizeof(digits);
	bool		negative = value < 0;
	uint128		rest = negative ? -(uint128) value : (uint128) value;

	Assert(dscale >= 0 && dscale <= scale && scale < 20);
	for (int i = dscale; i < scale; i++)
		rest /= 10;
	*--p = '\0';
	for (int i = 0; rest > 0 || i <= dscale; i++)
	{
		*--p = '0' + (char) (rest % 10);
		rest /= 10;
		if (dscale > 0 && i + 1 == dscale)
			*--p = '.';
	}
	if (negative)
		*--p = '-';
	return DirectFunctionCall3(numeric_in, CStringGetDatum(p),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/*
 * load64: up to 8 bytes, the same number on every machine.
 */
static inline uint64
load64(const unsigned char *p, Size len)
{
	uint64		v = 0;

	memcpy(&v, p, Min(len, sizeof(v)));
#ifdef WORDS_BIGENDIAN
	v = pg_bswap64(v);
#endif
	return v;
}

/*
 * meso_hash64: 64-bit hash of some bytes.
 *
 * Stored values depend on it, so it must never change.  Folded 128-bit
 * products over 8-byte words, closed by the finaliser of MurmurHash3.  Not
 * cryptographic: who knows it can construct collisions.
 */
uint64
meso_hash64(const void *data, Size len, uint64 seed)
{
	const unsigned char *p = data;
	uint64		h = seed ^ ((uint64) len * UINT64CONST(0x9e3779b97f4a7c15));

	for (Size left = len; left > 0;)
	{
		Size		step = Min(left, sizeof(uint64));
		uint128		product;

		product = (uint128) (h ^ load64(p, step) ^ UINT64CONST(0xa0761d6478bd642f))
			* UINT64CONST(0xe7037ed1a0b428db);
		h = (uint64) product ^ (uint64) (product >> 64) ^ meso_mix64(h);
		p += step;
		left -= step;
	}
	return meso_mix64(h);
}
