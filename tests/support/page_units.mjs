// SPDX-License-Identifier: MIT
// The page's pure functions. Lies beside copies of the modules when it is run, by node or in a browser.
import * as f from './format.js';
import * as s from './series.js';

export const wrong = [];

function same(what, got, wanted) {
    if (JSON.stringify(got) !== JSON.stringify(wanted))
        wrong.push(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
}

same('count', [0, 1234567, null, NaN].map(f.count), ['0', '1,234,567', '–', '–']);
same('number', [0, 0.0123, 0.123, 3.4, 12.34, 412.4, 1234.5].map(f.number),
    ['0', '0.012', '0.12', '3.40', '12.3', '412', '1,235']);
same('axis', [0, 0.05, 50, 1250].map(f.axisNumber), ['0', '0.05', '50', '1,250']);
same('duration', [0.25, 412, 1350, 125000, undefined].map(f.duration), ['0.25 ms', '412 ms', '1.35 s', '2 min 05 s', '–']);
same('span', [45, 120, 125, 3720, 7200, 273600].map(f.span),
    ['45 s', '2 min', '2 min 05 s', '1 h 02 min', '2 h', '3 d 04 h']);
same('tick', [0, 45, 725, 3725].map(f.tick), ['0:00', '0:45', '12:05', '1:02:05']);
same('runTime', [0, 90, 5400, 5401, -1].map(f.runTime), ['', '1m30s', '1h30m', '1h30m1s', '']);
same('percent', [[0, 10], [1, 100000], [1, 200], [5, 100], [50, 100], [99999, 100000], [1, 0]].map(([a, b]) => f.percent(a, b)),
    ['0 %', '< 0.01 %', '0.50 %', '5.0 %', '50 %', '> 99.9 %', '–']);
same('bytes', [0, 999, 1500, 81234567].map(f.bytes), ['0 B', '999 B', '1.50 kB', '81.2 MB']);
same('plain', f.plain('a\u202eb\0c\u200bd'), 'a\\u202eb\\u0000c\\u200bd');
same('plain lines', f.plainLines('a\r\n\tb\u2066'), 'a\n\tb\\u2066');
same('cut', [f.cut('abcdef', 4), f.cut('ab\u{1f997}cd', 4), f.cut('abc', 3)], ['abc…', 'ab…', 'abc']);
same('cells', ['a,b', '"', '=1+1', '-1.5', '-x', 'a'].map(f.csvCell), ['"a,b"', '""""', "'=1+1", '-1.5', "'-x", 'a']);

const history = { interval_s: 1, time_s: [1, 2, 3, 4, 5], users: [1, 3, 5, null, 9], p95_ms: [1, 7, null, null, 2] };
const laid = s.layOut([{ number: 1, history: { time_s: [1, 2], users: [5, 6] } }, { number: 2, history }]);
same('axis of runs', laid.x, [-2, -1, -0.5, 1, 2, 3, 4, 5]);
same('column of runs', laid.column('users'), [5, 6, null, 1, 3, 5, null, 9]);
same('no runs', s.layOut([{ number: 1, history: { time_s: [] } }]).x, []);
same('on times', s.onTimes({ p50_ms: [2, 4] }, [1, 2, 3, 4]).p50_ms, [2, 2, 3, 4]);
same('on the same times', s.onTimes({ p50_ms: [2, 4] }, [1, 2]).p50_ms, [2, 4]);
same('nearest', [0, 1.4, 1.6, 9].map((x) => s.nearest([1, 2, 3], x)), [0, 0, 1, 2]);
same('nearest of none', s.nearest([], 1), 0);
same('steps', [s.tickStep(60, 6), s.tickStep(300, 6), s.tickStep(86400, 6)], [10, 60, 14400]);
same('reached', [s.firstReached(history, 'users', 4), s.firstReached(history, 'users', 99)], [3, null]);
same('last and peak', [s.last(history.p95_ms), s.peak(history.p95_ms), s.peak([])], [2, 7, null]);
const rows = [{ n: 2 }, { n: null }, { n: 10 }, { n: 1 }];
same('rising', s.sortRows(rows, (r) => r.n, false).map((r) => r.n), [1, 2, 10, null]);
same('falling', s.sortRows(rows, (r) => r.n, true).map((r) => r.n), [10, 2, 1, null]);
same('words', s.sortRows(['a10', 'a9', 'B1'], (r) => r, false), ['a9', 'a10', 'B1']);

if (globalThis.process?.argv && wrong.length > 0) {
    console.error(wrong.join('\n'));
    process.exitCode = 1;
}
