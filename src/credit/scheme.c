/*-------------------------------------------------------------------------
 *
 * scheme.c
 *		Schemes, compiled once a backend.
 *
 * Everything is read under a snapshot of now, for the reason told in
 * rules/program.c.  A change of the tables (rules/config_signal.h) has all
 * schemes forgotten before the next score.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "credit/scheme.h"
#include "rules/config_rows.h"
#include "rules/config_signal.h"
#include "rules/params.h"

/* Compiled versions that a backend keeps; an old one makes room */
#define KEPT_SCHEMES	16

/* Version of a scheme, its days and whether it is preferred */
typedef struct Head
{
	char	   *code;
	int			version;
	char	   *subject_type;
	bool		preferred;
	MesoDays	valid;
} Head;

static MemoryContext cache = NULL;	/* of heads */
static int	nheads;
static Head *heads;				/* active ones: local ones first, by code, highest version first */
static MesoScheme *kept[KEPT_SCHEMES];
static int	next_kept = 0;
static uint64 loaded_generation = 0;

PG_FUNCTION_INFO_V1(meso_audit_check_scheme);

/*
 * load: rows of a version's part; SPI leaves its own memory context behind.
 */
static void
load(MesoScheme *scheme, const char *text, Datum *key)
{
	Oid			types[] = {TEXTOID, INT4OID};

	meso_config_load(text, 2, types, key);
	MemoryContextSwitchTo(scheme->ctx);
}

static fixed
cell_fixed(uint64 row, int col)
{
	bool		isnull;
	Datum		d = meso_cell(row, col, &isnull);
	fixed		result;

	if (isnull)
		return NO_FIXED;
	if (!datum_to_fixed(d, &result))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("points out of range")));
	return result;
}

static bool
cell_bool(uint64 row, int col)
{
	bool		isnull;
	Datum		d = meso_cell(row, col, &isnull);

	return !isnull && DatumGetBool(d);
}

static int
cell_int(uint64 row, int col)
{
	bool		isnull;

	return DatumGetInt32(meso_cell(row, col, &isnull));
}

/*
 * load_heads: which versions are active when.
 */
static void
load_heads(void)
{
	MemoryContext ctx;

	meso_config_load("SELECT scheme, version, subject_type, preferred, " DAYS_OF("valid")
					 " FROM meso_audit.scheme WHERE status = 'active'"
					 " ORDER BY origin = 'shipped', scheme COLLATE \"C\", version DESC",
					 0, NULL, NULL);
	ctx = AllocSetContextCreate(CurrentMemoryContext, "meso_audit schemes",
								ALLOCSET_SMALL_SIZES);
	heads = MemoryContextAllocZero(ctx, sizeof(Head) * Max(SPI_processed, 1));
	nheads = (int) SPI_processed;
	for (int i = 0; i < nheads; i++)
	{
		heads[i].code = meso_cell_text(ctx, i, 1);
		heads[i].version = cell_int(i, 2);
		heads[i].subject_type = meso_cell_text(ctx, i, 3);
		heads[i].preferred = cell_bool(i, 4);
		heads[i].valid = meso_cell_days(i, 5, 6);
	}
	MemoryContextSetParent(ctx, CacheMemoryContext);
	cache = ctx;
}

/*
 * refresh: forget what is stale.
 */
static void
refresh(void)
{
	uint64		generation;

	while (loaded_generation != (generation = meso_signal_generation(SIGNAL_SCHEMES)))
	{
		CHECK_FOR_INTERRUPTS();
		loaded_generation = 0;
		for (int i = 0; i < KEPT_SCHEMES; i++)
		{
			if (kept[i])
				MemoryContextDelete(kept[i]->ctx);
			kept[i] = NULL;
		}
		if (cache)
			MemoryContextDelete(cache);
		cache = NULL;
		nheads = 0;
		meso_check_version();
		load_heads();
		loaded_generation = generation;
	}
}

/*
 * read_bands: the list of {from, upto, earn}, in the current context.
 */
