/*-------------------------------------------------------------------------
 *
 * icu.c
 *		What the library takes from ICU, as code points.
 *
 * ICU's transliterators cost microseconds a character and tens of
 * milliseconds to open.  Those used here look at one character at a time, so
 * what they make of each is kept for the life of the backend, in pages that
 * are filled when first asked for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>
#include <unicode/uversion.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "text/icu.h"

/* a name is short; more than that is refused before ICU sees it */
#define MAX_NAME_BYTES	(1024 * 1024)

#define PAGE_BITS		8
#define PAGE_SIZE		(1 << PAGE_BITS)
/* Han characters stand in planes 0 to 3 */
#define PAGES			(0x40000 >> PAGE_BITS)

/* longest syllable: zhuang, with room for a tone mark that ICU leaves */
#define SYLLABLE_BYTES	16

typedef struct Syllable
{
	char text[	SYLLABLE_BYTES];
} Syllable;

PG_FUNCTION_INFO_V1(meso_icu_version);
PG_FUNCTION_INFO_V1(meso_unicode_version);

static uint32 *simplified_page[PAGES];
static Syllable *pinyin_page[PAGES];

/*
 * icu_error: an error of ICU as one of the server.
 */
static void
icu_error(const char *what, UErrorCode status)
{
	ereport(ERROR,
			(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
			 errmsg("ICU could not %s: %s", what, u_errorName(status)),
			 errhint("The full data of ICU must be installed.")));
}

/*
 * utf16_from_text: a text as UTF-16, allocated in the current memory context.
 */
static UChar *
utf16_from_text(const text *t, int32_t *len)
{
	int			bytes = (int) VARSIZE_ANY_EXHDR(t);
	UErrorCode	status = U_ZERO_ERROR;
	UChar	   *result;

	if (bytes > MAX_NAME_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a name must not be longer than %d bytes", MAX_NAME_BYTES)));
	result = (UChar *) palloc((bytes + 1) * sizeof(UChar));
	u_strFromUTF8(result, bytes + 1, len, VARDATA_ANY(t), bytes, &status);
	if (U_FAILURE(status))
		icu_error("read a text", status);
	return result;
}

/*
 * chars_from_utf16: as code points, in the current memory context.
 */
static MesoChars
chars_from_utf16(const UChar *source, int32_t len)
{
	MesoChars	chars;

	chars.data = (uint32 *) palloc((len + 1) * sizeof(uint32));
	chars.len = 0;
	for (int32_t i = 0; i < len;)
	{
		UChar32		c;

		U16_NEXT(source, i, len, c);
		chars.data[chars.len++] = (uint32) c;
	}
	return chars;
}

/*
 * meso_chars_from_text: the text as it is.
 */
MesoChars
meso_chars_from_text(const text *t)
{
	int32_t		len;
	UChar	   *source = utf16_from_text(t, &len);

	return chars_from_utf16(source, len);
}

/*
 * meso_chars_folded: the text under NFKC_Casefold (Unicode, chapter 3.13):
 * compatibility forms, full and half width and case are gone.
 */
MesoChars
meso_chars_folded(const text *t)
{
	UErrorCode	status = U_ZERO_ERROR;
	const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);
	int32_t		len;
	UChar	   *source = utf16_from_text(t, &len);
	int32_t		room = len + 32;
	UChar	   *folded;
	int32_t		used;

	if (U_FAILURE(status))
		icu_error("open NFKC_Casefold", status);
	folded = (UChar *) palloc(room * sizeof(UChar));
	used = unorm2_normalize(form, source, len, folded, room, &status);
	if (status == U_BUFFER_OVERFLOW_ERROR)
	{
		status = U_ZERO_ERROR;
		room = used;
		folded = (UChar *) palloc(room * sizeof(UChar));
		used = unorm2_normalize(form, source, len, folded, room, &status);
	}
	if (U_FAILURE(status))
		icu_error("normalize a text", status);
	return chars_from_utf16(folded, used);
}

/*
 * meso_chars_to_text: in the current memory context.
 */
text *
meso_chars_to_text(const MesoChars *chars)
{
	text	   *result = (text *) palloc(VARHDRSZ + (Size) chars->len * 4);
	unsigned char *p = (unsigned char *) VARDATA(result);

	for (int i = 0; i < chars->len; i++)
	{
		unicode_to_utf8((pg_wchar) chars->data[i], p);
		p += pg_utf_mblen(p);
	}
	SET_VARSIZE(result, (char *) p - (char *) result);
	return result;
}

/*
 * open_transliterator: by its name; stays open for the life of the backend.
 */
static UTransliterator *
open_transliterator(const char *name)
{
	UErrorCode	status = U_ZERO_ERROR;
	UChar		id[64];
	UTransliterator *result;

	u_uastrcpy(id, name);
	result = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status))
		icu_error(name, status);
	return result;
}

