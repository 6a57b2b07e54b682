/*-------------------------------------------------------------------------
 *
 * name.c
 *		Names of drugs, services and institutions, made comparable.
 *
 * Three forms, each made from the one before:
 *
 *	normalized	NFKC_Casefold, traditional to simplified, numerals to digits,
 *				without punctuation and spaces
 *	core		without what stands in brackets, dosage form and route
 *	substance	without the acid or base of a salt
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "text/name.h"

/* the Chinese words: kept apart, as tools that lay out C spoil them */
#include "text/name_words.inc"

PG_FUNCTION_INFO_V1(meso_normalize_name);
PG_FUNCTION_INFO_V1(meso_pinyin);

/* what must be left of a name when a word is taken off */
#define LEAST_REST		2

/* a list of words as code points, decoded when first used */
typedef struct WordList
{
	const char *const *words;
	MesoChars  *decoded;
	int			n;
} WordList;

static WordList forms = {form_words};
static WordList routes = {route_words};
static WordList acids = {acid_words};
static WordList bases = {base_words};

static inline bool
is_digit(uint32 c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_latin(uint32 c)
{
	return c >= 'a' && c <= 'z';
}

/*
 * char_at: 0 outside of the name.
 */
static inline uint32
char_at(const MesoChars *name, int i)
{
	return i >= 0 && i < name->len ? name->data[i] : 0;
}

/*
 * next_char: a code point out of UTF-8 that this file wrote itself.
 */
static uint32
next_char(const char **p)
{
	const unsigned char *s = (const unsigned char *) *p;

	*p += pg_utf_mblen(s);
	return (uint32) utf8_to_unicode(s);
}

/*
 * word_at: does the word stand at place "at"?
 */
static inline bool
word_at(const MesoChars *name, int at, const MesoChars *word)
{
	return at >= 0 && at + word->len <= name->len &&
		memcmp(name->data + at, word->data, word->len * sizeof(uint32)) == 0;
}

/*
 * decode: the words of the list, for the life of the backend.
 */
static void
decode(WordList *list)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	MesoChars  *decoded;
	int			n = 0;

	while (list->words[n] != NULL)
		n++;
	decoded = (MesoChars *) palloc(n * sizeof(MesoChars));
	for (int i = 0; i < n; i++)
	{
		const char *p = list->words[i];

		decoded[i].data = (uint32 *) palloc(strlen(p) * sizeof(uint32));
		for (decoded[i].len = 0; *p != '\0';)
			decoded[i].data[decoded[i].len++] = next_char(&p);
	}
	MemoryContextSwitchTo(old);
	list->n = n;
	list->decoded = decoded;
}

/*
 * char_in: is the code point one of a string's?
 */
static bool
char_in(uint32 c, const char *set)
{
	while (*set != '\0')
		if (next_char(&set) == c)
			return true;
	return false;
}

/*
 * empty_copy: a name of no characters with room for n.
 */
static MesoChars
empty_copy(int n)
{
	MesoChars	chars;

	chars.data = (uint32 *) palloc((n + 1) * sizeof(uint32));
	chars.len = 0;
	return chars;
}

static inline void
append_char(MesoChars *to, uint32 c)
{
	to->data[to->len++] = c;
}

/*
 * append_number: in decimal digits, at most eight.
 */
static void
append_number(MesoChars *to, uint32 value)
{
	char		digits[16];
	int			n = pg_ultoa_n(value, digits);

	for (int i = 0; i < n; i++)
		append_char(to, (uint32) digits[i]);
}

/*
 * roman_signs: the characters U+2160 to U+217B (one to twelve) as digits, as
 * folding would make letters of them.
 */
static const text *
roman_signs(const text *name)
{
	MesoChars	from = meso_chars_from_text(name);
	MesoChars	to = empty_copy(2 * from.len);
	bool		found = false;

	for (int i = 0; i < from.len; i++)
	{
		uint32		c = from.data[i];

		if (c < 0x2160 || c > 0x217B || (c & 0xF) > 0xB)
			append_char(&to, c);
		else
		{
			append_number(&to, (c & 0xF) + 1);
			found = true;
		}
	}
	return found ? meso_chars_to_text(&to) : name;
}

/*
 * roman_value: of a run of the letters i, v and x; 0 unless it is a number as
 * the Romans wrote it, up to 39.  A lone x is a letter.
 */
static uint32
roman_value(const MesoChars *name, int from, int to)
{
	static const char *const units[] = {"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"};
	uint32		tens = 0;
	int			at = from;

	if (to - from == 1 && name->data[from] == 'x')
		return 0;
	while (tens < 3 && at < to && name->data[at] == 'x')
	{
		tens++;
		at++;
	}
	for (uint32 unit = 0; unit < lengthof(units); unit++)
	{
		int			i = 0;

		while (at + i < to && units[unit][i] != '\0' &&
			   name->data[at + i] == (uint32) units[unit][i])
			i++;
		if (at + i == to && units[unit][i] == '\0')
			return tens * 10 + unit;
	}
	return 0;
}

