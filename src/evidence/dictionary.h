/*-------------------------------------------------------------------------
 *
 * dictionary.h
 *		Dictionaries of the evidence archive.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_DICTIONARY_H
#define MESO_DICTIONARY_H

extern const char meso_dictionary_1[];
extern const int meso_dictionary_1_len;

#endif							/* MESO_DICTIONARY_H */
