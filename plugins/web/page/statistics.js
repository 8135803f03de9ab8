// SPDX-License-Identifier: MIT
// The tab of statistics: Locust's columns and those of the other two clocks; below it the scenario's own numbers.

import { bytes, count, number, percent, plain } from './format.js';
import { el, setHidden, setText } from './dom.js';
import { Table } from './table.js';

const percentiles = ['66', '75', '80', '90', '98', '99.99'];

function clock(key, title, help, value, more = {}) {
    return { key, title, help, kind: 'number', value, text: (row) => number(value(row)), ...more };
}

function statisticsColumns(page) {
    const time = (p, of = 'response_time') => (row) => row[of]?.percentiles_ms?.[p];
    const isLive = page.mode === 'live';
    const average = (row) => (row.requests > 0 ? row.bytes / row.requests : null);
    return [
        {
            key: 'name', title: 'Name', help: 'Name', kind: 'text', value: (row) => row.name, tip: (row) => row.name,
            open: (row) => page.openEndpoint(row), openHelp: 'Show in charts',
        },
        { key: 'type', title: 'Type', help: 'Type', kind: 'text', value: (row) => row.type },
        { key: 'requests', title: '# Requests', help: 'Requests that ended, well or not', kind: 'number',
            value: (row) => row.requests, text: (row) => count(row.requests) },
        { key: 'failures', title: '# Fails', help: 'Requests that failed', kind: 'number', value: (row) => row.failures,
            text: (row) => count(row.failures), mark: (row) => row.failures > 0 && 'bad-text' },
        { key: 'ratio', title: 'Fails %', help: 'Failures, of the requests', kind: 'number', isOff: true,
            value: (row) => (row.requests > 0 ? row.failures / row.requests : null),
            text: (row) => percent(row.failures, row.requests) },
        clock('rps', 'Requests/s', 'Requests per second, the last 10 s', (row) => row.current?.requests_per_s,
            { isOff: !isLive }),
        clock('fps', 'Failures/s', 'Failures per second, the last 10 s', (row) => row.current?.failures_per_s,
            { isOff: !isLive, mark: (row) => row.current?.failures_per_s > 0 && 'bad-text' }),
        clock('total_rps', 'All requests/s', 'Requests per second, over the whole run', (row) => row.requests_per_s,
            { isOff: isLive }),
        clock('total_fps', 'All failures/s', 'Failures per second, over the whole run', (row) => row.failures_per_s,
            { isOff: isLive }),
        clock('p50', 'Median', 'Median response time, ms', time('50')),
        clock('p95', '95 %', '95 % response time, ms', time('95')),
        clock('p99', '99 %', '99 % response time, ms', time('99')),
        clock('p99.9', '99.9 %', '99.9 % response time, ms', time('99.9')),
        ...percentiles.map((p) => clock(`p${p}`, `${p} %`, `${p} % response time, ms`, time(p),
            { isOff: true })),
        clock('average', 'Average', 'Average response time, ms', (row) => row.response_time?.mean_ms),
        clock('min', 'Min', 'Shortest response time, ms', (row) => row.response_time?.min_ms),
        clock('max', 'Max', 'Longest response time, ms', (row) => row.response_time?.max_ms),
        clock('corrected99', 'Corrected 99 %',
            '99 % corrected response time: from when the request was due, ms', time('99', 'corrected')),
        clock('lateness99', 'Lateness 99 %', '99 % lateness: the load generator’s own delay, ms', time('99', 'lateness')),
        { key: 'size', title: 'Size', help: 'Average size of an answer', kind: 'number', value: average,
            text: (row) => bytes(average(row)) },
        { key: 'cancelled', title: '# Cancelled', help: 'In flight when their user was ended', kind: 'number', isOff: true,
            value: (row) => row.cancelled, text: (row) => count(row.cancelled) },
    ].filter((column) => isLive || !['rps', 'fps'].includes(column.key));
}

function metricText(metric) {
    if (metric.kind === 'counter')
        return `${number(metric.sum)}, ${number(metric.per_s)} per second`;
    if (metric.kind === 'gauge')
        return `now ${number(metric.last)}, from ${number(metric.min)} to ${number(metric.max)}`;
    if (metric.kind === 'check')
        return `${percent(metric.count - metric.failures, metric.count)} passed, ${count(metric.failures)} failed`;
    const p = metric.percentiles ?? {};
    const unit = metric.kind === 'tag' ? ' ms' : '';
    return `median ${number(p['50'])}${unit}, 95 % ${number(p['95'])}${unit}, 99 % ${number(p['99'])}${unit}, highest ` +
        `${number(metric.max)}${unit}`;
}

export function makeStatistics(page) {
    const table = new Table({
        id: 'statistics', caption: 'Statistics', columns: statisticsColumns(page), hasChoice: true,
        filterText: (row) => `${row.type} ${row.name}`, empty: 'No requests yet.', hint: 'Times in milliseconds.',
    });
    const metrics = new Table({
        id: 'metrics', caption: 'The scenario’s own numbers', filterText: (row) => `${row.kind} ${row.name}`,
        columns: [
            { key: 'name', title: 'Name', kind: 'text', value: (row) => row.name, tip: (row) => row.name },
            { key: 'kind', title: 'Kind', kind: 'text', value: (row) => row.kind },
            { key: 'count', title: 'Count', kind: 'number', value: (row) => row.count, text: (row) => count(row.count) },
            { key: 'value', title: 'Value', kind: 'text', value: metricText,
                mark: (row) => row.kind === 'check' && row.failures > 0 && 'bad-text' },
        ],
    });
    const left = el('p', { class: 'hint' });
    const own = el('section', { class: 'below' }, el('h3', {}, 'The scenario’s own numbers'), metrics.node);
    return {
        id: 'stats', title: 'Statistics', node: el('div', {}, table.node, left, own),
        update(doc) {
            const entries = doc.entries ?? [];
            table.update(entries, entries.length > 0 ? doc.total : null);
            const missing = (doc.n_entries ?? entries.length) - entries.length;
            setText(left, missing > 0 ? `${count(missing)} more are in the downloads and in the sum.` : '');
            setHidden(left, missing <= 0);
            setHidden(own, !(doc.metrics?.length > 0));
            if (doc.metrics?.length > 0)
                metrics.update(doc.metrics);
        },
    };
}

export function slowest(entries, n) {
    return entries.filter((row) => row.response_time?.percentiles_ms?.['95'] > 0)
        .sort((a, b) => b.response_time.percentiles_ms['95'] - a.response_time.percentiles_ms['95']).slice(0, n);
}

export function nameOf(row) {
    return plain(row.type ? `${row.type} ${row.name}` : row.name);
}
