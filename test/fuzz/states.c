/*-------------------------------------------------------------------------
 *
 * states.c
 *		Hostile bytes for the receive functions of the analytics states.
 *
 * libFuzzer's entry point.  The first byte of an input chooses the type, the
 * rest follows version and kind in the binary form.  A value is either refused
 * with a documented SQLSTATE, or accepted; then what is sent of it must be
 * received again and sent the same, and what reads or merges values must live
 * with it.  AddressSanitizer and UndefinedBehaviorSanitizer watch.
 *
 * What is fuzzed is the library's own code; the little that it needs of the
 * server is stood in for by server.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <setjmp.h>

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "analytics/state.h"
#include "server.h"

#define DECLARE_IO(name) \
	extern Datum meso_##name##_recv(PG_FUNCTION_ARGS); \
	extern Datum meso_##name##_send(PG_FUNCTION_ARGS)

DECLARE_IO(benford);
DECLARE_IO(sample);
DECLARE_IO(event_list);
DECLARE_IO(stay_list);
DECLARE_IO(score_list);
DECLARE_IO(visit_list);
DECLARE_IO(visit_pairs);
DECLARE_IO(components);
DECLARE_IO(minhash);

extern Datum meso_benford_chi2(PG_FUNCTION_ARGS);
extern Datum meso_benford_p_value(PG_FUNCTION_ARGS);
extern Datum meso_benford_combine(PG_FUNCTION_ARGS);
extern Datum meso_sample_median(PG_FUNCTION_ARGS);
extern Datum meso_sample_mad(PG_FUNCTION_ARGS);
extern Datum meso_sample_medcouple(PG_FUNCTION_ARGS);
extern Datum meso_sample_gini(PG_FUNCTION_ARGS);
extern Datum meso_sample_combine(PG_FUNCTION_ARGS);
extern Datum meso_pair_list_combine(PG_FUNCTION_ARGS);
extern Datum meso_pair_list_final(PG_FUNCTION_ARGS);
extern Datum meso_score_auc(PG_FUNCTION_ARGS);
extern Datum meso_visit_list_combine(PG_FUNCTION_ARGS);
extern Datum meso_visit_list_pairs(PG_FUNCTION_ARGS);
extern Datum meso_visit_pairs_combine(PG_FUNCTION_ARGS);
extern Datum meso_visit_pairs_final(PG_FUNCTION_ARGS);
extern Datum meso_components_combine(PG_FUNCTION_ARGS);
extern Datum meso_components_final(PG_FUNCTION_ARGS);
extern Datum meso_minhash_combine(PG_FUNCTION_ARGS);
extern Datum meso_minhash_count(PG_FUNCTION_ARGS);
extern Datum meso_jaccard(PG_FUNCTION_ARGS);

typedef struct Target
{
	MesoKind	kind;
	PGFunction	recv;
	PGFunction	send;
	PGFunction	readers[5];		/* of one value, or of a value twice */
} Target;

static const Target targets[] = {
	{MESO_BENFORD, meso_benford_recv, meso_benford_send,
	{meso_benford_chi2, meso_benford_p_value, meso_benford_combine}},
	{MESO_SAMPLE, meso_sample_recv, meso_sample_send,
	{meso_sample_median, meso_sample_mad, meso_sample_medcouple, meso_sample_gini, meso_sample_combine}},
	{MESO_EVENT_LIST, meso_event_list_recv, meso_event_list_send,
	{meso_pair_list_combine, meso_pair_list_final}},
	{MESO_STAY_LIST, meso_stay_list_recv, meso_stay_list_send,
	{meso_pair_list_combine, meso_pair_list_final}},
	{MESO_SCORE_LIST, meso_score_list_recv, meso_score_list_send,
	{meso_pair_list_combine, meso_pair_list_final, meso_score_auc}},
	{MESO_VISIT_LIST, meso_visit_list_recv, meso_visit_list_send,
	{meso_visit_list_combine, meso_visit_list_pairs}},
	{MESO_VISIT_PAIRS, meso_visit_pairs_recv, meso_visit_pairs_send,
	{meso_visit_pairs_combine, meso_visit_pairs_final}},
	{MESO_COMPONENTS, meso_components_recv, meso_components_send,
	{meso_components_combine, meso_components_final}},
	{MESO_MINHASH, meso_minhash_recv, meso_minhash_send,
	{meso_minhash_combine, meso_minhash_count, meso_jaccard}}
};

/*
 * call: a function of up to two arguments, none of them NULL.
 */
static Datum
call(PGFunction function, Datum a, Datum b)
{
	FmgrInfo	flinfo = {0};

	LOCAL_FCINFO(fcinfo, 2);

	flinfo.fn_strict = true;
	InitFunctionCallInfoData(*fcinfo, &flinfo, 2, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = a;
	fcinfo->args[0].isnull = false;
	fcinfo->args[1].value = b;
	fcinfo->args[1].isnull = false;
	return function(fcinfo);
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
	return call(target->recv, PointerGetDatum(&buf), (Datum) 0);
}

/*
 * try_value: everything that happens to one input.
 */
static void
try_value(const Target *target, const char *data, int len)
{
	Datum		value = receive(target, data, len);
	bytea	   *sent = DatumGetByteaPP(call(target->send, value, (Datum) 0));
	Datum		again;
	bytea	   *resent;

	again = receive(target, VARDATA_ANY(sent), (int) VARSIZE_ANY_EXHDR(sent));
	resent = DatumGetByteaPP(call(target->send, again, (Datum) 0));
	if (VARSIZE_ANY(sent) != VARSIZE_ANY(resent) ||
		memcmp(VARDATA_ANY(sent), VARDATA_ANY(resent), VARSIZE_ANY_EXHDR(sent)) != 0)
		abort();
	for (int i = 0; i < lengthof(target->readers) && target->readers[i]; i++)
		(void) call(target->readers[i], value, again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const Target *target;
	char	   *form;

	if (size < 1)
		return 0;
	target = &targets[data[0] % lengthof(targets)];
	form = (char *) palloc(size + 1);
	form[0] = MESO_STATE_VERSION;
	form[1] = (char) target->kind;
	memcpy(form + 2, data + 1, size - 1);
	if (setjmp(server_error) == 0)
		try_value(target, form, (int) size + 1);
	else if (!server_error_documented())
		abort();
	server_reset();
	return 0;
}
