"""read.py CONNINFO VIEW: names, types and comments of a view's columns, then its first row, as psycopg tells them."""
import sys

import psycopg

with psycopg.connect(sys.argv[1]) as connection:
    rows = connection.execute(
        "SELECT a.attname, format_type(a.atttypid, NULL), col_description(a.attrelid, a.attnum) FROM pg_attribute a"
        " WHERE a.attrelid = %s::regclass AND a.attnum > 0 ORDER BY a.attnum", (f'bi_zh."{sys.argv[2]}"',))
    for row in rows:
        print("\t".join(row))
    cursor = connection.execute(f'SELECT * FROM bi_zh."{sys.argv[2]}" ORDER BY 1 LIMIT 1')
    names = [column.name for column in cursor.description]
    row = dict(zip(names, cursor.fetchone()))
    print("row", row["主体编码"], row["得分"], row["等级"], sep="\t")
