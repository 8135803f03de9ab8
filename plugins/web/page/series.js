// SPDX-License-Identifier: MIT
// Histories: columns of equal length. Pure.

import { isNumber } from './format.js';

export const columns = ['users', 'target_users', 'arrivals_per_s', 'requests_per_s', 'failures_per_s', 'average_ms',
    'p50_ms', 'p95_ms', 'p99_ms', 'max_ms', 'open_requests', 'lateness_ms', 'cpu_percent'];

export function length(history) {
    return history?.time_s?.length ?? 0;
}

// The last number of a column.
export function last(values) {
    for (let i = (values?.length ?? 0) - 1; i >= 0; i--)
        if (isNumber(values[i]))
            return values[i];
    return null;
}

export function peak(values) {
    let most = null;
    for (const value of values ?? [])
        if (isNumber(value) && (most === null || value > most))
            most = value;
    return most;
}

// A history that may have fewer points, on the times of another: each of its points where it ends.
export function onTimes(history, times) {
    const names = columns.filter((name) => Array.isArray(history[name]));
    const n = names.length > 0 ? history[names[0]].length : 0;
    if (n === times.length || n === 0)
        return { ...history, time_s: times };
    const own = history.time_s ?? Array.from({ length: n }, (_, i) => times[Math.min(times.length,
        (i + 1) * Math.ceil(times.length / n)) - 1]);
    const out = { time_s: times };
    for (const name of names)
        out[name] = new Array(times.length).fill(null);
    // What lies between two points is on the line from one to the other.
    for (let i = 0, k = 0; i < times.length; i++) {
        while (k < n - 1 && own[k] < times[i])
            k++;
        const from = Math.max(0, k - 1);
        const part = own[k] > own[from] ? Math.min(1, Math.max(0, (times[i] - own[from]) / (own[k] - own[from]))) : 1;
        for (const name of names) {
            const [a, b] = [history[name][from], history[name][k]];
            out[name][i] = isNumber(a) && isNumber(b) ? a + (b - a) * part : null;
        }
    }
    return out;
}

// Runs one after another on one axis: the last begins at 0, those before it below. runs: [{ number, history }].
// Returns { x, runs: [{ number, from, start, end }], column(name) }.
export function layOut(runs) {
    const placed = [];
    let start = 0;
    const whole = runs.reduce((sum, run) => sum + (last(run.history.time_s) ?? 0), 0);
    const gap = runs.length > 1 ? Math.max(1, whole * 0.02) : 0;
    for (let i = runs.length - 1; i >= 0; i--) {
        const long = last(runs[i].history.time_s) ?? 0;
        if (i < runs.length - 1)
            start -= long + gap;
        placed.unshift({ number: runs[i].number, history: runs[i].history, start, end: start + long });
    }
    const x = [];
    for (const run of placed) {
        if (x.length > 0)
            x.push(run.start - gap / 2);
        run.from = x.length;
        for (const time of run.history.time_s)
            x.push(run.start + time);
    }
    const column = (name) => {
        const values = [];
        for (const run of placed) {
            if (values.length > 0 || run.from > 0)
                values.push(null);
            const from = run.history[name] ?? [];
            for (let i = 0; i < run.history.time_s.length; i++)
                values.push(isNumber(from[i]) ? from[i] : null);
        }
        return values;
    };
    return { x, runs: placed, column };
}

// The index of the value that is nearest; values rise.
export function nearest(values, wanted) {
    let low = 0;
    let high = values.length - 1;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (values[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && wanted - values[low - 1] < values[low] - wanted ? low - 1 : low;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

// A distance of ticks that a person counts in.
export function tickStep(seconds, most) {
    return steps.find((step) => seconds / step <= most) ?? Math.ceil(seconds / most / 86400) * 86400;
}

// When a column first reaches a value, from a time on.
export function firstReached(history, name, value, from = 0) {
    const values = history?.[name] ?? [];
    for (let i = 0; i < values.length; i++)
        if (history.time_s[i] >= from && isNumber(values[i]) && values[i] >= value)
            return history.time_s[i];
    return null;
}

const collate = new Intl.Collator('en', { numeric: true });

// Sort without moving what is equal; what has no value goes last in either direction.
export function sortRows(rows, value, descending) {
    const sign = descending ? -1 : 1;
    const absent = (v) => v === null || v === undefined || Number.isNaN(v);
    return rows.map((row) => [value(row), row]).sort(([a], [b]) => {
        if (absent(a) || absent(b))
            return absent(a) - absent(b);
        return sign * (typeof a === 'string' ? collate.compare(a, b) : a - b);
    }).map(([, row]) => row);
}
