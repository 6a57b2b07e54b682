/*-------------------------------------------------------------------------
 *
 * ranking.c
 *		How well a score ranks true cases before false ones.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "analytics/pair_list.h"
#include "fixed.h"

static MesoState *score_list_decode(StringInfo buf);

static const MesoStateType score_list_type = {
	MESO_SCORE_LIST, "score_list", meso_pairs_encode, score_list_decode
};

MESO_STATE_IO(score_list, score_list_type);

PG_FUNCTION_INFO_V1(meso_score_add_float8);
PG_FUNCTION_INFO_V1(meso_score_add_numeric);
PG_FUNCTION_INFO_V1(meso_score_auc);
PG_FUNCTION_INFO_V1(meso_score_precision_at);

static bool
score_valid(uint16 flags, int64 k, const MesoPair *item)
{
	return flags == 0 && (k > 0 || k == MESO_NO_PARAM) &&
		!isnan(meso_key_float8(item->a)) &&
		(item->b == 0 || item->b == 1);
}

static MesoState *
score_list_decode(StringInfo buf)
{
	return meso_pairs_decode(buf, &score_list_type, score_valid);
}

/*
 * k_arg: argument argno; must be positive.
 */
static int64
k_arg(FunctionCallInfo fcinfo, int argno)
{
	int64		k = PG_ARGISNULL(argno) ? 0 : PG_GETARG_INT64(argno);

	if (k <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("k must be positive")));
	return k;
}

/*
 * score_add: transition of (score, label [, k]); a row without score or label
 * or with score NaN does not count.
 */
static Datum
score_add(FunctionCallInfo fcinfo, float8 score)
{
	int64		k = PG_NARGS() > 3 ? k_arg(fcinfo, 3) : MESO_NO_PARAM;

	if (isnan(score))
		return meso_unchanged(fcinfo);
	PG_RETURN_POINTER(meso_pairs_add(fcinfo, MESO_SCORE_LIST, 0, k,
									 meso_float8_key(score + 0.0),
									 PG_GETARG_BOOL(2) ? 1 : 0));
}

Datum
meso_score_add_float8(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return meso_unchanged(fcinfo);
	return score_add(fcinfo, PG_GETARG_FLOAT8(1));
}

Datum
meso_score_add_numeric(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return meso_unchanged(fcinfo);
	return score_add(fcinfo, numeric_to_float8(GETARG_NUMERIC_PACKED(1)));
}

/*
 * tie_end: end of the run of equal scores that begins at i; *hits is the
 * number of true labels in it.
 */
static Size
tie_end(const MesoPair *item, Size n, Size i, Size *hits)
{
	int64		score = item[i].a;

	*hits = 0;
	for (; i < n && item[i].a == score; i++)
	{
		MESO_ANSWER_CANCEL(i);
		*hits += (Size) item[i].b;
	}
	return i;
}

/*
 * meso_score_auc(score_list) returns float8: the area under the ROC curve,
 * that is the chance that a random true case scores above a random false one,
 * ties counting half (Mann and Whitney 1947; Hanley and McNeil 1982).
 * NULL without a true or without a false case.
 */
Datum
meso_score_auc(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_pairs_sorted(fcinfo, 0);
	const MesoPair *item = meso_pair_list(state)->item;
	Size		n = meso_pair_count(state);
	Size		positives = 0;
	Size		negatives = 0;
	int128		twice = 0;

	for (Size i = 0; i < n;)
	{
		Size		hits;
		Size		end = tie_end(item, n, i, &hits);
		Size		misses = end - i - hits;

		twice += (int128) hits * (2 * negatives + misses);
		positives += hits;
		negatives += misses;
		i = end;
	}
	if (positives == 0 || negatives == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((float8) twice / 2 / ((float8) positives * (float8) negatives));
}

/*
 * meso_score_precision_at(score_list [, k]) returns float8: share of true
 * cases among the k highest scores, or among all when there are fewer.
 *
 * Where the k-th place falls into equal scores, their average share counts for
 * the places left, so that the result does not depend on the order of rows.
 */
Datum
meso_score_precision_at(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_pairs_sorted(fcinfo, 0);
	const MesoPair *item = meso_pair_list(state)->item;
	Size		n = meso_pair_count(state);
	int64		k = PG_NARGS() > 1 ? k_arg(fcinfo, 1) : meso_pair_list(state)->param;
	Size		places;
	Size		left;
	float8		hits = 0;

	if (k == MESO_NO_PARAM)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the scores were collected without k"),
				 errhint("Give k as second argument.")));
	places = left = Min((Size) k, n);
	while (left > 0)
	{
		Size		run = 0;
		Size		found = 0;

		while (run < n && item[n - 1 - run].a == item[n - 1].a)
		{
			MESO_ANSWER_CANCEL(n - run);
			found += (Size) item[n - 1 - run++].b;
		}
		if (run <= left)
			hits += (float8) found;
		else
			hits += (float8) found * (float8) left / (float8) run;
		left -= Min(run, left);
		n -= run;
	}
	PG_RETURN_FLOAT8(hits / (float8) places);
}
