/*-------------------------------------------------------------------------
 *
 * states.c
 *		Hostile bytes for every function that reads an analytics value.
 *
 * libFuzzer's entry point.  The first byte of an input chooses the type, and
 * whether the rest is text for the input function or what follows version and
 * kind in the binary form.  A value is either refused with a documented
 * SQLSTATE, or accepted; the input function must say the same of its
 * hexadecimal form.  Of an accepted value, what is sent must be received again
 * and sent the same, and whatever reads, merges or adds to values must live
 * with it, in an aggregate (in place) and outside.  AddressSanitizer and
 * UndefinedBehaviorSanitizer watch.
 *
 * What is fuzzed is the library's own code; the little that it needs of the
 * server is stood in for by server.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <setjmp.h>

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"

#include "analytics/state.h"
#include "server.h"

/*
 * A function and its arguments: v the value, a an equal one, 3 a bigint,
 * 2 an integer, x a float8, n NULL, t a timestamp, w an interval, s a text, b
 * a boolean.
 */
typedef struct Call
{
	PGFunction	function;
	const char *args;
} Call;

typedef struct Target
{
	MesoKind	kind;
	PGFunction	in;
	PGFunction	out;
	PGFunction	recv;
	PGFunction	send;
	const Call *calls;
} Target;

#define DECLARE(name)	extern Datum meso_##name(PG_FUNCTION_ARGS)
#define DECLARE_IO(name) \
	DECLARE(name##_in); DECLARE(name##_out); DECLARE(name##_recv); DECLARE(name##_send)
#define TARGET(kind, name) \
	{kind, meso_##name##_in, meso_##name##_out, meso_##name##_recv, meso_##name##_send, name##_calls}

DECLARE_IO(benford);
DECLARE(benford_n);
DECLARE(benford_digits);
DECLARE(benford_counts);
DECLARE(benford_chi2);
DECLARE(benford_p_value);
DECLARE(benford_mad);
DECLARE(benford_conformity);
DECLARE(benford_add_bigint);
DECLARE(benford_sub_bigint);
DECLARE(benford_add_float8);
DECLARE(benford_combine);
DECLARE(benford_final);

static const Call benford_calls[] = {
	{meso_benford_n, "v"}, {meso_benford_digits, "v"}, {meso_benford_counts, "v"},
	{meso_benford_chi2, "v"}, {meso_benford_p_value, "v"}, {meso_benford_mad, "v"},
	{meso_benford_conformity, "v"}, {meso_benford_add_bigint, "v3"},
	{meso_benford_sub_bigint, "v32"}, {meso_benford_add_float8, "vx2"},
	{meso_benford_final, "v"}, {meso_benford_combine, "va"}, {NULL}
};

DECLARE_IO(sample);
DECLARE(sample_n);
DECLARE(sample_median);
DECLARE(sample_mad);
DECLARE(sample_medcouple);
DECLARE(sample_gini);
DECLARE(sample_add_float8);
DECLARE(sample_combine);
DECLARE(sample_final);

static const Call sample_calls[] = {
	{meso_sample_n, "v"}, {meso_sample_median, "v"}, {meso_sample_mad, "v"},
	{meso_sample_medcouple, "v"}, {meso_sample_gini, "v"}, {meso_sample_add_float8, "vx"},
	{meso_sample_final, "v"}, {meso_sample_combine, "va"}, {NULL}
};

DECLARE(pair_list_n);
DECLARE(pair_list_combine);
DECLARE(pair_list_final);

DECLARE_IO(event_list);
DECLARE(event_add);
DECLARE(event_add_tz);
DECLARE(event_peak);
DECLARE(event_peak_tz);

static const Call event_list_calls[] = {
	{meso_pair_list_n, "v"}, {meso_event_peak, "v"}, {meso_event_peak_tz, "v"},
	{meso_event_peak, "vw"}, {meso_event_peak_tz, "vw"}, {meso_event_add, "vtn"},
	{meso_event_add_tz, "vtnw"}, {meso_pair_list_final, "v"}, {meso_pair_list_combine, "va"}, {NULL}
};

DECLARE_IO(stay_list);
DECLARE(stay_add);
DECLARE(stay_add_tz);
DECLARE(stay_concurrency);
DECLARE(stay_concurrency_tz);

static const Call stay_list_calls[] = {
	{meso_pair_list_n, "v"}, {meso_stay_concurrency, "v"}, {meso_stay_concurrency_tz, "v"},
	{meso_stay_concurrency, "v3"}, {meso_stay_concurrency_tz, "v3"}, {meso_stay_add, "vtt"},
	{meso_stay_add_tz, "vtt3"}, {meso_pair_list_final, "v"}, {meso_pair_list_combine, "va"}, {NULL}
};

DECLARE_IO(score_list);
DECLARE(score_add_float8);
DECLARE(score_auc);
DECLARE(score_precision_at);

static const Call score_list_calls[] = {
	{meso_pair_list_n, "v"}, {meso_score_auc, "v"}, {meso_score_precision_at, "v"},
	{meso_score_precision_at, "v3"}, {meso_score_add_float8, "vxb"},
	{meso_pair_list_final, "v"}, {meso_pair_list_combine, "va"}, {NULL}
};

DECLARE_IO(visit_list);
DECLARE(visit_add);
DECLARE(visit_list_combine);
DECLARE(visit_list_pairs);

static const Call visit_list_calls[] = {
	{meso_visit_list_pairs, "v"}, {meso_visit_add, "vstw"}, {meso_visit_list_combine, "va"}, {NULL}
};

DECLARE_IO(visit_pairs);
DECLARE(co_visit_pairs);
DECLARE(visit_pairs_combine);
DECLARE(visit_pairs_final);

static const Call visit_pairs_calls[] = {
	{meso_co_visit_pairs, "v3"}, {meso_co_visit_pairs, "v"}, {meso_visit_pairs_final, "v"},
	{meso_visit_pairs_combine, "va"}, {NULL}
};

DECLARE_IO(components);
DECLARE(component_members);
DECLARE(component_add);
DECLARE(components_combine);
DECLARE(components_final);

static const Call components_calls[] = {
	{meso_component_members, "v"}, {meso_component_add, "vss"}, {meso_components_final, "v"},
	{meso_components_combine, "va"}, {NULL}
};

DECLARE_IO(minhash);
DECLARE(minhash_add);
DECLARE(minhash_combine);
DECLARE(minhash_final);
DECLARE(minhash_count);
DECLARE(jaccard);
DECLARE(lsh_bands);

static const Call minhash_calls[] = {
	{meso_minhash_count, "v"}, {meso_jaccard, "va"}, {meso_lsh_bands, "v22"},
	{meso_minhash_add, "vs"}, {meso_minhash_final, "v"}, {meso_minhash_combine, "va"}, {NULL}
};

DECLARE(multiset_add);
DECLARE(multiset_sub);
DECLARE(multiset_combine);
DECLARE(multiset_final);

static const Call multiset_calls[] = {
	{meso_multiset_add, "vs"}, {meso_multiset_sub, "vs"}, {meso_multiset_final, "v"},
	{meso_multiset_combine, "va"}, {NULL}
};

static const Target targets[] = {
	TARGET(MESO_BENFORD, benford),
	TARGET(MESO_SAMPLE, sample),
	TARGET(MESO_EVENT_LIST, event_list),
	TARGET(MESO_STAY_LIST, stay_list),
	TARGET(MESO_SCORE_LIST, score_list),
	TARGET(MESO_VISIT_LIST, visit_list),
	TARGET(MESO_VISIT_PAIRS, visit_pairs),
	TARGET(MESO_COMPONENTS, components),
	TARGET(MESO_MINHASH, minhash)
};

/* of the first byte: the rest is text; the rest is a multiset hash */
#define AS_TEXT		0x80
#define AS_MULTISET	0x40

/*
 * argument: one of a call; NULL for 'n'.
 */
static NullableDatum
argument(char kind, Datum value, Datum again)
{
	static Interval hour = {USECS_PER_HOUR, 0, 0};
	NullableDatum arg = {0};

	switch (kind)
	{
		case 'v':
			arg.value = value;
			break;
		case 'a':
			arg.value = again;
			break;
		case '3':
			arg.value = Int64GetDatum(3);
			break;
		case '2':
			arg.value = Int32GetDatum(2);
			break;
		case 'x':
			arg.value = Float8GetDatum(-2.5);
			break;
		case 't':
			arg.value = TimestampGetDatum(USECS_PER_DAY);
			break;
		case 'w':
			arg.value = IntervalPGetDatum(&hour);
			break;
		case 's':
			arg.value = PointerGetDatum(cstring_to_text("医1"));
			break;
		case 'b':
			arg.value = BoolGetDatum(true);
			break;
		default:
			arg.isnull = true;
	}
	return arg;
}

/*
 * call: a function; one that returns rows until there are no more.
 */
static Datum
call(PGFunction function, const char *args, Datum value, Datum again)
{
	FmgrInfo	flinfo = {0};
	ReturnSetInfo rows = {T_ReturnSetInfo};
	Datum		result;

	LOCAL_FCINFO(fcinfo, 4);

	InitFunctionCallInfoData(*fcinfo, &flinfo, strlen(args), InvalidOid, NULL, (Node *) &rows);
	for (int i = 0; args[i] != '\0'; i++)
		fcinfo->args[i] = argument(args[i], value, again);
	do
	{
		rows.isDone = ExprSingleResult;
		fcinfo->isnull = false;
		result = function(fcinfo);
	} while (rows.isDone == ExprMultipleResult);
	return fcinfo->isnull ? (Datum) 0 : result;
}

/*
 * receive: a value out of its binary form.
 */
static Datum
receive(const Target *target, const char *data, int len)
{
	StringInfoData buf;

	/* of the exact size, so that one byte too many is seen */
	buf.data = (char *) palloc(len);
	memcpy(buf.data, data, len);
	buf.len = buf.maxlen = len;
	buf.cursor = 0;
	return call(target->recv, "v", PointerGetDatum(&buf), (Datum) 0);
}

/*
 * attempt: a call whose errors are caught; 0 for an error, which must be one of
 * those that a hostile value may meet.
 */
static Datum
attempt(PGFunction function, const char *args, Datum value, Datum again)
{
	jmp_buf		outer;
	volatile Datum result = (Datum) 0;

	memcpy(&outer, &server_error, sizeof(jmp_buf));
	if (setjmp(server_error) == 0)
		result = call(function, args, value, again);
	else
		switch (server_error_code)
		{
			case ERRCODE_INVALID_PARAMETER_VALUE:
			case ERRCODE_DATATYPE_MISMATCH:
			case ERRCODE_INTERVAL_FIELD_OVERFLOW:
			case ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE:
			case ERRCODE_PROGRAM_LIMIT_EXCEEDED:
				break;
			default:
				abort();
		}
	memcpy(&server_error, &outer, sizeof(jmp_buf));
	return result;
}

/*
 * copy: what the executor would keep of a value, in memory of its exact size.
 */
static Datum
copy(Datum value)
{
	char	   *bytes = (char *) palloc(VARSIZE_ANY(value));

	memcpy(bytes, DatumGetPointer(value), VARSIZE_ANY(value));
	return PointerGetDatum(bytes);
}

/*
 * use: everything that reads or changes a value.  A result that is a state of
 * the same kind goes on through the aggregate.
 */
static void
use(const Call *calls, Datum value, Datum again)
{
	Datum		state = copy(value);

	server_in_aggregate = false;
	for (const Call *c = calls; c->function; c++)
		(void) attempt(c->function, c->args, value, again);
	server_in_aggregate = true;
	for (int round = 0; round < 3; round++)
		for (const Call *c = calls; c->function; c++)
		{
			Datum		next = attempt(c->function, c->args, state, again);

			/* the last call merges: its result is the next state */
			if (c[1].function == NULL && next != (Datum) 0)
				state = copy(next);
		}
	server_in_aggregate = false;
}

/*
 * same: whether two values are sent alike.
 */
static bool
same(const Target *target, Datum a, Datum b)
{
	bytea	   *x = DatumGetByteaPP(call(target->send, "v", a, (Datum) 0));
	bytea	   *y = DatumGetByteaPP(call(target->send, "v", b, (Datum) 0));

	return VARSIZE_ANY(x) == VARSIZE_ANY(y) &&
		memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
}

/*
 * try_value: an accepted value, through binary form, text form and use.
 */
static void
try_value(const Target *target, Datum value)
{
	bytea	   *sent = DatumGetByteaPP(call(target->send, "v", value, (Datum) 0));
	Datum		again = receive(target, VARDATA_ANY(sent), (int) VARSIZE_ANY_EXHDR(sent));
	Datum		text = call(target->out, "v", value, (Datum) 0);

	if (!same(target, value, again) ||
		!same(target, value, call(target->in, "v", text, (Datum) 0)))
		abort();
	use(target->calls, value, again);
}

/*
 * accept: the value out of the bytes by either way in, or 0 if they are
 * refused, as they must be by both.
 */
static Datum
accept(const Target *target, const char *form, int len, bool as_text)
{
	char	   *hex;
	volatile Datum value = (Datum) 0;

	if (setjmp(server_error) == 0)
		value = as_text ? call(target->in, "v", CStringGetDatum(form), (Datum) 0)
			: receive(target, form, len);
	else if (server_error_code != ERRCODE_INVALID_BINARY_REPRESENTATION &&
			 server_error_code != ERRCODE_INVALID_TEXT_REPRESENTATION &&
			 server_error_code != ERRCODE_CHARACTER_NOT_IN_REPERTOIRE &&
			 server_error_code != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
		abort();
	if (value != (Datum) 0 || as_text)
		return value;
	hex = (char *) palloc(2 * len + 1);
	hex[hex_encode(form, len, hex)] = '\0';
	if (setjmp(server_error) == 0)
	{
		(void) call(target->in, "v", CStringGetDatum(hex), (Datum) 0);
		/* accepted here, refused there */
		abort();
	}
	return (Datum) 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const Target *target;
	char	   *form;
	Datum		value;

	if (size < 1)
		return 0;
	server_in_aggregate = false;
	if (data[0] & AS_MULTISET)
	{
		value = PointerGetDatum(cstring_to_text_with_len((const char *) data + 1, (int) size - 1));
		use(multiset_calls, value, copy(value));
		server_reset();
		return 0;
	}
	target = &targets[(data[0] & ~AS_TEXT) % lengthof(targets)];
	form = (char *) palloc(size + 2);
	form[0] = MESO_STATE_VERSION;
	form[1] = (char) target->kind;
	memcpy(form + 2, data + 1, size - 1);
	form[size + 1] = '\0';
	if (data[0] & AS_TEXT)
		value = accept(target, form + 2, (int) size - 1, true);
	else
		value = accept(target, form, (int) size + 1, false);
	if (value != (Datum) 0)
	{
		if (setjmp(server_error) == 0)
			try_value(target, value);
		else if (server_error_code != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
			abort();
	}
	server_reset();
	return 0;
}