/*
 * transliterate: one code point into at most room UTF-16 units; how many.
 */
static int32_t
transliterate(const UTransliterator *transliterator, uint32 c, UChar *result, int32_t room)
{
	UErrorCode	status = U_ZERO_ERROR;
	int32_t		len = 0;
	int32_t		limit;

	U16_APPEND_UNSAFE(result, len, c);
	limit = len;
	utrans_transUChars(transliterator, result, &len, room, 0, &limit, &status);
	if (U_FAILURE(status))
		icu_error("transliterate a character", status);
	return len;
}

/*
 * meso_simplified: a traditional character's simplified form, else itself.
 */
uint32
meso_simplified(uint32 c)
{
	static UTransliterator *transliterator = NULL;
	uint32	   *page;

	if (c >= PAGES * PAGE_SIZE || !meso_is_han(c))
		return c;
	if (simplified_page[c >> PAGE_BITS] == NULL)
		simplified_page[c >> PAGE_BITS] =
			MemoryContextAllocZero(TopMemoryContext, PAGE_SIZE * sizeof(uint32));
	page = simplified_page[c >> PAGE_BITS];
	if (page[c % PAGE_SIZE] == 0)
	{
		UChar		buffer[16];
		int32_t		len;
		int32_t		at = 0;
		UChar32		simple;

		if (transliterator == NULL)
			transliterator = open_transliterator("Traditional-Simplified");
		len = transliterate(transliterator, c, buffer, lengthof(buffer));
		U16_NEXT(buffer, at, len, simple);
		page[c % PAGE_SIZE] = at == len ? (uint32) simple : c;
	}
	return page[c % PAGE_SIZE];
}

/*
 * meso_pinyin_of: the syllable of a Han character in lower-case ASCII without
 * tone; NULL for what has none.
 */
const char *
meso_pinyin_of(uint32 c)
{
	static UTransliterator *transliterator = NULL;
	Syllable   *page;
	char	   *syllable;

	if (c >= PAGES * PAGE_SIZE || !meso_is_han(c))
		return NULL;
	if (pinyin_page[c >> PAGE_BITS] == NULL)
		pinyin_page[c >> PAGE_BITS] =
			MemoryContextAllocZero(TopMemoryContext, PAGE_SIZE * sizeof(Syllable));
	page = pinyin_page[c >> PAGE_BITS];
	syllable = page[c % PAGE_SIZE].text;
	if (syllable[0] == '\0')
	{
		UChar		buffer[64];
		int32_t		len;
		int			n = 0;

		if (transliterator == NULL)
			transliterator = open_transliterator("Han-Latin; Latin-ASCII; Lower");
		len = transliterate(transliterator, c, buffer, lengthof(buffer));
		for (int32_t i = 0; i < len && n < SYLLABLE_BYTES - 1; i++)
			if (buffer[i] >= 'a' && buffer[i] <= 'z')
				syllable[n++] = (char) buffer[i];
		if (n == 0)
			syllable[n++] = '-';
		syllable[n] = '\0';
	}
	return syllable[0] == '-' ? NULL : syllable;
}

bool
meso_is_han(uint32 c)
{
	return c >= 0x2E80 && u_hasBinaryProperty((UChar32) c, UCHAR_IDEOGRAPHIC);
}

bool
meso_is_space(uint32 c)
{
	return u_isUWhiteSpace((UChar32) c);
}

bool
meso_is_letter(uint32 c)
{
	return u_isUAlphabetic((UChar32) c);
}

/*
 * meso_is_punctuation: punctuation, separators and control characters.
 */
bool
meso_is_punctuation(uint32 c)
{
	return (U_MASK(u_charType((UChar32) c)) &
			(U_GC_P_MASK | U_GC_Z_MASK | U_GC_CC_MASK | U_GC_CF_MASK)) != 0;
}

/*
 * meso_icu_version() returns text: of the ICU library that is loaded.
 */
Datum
meso_icu_version(PG_FUNCTION_ARGS)
{
	UVersionInfo version;
	char text[	U_MAX_VERSION_STRING_LENGTH];

	u_getVersion(version);
	u_versionToString(version, text);
	PG_RETURN_TEXT_P(cstring_to_text(text));
}

/*
 * meso_unicode_version() returns text: of that library's character data.
 */
Datum
meso_unicode_version(PG_FUNCTION_ARGS)
{
	UVersionInfo version;
	char text[	U_MAX_VERSION_STRING_LENGTH];

	u_getUnicodeVersion(version);
	u_versionToString(version, text);
	PG_RETURN_TEXT_P(cstring_to_text(text));
}