static void
read_bands(MesoParams *params, MesoIndicator *indicator)
{
	JsonbValue *list = meso_param_value(params, "bands");
	int			n;

	if (list == NULL || list->type != jbvBinary ||
		!JsonContainerIsArray(list->val.binary.data))
		meso_param_error(params, "bands", "must be a list of {from, upto, earn}");
	n = JsonContainerSize(list->val.binary.data);
	indicator->bands = palloc(sizeof(MesoBand) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(list->val.binary.data, i);
		MesoBand   *band = &indicator->bands[indicator->nbands++];
		MesoParams *within;

		if (element->type != jbvBinary)
			meso_param_error(params, "bands", "must be a list of {from, upto, earn}");
		within = meso_params_within(params, JsonbValueToJsonb(element));
		band->from = meso_param_fixed(within, "from");
		band->upto = meso_param_fixed(within, "upto");
		band->earn = meso_param_fixed_required(within, "earn");
		meso_params_finish(within);
		if (band->earn < 0 || band->earn > FIXED_ONE)
			meso_param_error(params, "bands", "must earn a share of 0 to 1");
	}
}

/*
 * read_params: the parameters of the indicator's method.
 */
static void
read_params(MesoParams *params, MesoIndicator *indicator)
{
	static const char *const of[] = {"records", "value", NULL};
	static const char *const better[] = {"high", "low", NULL};

	switch (indicator->scoring)
	{
		case SCORING_DEDUCT:
		case SCORING_ADD:
			indicator->per = meso_param_fixed_required(params, "per");
			indicator->of_value = meso_param_choice(params, "of", of, 0) == 1;
			if (indicator->per < 0)
				meso_param_error(params, "per", "must not be negative");
			break;
		case SCORING_RATIO_BAND:
			read_bands(params, indicator);
			break;
		case SCORING_LINEAR:
			indicator->worst = meso_param_fixed_required(params, "worst");
			indicator->best = meso_param_fixed_required(params, "best");
			break;
		case SCORING_PEER_PERCENTILE:
			indicator->low_is_better = meso_param_choice(params, "better", better, -1) == 1;
			indicator->worst = meso_param_given(params, "worst") ?
				meso_param_fixed(params, "worst") : 0;
			indicator->best = meso_param_given(params, "best") ?
				meso_param_fixed(params, "best") : FIXED_ONE;
			indicator->min_peers = meso_param_int(params, "min_peers");
			if (indicator->min_peers < 0)
				indicator->min_peers = 10;
			break;
		case SCORING_BOOLEAN:
		case SCORING_VETO:
			break;
	}
	meso_params_finish(params);
	if ((indicator->scoring == SCORING_LINEAR || indicator->scoring == SCORING_PEER_PERCENTILE) &&
		indicator->worst == indicator->best)
		meso_param_error(params, "best", "must differ from \"worst\"");
}

/*
 * read_validity: an interval in days, months or years, or "calendar year".
 */
static void
read_validity(const char *owner, const char *text, MesoIndicator *indicator)
{
	Interval   *interval;

	if (text == NULL)
		return;
	if (strcmp(text, "calendar year") == 0)
	{
		indicator->calendar_year = true;
		return;
	}
	interval = DatumGetIntervalP(DirectFunctionCall3(interval_in, CStringGetDatum(text),
													 ObjectIdGetDatum(InvalidOid),
													 Int32GetDatum(-1)));
	if (interval->time != 0 || interval->month < 0 || interval->day < 0 ||
		(interval->month == 0 && interval->day == 0) ||
		interval->month > 12 * 200 || interval->day > 366 * 200)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"validity\" of %s must be days, months or years, or \"calendar year\"",
						owner)));
	indicator->validity = interval;
}

static int
choice(uint64 row, int col, const char *const *names)
{
	char	   *text = meso_cell_text(CurrentMemoryContext, row, col);
	int			i = 0;

	while (strcmp(names[i], text) != 0)
		i++;
	return i;
}

/*
 * aspect_index: the aspect of that code, a new one at the end.
 */