/*
 * han_digit: 0 to 9; 10, 100, 1000, 10000 for the units; -1 for others.
 */
static int
han_digit(uint32 c)
{
	switch (c)
	{
		case 0x3007:			/* zero, round */
			return 0;
		case 0x96F6:			/* zero */
			return 0;
		case 0x4E00:			/* one */
			return 1;
		case 0x4E8C:			/* two */
			return 2;
		case 0x4E09:			/* three */
			return 3;
		case 0x56DB:			/* four */
			return 4;
		case 0x4E94:			/* five */
			return 5;
		case 0x516D:			/* six */
			return 6;
		case 0x4E03:			/* seven */
			return 7;
		case 0x516B:			/* eight */
			return 8;
		case 0x4E5D:			/* nine */
			return 9;
		case 0x5341:			/* ten */
			return 10;
		case 0x767E:			/* hundred */
			return 100;
		case 0x5343:			/* thousand */
			return 1000;
		case 0x4E07:			/* ten thousand */
			return 10000;
		default:
			return -1;
	}
}

/*
 * han_value: of a run of Chinese numerals, up to 99999999; -1 for what is not
 * one number.  Digits in a row are a number only from four on, as in years: a
 * herb is called "three seven".
 */
static int64
han_value(const MesoChars *name, int from, int to)
{
	int64		total = 0;
	int64		section = 0;	/* below ten thousand */
	int64		digit = -1;
	int64		last_unit = 100000;
	bool		plain = true;

	for (int i = from; i < to; i++)
		plain = plain && han_digit(name->data[i]) < 10;
	if (plain && to - from > 1 && (to - from < 4 || to - from > 8))
		return -1;
	for (int i = from; i < to; i++)
	{
		int			d = han_digit(name->data[i]);

		if (plain)
			total = total * 10 + d;
		else if (d < 10)
		{
			if (digit > 0)
				return -1;
			digit = d;
		}
		else if (d == 10000)
		{
			section += Max(digit, 0);
			if (total > 0 || section == 0)
				return -1;
			total = section * 10000;
			section = 0;
			digit = -1;
			last_unit = 100000;
		}
		else
		{
			if (d >= last_unit || (digit <= 0 && d != 10))
				return -1;
			section += (digit > 0 ? digit : 1) * d;
			digit = -1;
			last_unit = d;
		}
	}
	return plain ? total : total + section + Max(digit, 0);
}

/*
 * numeral_run: end of the run of Chinese numerals that begins at i.
 */
static int
numeral_run(const MesoChars *name, int i)
{
	while (i < name->len && han_digit(name->data[i]) >= 0)
		i++;
	return i;
}

/*
 * stands_alone: is the run not a part of a Chinese word?
 */
static bool
stands_alone(const MesoChars *name, int from, int to)
{
	uint32		before = char_at(name, from - 1);
	uint32		after = char_at(name, to);
	bool		classified = after != 0 && char_in(after, classifiers);

	return (classified || !meso_is_han(after)) &&
		(classified || !meso_is_han(before) || char_in(before, ordinal_mark));
}

/*
 * numerals_to_digits: Roman and Chinese numerals that stand alone.
 */
static MesoChars
numerals_to_digits(const MesoChars *name)
{
	MesoChars	to = empty_copy(3 * name->len + 8);

	for (int i = 0; i < name->len;)
	{
		int			end = i;
		int64		value = 0;

		if (is_latin(name->data[i]) || is_digit(name->data[i]))
		{
			while (is_latin(char_at(name, end)) || is_digit(char_at(name, end)))
				end++;
			value = roman_value(name, i, end);
		}
		else if (han_digit(name->data[i]) >= 0)
		{
			end = numeral_run(name, i);
			value = stands_alone(name, i, end) ? han_value(name, i, end) : -1;
			value = value < 0 ? 0 : value;
		}
		if (value > 0)
			append_number(&to, (uint32) value);
		else
			do
				append_char(&to, name->data[i++]);
			while (i < end);
		i = Max(i, end);
	}
	return to;
}

/*
 * without_punctuation: what stands between two digits (0.9, 4:1, 5/10, 2-4)
 * and a per cent sign after one are kept.
 */
static MesoChars
without_punctuation(const MesoChars *name)
{
	MesoChars	to = empty_copy(name->len);

	for (int i = 0; i < name->len; i++)
	{
		uint32		c = name->data[i];
		bool		after_digit = is_digit(char_at(name, i - 1));
		bool		keep = !meso_is_punctuation(c) && !meso_is_space(c);

		if (c == '.' || c == ':' || c == '/' || c == '-')
			keep = after_digit && is_digit(char_at(name, i + 1));
		else if (c == '%')
			keep = after_digit;
		if (keep)
			append_char(&to, c);
	}
	return to;
}

