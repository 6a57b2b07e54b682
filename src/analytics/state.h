/*-------------------------------------------------------------------------
 *
 * state.h
 *		What all aggregate states of the analytics library share.
 *
 * A state is a flat varlena: a MesoState header, then "used" bytes of content,
 * then spare room up to VARSIZE.  The same value is the transition state, the
 * public type and what parallel workers exchange, so whoever reads one must
 * accept spare room; whoever returns one to a user trims it.
 *
 * While an aggregate runs, its state is changed in place.  When it must grow,
 * a larger copy is made in the current memory context and returned: the
 * executor copies it to where the group lives and frees the old one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_STATE_H
#define MESO_STATE_H

#include "meso_audit.h"

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

/* first content byte of the network form, raised when a layout changes */
#define MESO_STATE_VERSION	1

typedef struct MesoState
{
	int32		vl_len_;		/* varlena header: do not touch directly */
	uint16		kind;			/* a MesoKind */
	uint16		flags;			/* meaning depends on the kind */
	uint64		used;			/* bytes of content */
} MesoState;

typedef enum MesoKind
{
	MESO_BENFORD = 1,
	MESO_SAMPLE,
	MESO_EVENT_LIST,
	MESO_STAY_LIST,
	MESO_SCORE_LIST,
	MESO_VISIT_LIST,
	MESO_VISIT_PAIRS,
	MESO_COMPONENTS,
	MESO_MINHASH
} MesoKind;

StaticAssertDecl(sizeof(MesoState) == 16, "content must stay 8-byte aligned");

#define MESO_CONTENT(s)		((char *) (s) + sizeof(MesoState))
/* room of a new state of so many bytes: powers of two fill their chunks */
#define MESO_FIRST_ROOM(bytes)	((bytes) - sizeof(MesoState))
#define MESO_ROOM(s)		(VARSIZE(s) - sizeof(MesoState))

/* what a family supplies to get its four input and output functions */
typedef struct MesoStateType
{
	MesoKind	kind;
	const char *name;			/* SQL name of the type, for messages */
	void		(*encode) (StringInfo buf, MesoState *state);
	MesoState  *(*decode) (StringInfo buf);
} MesoStateType;

extern Datum meso_state_in(PG_FUNCTION_ARGS, const MesoStateType *type);
extern Datum meso_state_out(PG_FUNCTION_ARGS, const MesoStateType *type);
extern Datum meso_state_recv(PG_FUNCTION_ARGS, const MesoStateType *type);
extern Datum meso_state_send(PG_FUNCTION_ARGS, const MesoStateType *type);

/* defines meso_NAME_in, _out, _recv and _send over a MesoStateType */
#define MESO_STATE_IO(name, type) \
	PG_FUNCTION_INFO_V1(meso_##name##_in); \
	PG_FUNCTION_INFO_V1(meso_##name##_out); \
	PG_FUNCTION_INFO_V1(meso_##name##_recv); \
	PG_FUNCTION_INFO_V1(meso_##name##_send); \
	Datum meso_##name##_in(PG_FUNCTION_ARGS) \
	{ return meso_state_in(fcinfo, &(type)); } \
	Datum meso_##name##_out(PG_FUNCTION_ARGS) \
	{ return meso_state_out(fcinfo, &(type)); } \
	Datum meso_##name##_recv(PG_FUNCTION_ARGS) \
	{ return meso_state_recv(fcinfo, &(type)); } \
	Datum meso_##name##_send(PG_FUNCTION_ARGS) \
	{ return meso_state_send(fcinfo, &(type)); } \
	extern int	no_such_variable

extern MesoState *meso_state_new(MesoKind kind, Size room);
extern MesoState *meso_state_arg(FunctionCallInfo fcinfo, int argno);
extern MesoState *meso_state_writable(FunctionCallInfo fcinfo, int argno);
extern MesoState *meso_state_reserve(MesoState *state, Size more);
extern MesoState *meso_state_trimmed(const MesoState *state);
extern void meso_state_check_limit(Size bytes);
extern Datum meso_unchanged(FunctionCallInfo fcinfo);
extern Datum meso_either_state(FunctionCallInfo fcinfo);
extern Datum meso_state_append(FunctionCallInfo fcinfo);

/* guard of the receive functions: error 22P03 unless ok */
extern void meso_wire_check(bool ok, const MesoStateType *type);
extern Size meso_wire_left(StringInfo buf);

extern int64 meso_interval_usecs(const Interval *span, const char *what);
extern void meso_check_finite_time(Timestamp t, const char *what);
extern Interval *meso_usecs_interval(int64 usecs);
extern Datum meso_int128_numeric(int128 value, int scale, int dscale);
extern uint64 meso_hash64(const void *data, Size len, uint64 seed);

/*
 * In a loop over the items of a group, i counting them: answers to a cancel
 * every so many, which takes far less than a tenth of a second of any loop.
 */
#define MESO_ANSWER_CANCEL(i) \
do { \
	if (unlikely(((i) & 0xFFFF) == 0)) \
		CHECK_FOR_INTERRUPTS(); \
} while (0)

/* finaliser of MurmurHash3: every input bit reaches every output bit */
static inline uint64
meso_mix64(uint64 h)
{
	h ^= h >> 33;
	h *= UINT64CONST(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64CONST(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return h;
}

#endif							/* MESO_STATE_H */