static int
aspect_index(MesoScheme *scheme, char *code)
{
	int			i = 0;

	while (i < scheme->naspects && strcmp(scheme->aspects[i].code, code) != 0)
		i++;
	if (i == scheme->naspects)
	{
		scheme->aspects[i].code = code;
		scheme->aspects[i].cap = NO_FIXED;
		scheme->naspects++;
	}
	return i;
}

static void
load_indicators(MesoScheme *scheme, Datum *key)
{
	static const char *const scorings[] = {"deduct", "add", "ratio_band", "linear",
	"peer_percentile", "boolean", "veto"};
	static const char *const missings[] = {"not_applicable", "zero", "full"};

	load(scheme, "SELECT indicator, aspect, method, missing, weight, cap, validity, params"
		 " FROM meso_audit.scheme_indicator WHERE scheme = $1 AND version = $2"
		 " ORDER BY seq", key);
	scheme->nindicators = (int) SPI_processed;
	scheme->indicators = palloc0(sizeof(MesoIndicator) * Max(SPI_processed, 1));
	scheme->aspects = palloc0(sizeof(MesoAspect) * Max(SPI_processed, 1));
	scheme->by_code = meso_strtab_create(scheme->ctx, 128);
	for (int i = 0; i < scheme->nindicators; i++)
	{
		MesoIndicator *indicator = &scheme->indicators[i];
		char	   *owner;

		indicator->code = meso_cell_text(scheme->ctx, i, 1);
		indicator->aspect = aspect_index(scheme, meso_cell_text(scheme->ctx, i, 2));
		indicator->scoring = choice(i, 3, scorings);
		indicator->missing = choice(i, 4, missings);
		indicator->weight = cell_fixed(i, 5);
		indicator->cap = cell_fixed(i, 6);
		if (indicator->cap == NO_FIXED)
			indicator->cap = indicator->weight;
		owner = psprintf("indicator \"%s\" of scheme \"%s\"", indicator->code, scheme->code);
		read_validity(owner, meso_cell_text(scheme->ctx, i, 7), indicator);
		read_params(meso_params_open_of(owner, meso_cell_jsonb(scheme->ctx, i, 8), NULL),
					indicator);
		meso_strtab_insert(scheme->by_code,
						   meso_str(indicator->code, strlen(indicator->code)))->value = indicator;
	}
}

static void
load_caps(MesoScheme *scheme, Datum *key)
{
	load(scheme, "SELECT aspect, cap FROM meso_audit.scheme_aspect"
		 " WHERE scheme = $1 AND version = $2", key);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char	   *code = meso_cell_text(CurrentMemoryContext, i, 1);

		for (int a = 0; a < scheme->naspects; a++)
		{
			if (strcmp(scheme->aspects[a].code, code) == 0)
				scheme->aspects[a].cap = cell_fixed(i, 2);
		}
	}
}

/*
 * read_grades: bands from the top; each has a lower bound above the next's,
 * the last has none; the veto's grade is one of them.
 */
static void
read_grades(MesoScheme *scheme, Jsonb *bands)
{
	const char *owner = psprintf("scheme \"%s\"", scheme->code);
	bool		ordered = JB_ROOT_IS_ARRAY(bands) && JB_ROOT_COUNT(bands) > 0;
	bool		veto_known = false;

	scheme->grades = palloc0(sizeof(MesoGrade) * (ordered ? JB_ROOT_COUNT(bands) : 1));
	for (uint32 i = 0; ordered && i < JB_ROOT_COUNT(bands); i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(&bands->root, i);
		MesoGrade  *grade = &scheme->grades[scheme->ngrades++];
		MesoParams *params;

		if (element->type != jbvBinary)
		{
			ordered = false;
			break;
		}
		params = meso_params_open_of(owner, JsonbValueToJsonb(element), NULL);
		grade->grade = meso_param_text_required(params, "grade");
		grade->from = meso_param_fixed(params, "from");
		(void) meso_param_text(params, "label_zh", NULL);
		(void) meso_param_text(params, "label_en", NULL);
		meso_params_finish(params);
		veto_known |= strcmp(grade->grade, scheme->veto_grade) == 0;
		ordered &= (grade->from == NO_FIXED) == (i == JB_ROOT_COUNT(bands) - 1) &&
			(i == 0 || grade->from == NO_FIXED || grade->from < grade[-1].from);
	}
	if (!ordered || !veto_known)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bands of scheme \"%s\" are not a scale of grades", scheme->code),
				 errdetail("They are a list from the highest grade down, each with a \"from\" below that of the one before, the last without; the grade of a veto is among them.")));
}

