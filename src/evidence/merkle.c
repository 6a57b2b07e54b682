/*-------------------------------------------------------------------------
 *
 * merkle.c
 *		Merkle trees over the digests of log rows, as in RFC 6962 (2.1).
 *
 * A leaf is SHA-256(0x00 || digest), a node SHA-256(0x01 || left || right);
 * of n leaves the left subtree takes the largest power of two below n.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "meso_audit.h"
#include "evidence/digest.h"

PG_FUNCTION_INFO_V1(meso_merkle_root);
PG_FUNCTION_INFO_V1(meso_merkle_path);

/*
 * tree_hash: root of n >= 1 leaves into out. Depth is log2(n).
 */
static void
tree_hash(const uint8 *leaves, uint32 n, uint8 out[MESO_DIGEST_LEN])
{
	uint8		node[1 + 2 * MESO_DIGEST_LEN];

	CHECK_FOR_INTERRUPTS();
	if (n == 1)
	{
		node[0] = 0x00;
		memcpy(node + 1, leaves, MESO_DIGEST_LEN);
		meso_sha256(node, 1 + MESO_DIGEST_LEN, out);
		return;
	}
	else
	{
		uint32		left = (uint32) 1 << pg_leftmost_one_pos32(n - 1);

		node[0] = 0x01;
		tree_hash(leaves, left, node + 1);
		tree_hash(leaves + (Size) left * MESO_DIGEST_LEN, n - left,
				  node + 1 + MESO_DIGEST_LEN);
		meso_sha256(node, sizeof(node), out);
	}
}

/*
 * leaf_count: number of digests in leaves; an error unless at least one and
 * no part of one.
 */
static uint32
leaf_count(const bytea *leaves)
{
	Size		len = VARSIZE_ANY_EXHDR(leaves);

	if (len == 0 || len % MESO_DIGEST_LEN != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("leaves must be one or more digests of %d bytes",
						MESO_DIGEST_LEN),
				 errdetail("Got %zu bytes.", len)));
	return (uint32) (len / MESO_DIGEST_LEN);
}

/*
 * merkle_root(leaves bytea) returns bytea. Strict.
 */
Datum
meso_merkle_root(PG_FUNCTION_ARGS)
{
	bytea	   *leaves = PG_GETARG_BYTEA_PP(0);
	uint32		n = leaf_count(leaves);
	bytea	   *result = palloc(VARHDRSZ + MESO_DIGEST_LEN);

	SET_VARSIZE(result, VARHDRSZ + MESO_DIGEST_LEN);
	tree_hash((uint8 *) VARDATA_ANY(leaves), n, (uint8 *) VARDATA(result));
	PG_RETURN_BYTEA_P(result);
}

/*
 * merkle_path(leaves bytea, n integer) returns bytea[]: the siblings of leaf
 * n (from 0), nearest to the leaf first. Strict.
 */
Datum
meso_merkle_path(PG_FUNCTION_ARGS)
{
	bytea	   *leaves = PG_GETARG_BYTEA_PP(0);
	int32		wanted = PG_GETARG_INT32(1);
	uint32		count = leaf_count(leaves);
	const uint8 *at = (const uint8 *) VARDATA_ANY(leaves);
	uint32		m = (uint32) wanted;
	Datum		path[32];
	int			depth = 0;

	if (wanted < 0 || (uint32) wanted >= count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no leaf %d", wanted),
				 errdetail("The leaves are numbered from 0 to %u.",
						   count - 1)));

	/* from the root down; the path is read from the leaf up */
	while (count > 1)
	{
		uint32		left = (uint32) 1 << pg_leftmost_one_pos32(count - 1);
		bytea	   *sibling = palloc(VARHDRSZ + MESO_DIGEST_LEN);

		SET_VARSIZE(sibling, VARHDRSZ + MESO_DIGEST_LEN);
		if (m < left)
		{
			tree_hash(at + (Size) left * MESO_DIGEST_LEN, count - left,
					  (uint8 *) VARDATA(sibling));
			count = left;
		}
		else
		{
			tree_hash(at, left, (uint8 *) VARDATA(sibling));
			at += (Size) left * MESO_DIGEST_LEN;
			m -= left;
			count -= left;
		}
		path[depth++] = PointerGetDatum(sibling);
	}
	for (int i = 0; i < depth / 2; i++)
	{
		Datum		swap = path[i];

		path[i] = path[depth - 1 - i];
		path[depth - 1 - i] = swap;
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(path, depth, BYTEAOID, -1, false,
										  TYPALIGN_INT));
}