static inline bool
is_opening(uint32 c)
{
	return c == '(' || c == '[' || c == '{' || c == 0x3010 || c == 0x3014;
}

static inline bool
is_closing(uint32 c)
{
	return c == ')' || c == ']' || c == '}' || c == 0x3011 || c == 0x3015;
}

/*
 * without_brackets: outside of all brackets, unless too little is left.
 */
static MesoChars
without_brackets(const MesoChars *name)
{
	MesoChars	to = empty_copy(name->len);
	int			depth = 0;
	int			balance = 0;

	for (int i = 0; i < name->len; i++)
	{
		uint32		c = name->data[i];

		if (is_opening(c))
		{
			depth++;
			balance++;
		}
		else if (is_closing(c))
		{
			balance--;
			depth = Max(depth - 1, 0);
		}
		else if (depth == 0)
			append_char(&to, c);
	}
	return balance == 0 && to.len >= LEAST_REST ? to : *name;
}

/*
 * folded: case, width, compatibility forms and traditional characters gone.
 */
static MesoChars
folded(const text *name)
{
	MesoChars	chars = meso_chars_folded(roman_signs(name));

	for (int i = 0; i < chars.len; i++)
		chars.data[i] = meso_simplified(chars.data[i]);
	return chars;
}

/*
 * meso_name_normalized: the normalized form.
 */
MesoChars
meso_name_normalized(const text *name)
{
	MesoChars	chars = folded(name);

	chars = numerals_to_digits(&chars);
	return without_punctuation(&chars);
}

/*
 * longest_word: length of the longest word of the list that begins, or ends,
 * the name and leaves enough of it; 0 if none does.
 */
static int
longest_word(const MesoChars *name, WordList *list, bool at_end)
{
	int			longest = 0;

	if (list->decoded == NULL)
		decode(list);
	for (int i = 0; i < list->n; i++)
	{
		const MesoChars *word = &list->decoded[i];

		if (word->len > longest && name->len - word->len >= LEAST_REST &&
			word_at(name, at_end ? name->len - word->len : 0, word))
			longest = word->len;
	}
	return longest;
}

static bool
strip_start(MesoChars *name, WordList *list)
{
	int			len = longest_word(name, list, false);

	name->data += len;
	name->len -= len;
	return len > 0;
}

static bool
strip_end(MesoChars *name, WordList *list)
{
	int			len = longest_word(name, list, true);

	name->len -= len;
	return len > 0;
}

/*
 * meso_name_core: the core of a name.
 */
MesoChars
meso_name_core(const text *name)
{
	MesoChars	chars = folded(name);

	chars = without_brackets(&chars);
	chars = numerals_to_digits(&chars);
	chars = without_punctuation(&chars);
	while (strip_start(&chars, &routes))
		;
	while (strip_end(&chars, &forms))
		;
	return chars;
}

/*
 * meso_name_substance: a core without acid or base; shares its memory.
 */
MesoChars
meso_name_substance(const MesoChars *core)
{
	MesoChars	chars = *core;

	strip_start(&chars, &acids);
	if (chars.len > LEAST_REST + 1)
		strip_end(&chars, &bases);
	return chars;
}

/*
 * meso_normalize_name(text [, core boolean]) returns text.
 */
Datum
meso_normalize_name(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	bool		core = PG_NARGS() > 1 && PG_GETARG_BOOL(1);
	MesoChars	chars = core ? meso_name_core(name) : meso_name_normalized(name);

	PG_RETURN_TEXT_P(meso_chars_to_text(&chars));
}

/*
 * meso_pinyin(text) returns text: syllables without tone, one blank between
 * a syllable and its neighbours; all else folded as it is.
 */
Datum
meso_pinyin(PG_FUNCTION_ARGS)
{
	MesoChars	from = meso_chars_folded(PG_GETARG_TEXT_PP(0));
	MesoChars	to = empty_copy(20 * from.len);
	bool		syllable_before = false;
	bool		joined = false; /* to a letter, not to a mark or a blank */

	for (int i = 0; i < from.len; i++)
	{
		uint32		c = from.data[i];
		const char *syllable = meso_pinyin_of(c);
		bool		mark = syllable == NULL && meso_is_punctuation(c);

		if (meso_is_space(c))
		{
			if (to.len > 0 && to.data[to.len - 1] != ' ')
				append_char(&to, ' ');
			joined = false;
			continue;
		}
		if (joined && !mark && (syllable != NULL || syllable_before))
			append_char(&to, ' ');
		if (syllable == NULL)
			append_char(&to, c);
		else
			for (const char *p = syllable; *p != '\0'; p++)
				append_char(&to, (uint32) *p);
		joined = !mark;
		syllable_before = syllable != NULL;
	}
	if (to.len > 0 && to.data[to.len - 1] == ' ')
		to.len--;
	PG_RETURN_TEXT_P(meso_chars_to_text(&to));
}
