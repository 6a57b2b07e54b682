/*-------------------------------------------------------------------------
 *
 * json_out.h
 *		Writing jsonb, value by value.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_JSON_OUT_H
#define MESO_JSON_OUT_H

#include "utils/jsonb.h"

#include "rules/stream.h"

/* A key of the object at work; key is a constant */
extern void meso_json_key(JsonbParseState **state, const char *key);

/* A string as a value or element (token); JSON null for NULL */
extern void meso_json_str(JsonbParseState **state, JsonbIteratorToken token, MesoStr s);
extern void meso_json_cstring(JsonbParseState **state, JsonbIteratorToken token, const char *s);

/* A number as a value; as jsonb has none for NaN and infinity, they are strings */
extern void meso_json_number(JsonbParseState **state, Numeric number);

/* A key with a string */
extern void meso_json_field(JsonbParseState **state, const char *key, MesoStr s);

#endif							/* MESO_JSON_OUT_H */