/*
 * compile: a version of a scheme; NULL if there is none.
 */
static MesoScheme *
compile(const char *code, int version)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext, "meso_audit scheme",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(ctx);
	MesoScheme *scheme = palloc0(sizeof(MesoScheme));
	Datum		key[] = {CStringGetTextDatum(code), Int32GetDatum(version)};

	scheme->ctx = ctx;
	load(scheme, "SELECT scheme, subject_type, full_marks, min_score, max_score, normalize,"
		 " appeal_counts, veto_grade, bands FROM meso_audit.scheme"
		 " WHERE scheme = $1 AND version = $2", key);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no version %d of scheme \"%s\"", version, code)));
	scheme->code = meso_cell_text(ctx, 0, 1);
	scheme->version = version;
	scheme->subject_type = meso_cell_text(ctx, 0, 2);
	scheme->full_marks = cell_fixed(0, 3);
	scheme->min_score = cell_fixed(0, 4);
	scheme->max_score = cell_fixed(0, 5);
	scheme->normalize = cell_bool(0, 6);
	scheme->appeal_counts = cell_bool(0, 7);
	scheme->veto_grade = meso_cell_text(ctx, 0, 8);
	read_grades(scheme, meso_cell_jsonb(ctx, 0, 9));
	load_indicators(scheme, key);
	load_caps(scheme, key);
	MemoryContextSwitchTo(old);
	return scheme;
}

/*
 * choose_head: the version in force.
 */
static Head *
choose_head(const char *subject_type, const char *code, DateADT as_of)
{
	for (int i = 0; i < nheads; i++)
	{
		Head	   *head = &heads[i];

		if (DAYS_CONTAIN(head->valid, as_of) &&
			(code ? strcmp(head->code, code) == 0
			 : head->preferred && strcmp(head->subject_type, subject_type) == 0))
			return head;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 code ? errmsg("scheme \"%s\" has no active version for that day", code)
			 : errmsg("there is no preferred scheme for a %s on that day", subject_type),
			 errhint("Schemes are in table meso_audit.scheme.")));
	pg_unreachable();
}

MesoScheme *
meso_scheme(const char *subject_type, const char *code, int version, DateADT as_of)
{
	MesoScheme *scheme = NULL;

	refresh();
	if (code == NULL || version <= 0)
	{
		Head	   *head = choose_head(subject_type, code, as_of);

		code = head->code;
		version = head->version;
	}
	for (int i = 0; i < KEPT_SCHEMES && scheme == NULL; i++)
	{
		if (kept[i] && kept[i]->version == version && strcmp(kept[i]->code, code) == 0)
			scheme = kept[i];
	}
	if (scheme == NULL)
	{
		scheme = compile(code, version);
		MemoryContextSetParent(scheme->ctx, CacheMemoryContext);
		if (kept[next_kept])
			MemoryContextDelete(kept[next_kept]->ctx);
		kept[next_kept] = scheme;
		next_kept = (next_kept + 1) % KEPT_SCHEMES;
	}
	if (strcmp(scheme->subject_type, subject_type) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("scheme \"%s\" rates a %s, not a %s", scheme->code,
						scheme->subject_type, subject_type)));
	return scheme;
}

/*
 * check_scheme(scheme text, version integer): raise 22023 unless it compiles.
 */
Datum
meso_audit_check_scheme(PG_FUNCTION_ARGS)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	(void) compile(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_INT32(1));
	SPI_finish();
	PG_RETURN_VOID();
}
