-- The column tables of doc/views.md, from the extension's own tables.
SELECT line FROM (
	SELECT v.view, 0 AS seq, format(E'\n### `%s` %s\n\n%s.\n\n| column | 中文 | meaning |\n|---|---|---|', v.view, v.title_zh, v.title_en) AS line
	FROM meso_audit.bi_view v
	UNION ALL
	SELECT c.view, c.seq, format('| `%s` | %s | %s |', c.name, c.title_zh, c.title_en)
	FROM meso_audit.bi_column c WHERE c.view <> 'wide'
	UNION ALL
	SELECT '~wide', -1, E'\n### `rating_hospital` and the others: columns that all have\n\n| column | 中文 | meaning |\n|---|---|---|'
	UNION ALL
	SELECT '~wide', c.seq, format('| `%s` | %s | %s |', c.name, c.title_zh, c.title_en)
	FROM meso_audit.bi_column c WHERE c.view = 'wide'
	UNION ALL
	SELECT '~~indicators', -1, E'\n### `rating_hospital`: columns of aspects and indicators\n\n| column | 中文 |\n|---|---|'
	UNION ALL
	SELECT '~~indicators', w.seq::integer, format('| `%s` | %s |', w.label_en, w.label_zh)
	FROM meso_audit.wide_columns('hospital') w WHERE w.kind <> 'fixed'
) r
ORDER BY r.view COLLATE "C", r.seq;
