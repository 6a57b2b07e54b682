// The questions of test/bench/analytics.sql, asked of DuckDB on one thread.
//   node bench.mjs FOLDER-OF-CSV-FILES ROUNDS
// Prints name, CPU seconds (median) and answer as CSV.
import { DuckDBInstance } from '@duckdb/node-api';

const [dir, rounds] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const questions = {
	'peak_window_agg, 24 h a person': `
		SELECT sum(c) FROM (SELECT max(c) AS c, max(s) FROM (
			SELECT psn_no, count(*) OVER w AS c, sum(det_item_fee_sumamt) OVER w AS s FROM line
			WINDOW w AS (PARTITION BY psn_no ORDER BY fee_ocur_time
				RANGE BETWEEN INTERVAL '86399999999 microseconds' PRECEDING AND CURRENT ROW)) w GROUP BY psn_no) q`,
	'mad_agg, an institution': `
		SELECT round(sum(v), 6) FROM (SELECT mad(det_item_fee_sumamt::double) AS v FROM line GROUP BY fixmedins_code) q`,
	'robust_z, an institution': `
		SELECT round(sum(z), 3) FROM (SELECT (det_item_fee_sumamt::double - m) / (1.4826 * d) AS z FROM line JOIN (
			SELECT fixmedins_code, median(det_item_fee_sumamt::double) AS m, mad(det_item_fee_sumamt::double) AS d
			FROM line GROUP BY 1) q USING (fixmedins_code)) q`,
	'benford_agg, two digits': `
		SELECT '{' || string_agg(n, ',' ORDER BY d) || '}' FROM (
			SELECT d, coalesce(n, 0)::varchar AS n FROM (SELECT unnest(range(10, 100)) AS d) r LEFT JOIN (
				SELECT rpad(left(ltrim(replace(abs(det_item_fee_sumamt)::varchar, '.', ''), '0'), 2), 2, '0')::int AS d, count(*) AS n
				FROM line WHERE det_item_fee_sumamt <> 0 GROUP BY 1) q USING (d))`,
	'concurrency_agg, an institution': `
		SELECT sum(v) FROM (SELECT max(level) AS v, sum(lasts) FILTER (WHERE level > 100) FROM (
			SELECT fixmedins_code, sum(step) OVER w AS level, epoch_us(lead(moment) OVER w) - epoch_us(moment) AS lasts FROM (
				SELECT fixmedins_code, begntime AS moment, 1 AS step FROM stay UNION ALL SELECT fixmedins_code, endtime, -1 FROM stay) e
			WINDOW w AS (PARTITION BY fixmedins_code ORDER BY moment, step ROWS UNBOUNDED PRECEDING)) l GROUP BY fixmedins_code) q`,
	'co_visit_agg, pairs on two days': `
		SELECT count(*) FROM (SELECT a.psn_no, b.psn_no, a.fixmedins_code FROM visit a JOIN visit b ON a.fixmedins_code = b.fixmedins_code
			AND a.psn_no < b.psn_no AND b.t BETWEEN a.t - INTERVAL '30 minutes' AND a.t + INTERVAL '30 minutes'
			GROUP BY 1, 2, 3 HAVING count(DISTINCT greatest(a.t, b.t)::date) >= 2) q`,
	'gini_agg, an institution': `
		SELECT round(sum(v), 9) FROM (SELECT sum(x * (2 * i - n - 1)) / max(n) / sum(x) AS v FROM (
			SELECT fixmedins_code, det_item_fee_sumamt::double AS x, row_number() OVER (PARTITION BY fixmedins_code ORDER BY det_item_fee_sumamt) AS i,
				count(*) OVER (PARTITION BY fixmedins_code) AS n FROM line) q GROUP BY fixmedins_code) q`,
	'episode_no, a person': `
		SELECT sum(v) FROM (SELECT sum(opens) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time ROWS UNBOUNDED PRECEDING) AS v FROM (
			SELECT psn_no, fee_ocur_time, CASE WHEN fee_ocur_time <= lag(fee_ocur_time) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time)
				+ INTERVAL '15 days' THEN 0 ELSE 1 END AS opens FROM line) q) r`,
	'stockpile, a person': `
		SELECT round(sum(c - least(0, m)), 2) FROM (
			SELECT c, min(c) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time ROWS UNBOUNDED PRECEDING) AS m FROM (
				SELECT psn_no, fee_ocur_time, coalesce(sum(cnt) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::double
					- (epoch_us(fee_ocur_time) - epoch_us(first_value(fee_ocur_time) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time)))::double / 86400000000 AS c
				FROM line) q) r`,
	'multiset_hash_agg, a visit': `
		SELECT count(DISTINCT v) FROM (SELECT sum(hash(hilist_code, cnt)) AS v FROM line GROUP BY mdtrt_id) q`,
	'minhash_agg, a visit': `
		SELECT count(v) FROM (SELECT list(DISTINCT hilist_code) AS v FROM line GROUP BY mdtrt_id) q`,
};

async function timed(sql) {
	const before = process.cpuUsage();
	const rows = (await connection.runAndReadAll(sql)).getRows();
	const used = process.cpuUsage(before);
	return [(used.user + used.system) / 1e6, rows];
}

function print(name, seconds, answer) {
	console.log([name, seconds, answer ?? ''].map((field) => `"${String(field).replaceAll('"', '""')}"`).join(','));
}

await connection.run('SET threads = 1');
let importing = 0;
for (const table of ['line', 'stay', 'visit'])
	importing += (await timed(`CREATE TABLE ${table} AS FROM read_csv('${dir}/${table}.csv', header = true${table === 'line'
		? ", types = {'det_item_fee_sumamt': 'DECIMAL(16,2)', 'cnt': 'DECIMAL(16,4)', 'psn_no': 'VARCHAR'}" : ''})`))[0];
print('import', importing, '');
for (const [name, sql] of Object.entries(questions)) {
	const taken = [];
	let answer;
	for (let i = 0; i <= rounds; i++) {
		const [seconds, rows] = await timed(sql);
		if (i > 0) taken.push(seconds);
		answer = rows[0][0];
	}
	taken.sort((a, b) => a - b);
	print(name, taken[taken.length >> 1], answer);
}
