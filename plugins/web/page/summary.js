// SPDX-License-Identifier: MIT
// The first page of a report: what a reader wants to know who was not there.

import { axisDuration, bytes, count, cut, dateTime, duration, number, percent, plain, plural, span } from './format.js';
import { el } from './dom.js';
import { Figure, Group } from './figure.js';
import { makeGoalTable, makeVerdict } from './goals.js';
import { clearPatterns, patternPill } from './degradation.js';
import { nameOf, slowest } from './statistics.js';
import { layOut, peak } from './series.js';

export function hostOf(doc) {
    const option = (doc.options ?? []).find((one) => one.name === 'host');
    return doc.run?.host || doc.host || option?.value || '';
}

// What was done and how fast it was answered.
export function story(doc) {
    const total = doc.total ?? {};
    const p = total.response_time?.percentiles_ms ?? {};
    const users = Math.max(peak(doc.history?.users) ?? 0, doc.run?.target_users ?? 0, doc.run?.users ?? 0);
    const host = hostOf(doc);
    const out = [`In ${span(doc.run?.duration_s)}, ${users > 0 ? `up to ${plural(users, 'user')} made` : 'the test made'} ` +
        `${plural(total.requests, 'request')}${host ? ` to ${cut(plain(host), 200)}` : ''}: ` +
        `${number(total.requests_per_s)} per second.`];
    if (total.requests > 0)
        out.push(total.failures > 0 ? `${percent(total.failures, total.requests)} of them failed.` : 'None failed.');
    if (p['50'] !== undefined && p['50'] !== null)
        out.push(`Half were answered within ${duration(p['50'])}, 95 % within ${duration(p['95'])}, ` +
            `99 % within ${duration(p['99'])}.`);
    return out.join(' ');
}

function figure(title, value, note) {
    return el('div', { class: 'tile' }, el('dt', {}, title), el('dd', {}, value, note && el('span', { class: 'hint' }, note)));
}

function tiles(doc) {
    const total = doc.total ?? {};
    const time = total.response_time ?? {};
    const p = time.percentiles_ms ?? {};
    const late = total.corrected?.percentiles_ms?.['99'];
    return el('dl', { class: 'tiles' },
        figure('Requests', count(total.requests), `${number(total.requests_per_s)} per second`),
        figure('Failures', percent(total.failures, total.requests), count(total.failures)),
        figure('Median', duration(p['50']), `average ${duration(time.mean_ms)}`),
        figure('95 %', duration(p['95']), 'were faster'),
        figure('99 %', duration(p['99']), late ? `corrected ${duration(late)}` : null),
        figure('Slowest', duration(time.max_ms), null));
}

function section(title, ...children) {
    return el('section', { class: 'card' }, el('h3', {}, title), children);
}

function miniTable(title, rows, columns) {
    return section(title, el('div', { class: 'scroll' }, el('table', { class: 'data' },
        el('caption', { class: 'unseen' }, title),
        el('thead', {}, el('tr', {}, columns.map(([text], i) => (
            el('th', { scope: 'col', class: i === 0 ? 'text' : 'number' }, text))))),
        el('tbody', {}, rows.map((row) => el('tr', {}, columns.map(([, value], i) => (
            i === 0 ? el('th', { scope: 'row', class: 'text' }, cut(value(row), 200))
                : el('td', { class: 'number' }, value(row))))))))));
}

function pairs(title, list) {
    const rows = list.filter(([, value]) => value !== null && value !== undefined && value !== '');
    return rows.length === 0 ? null : section(title, el('dl', { class: 'pairs' }, rows.map(([name, value]) => (
        el('div', {}, el('dt', {}, cut(plain(name), 100)), el('dd', {}, cut(plain(value), 400)))))));
}

function patterns(doc, page) {
    const clear = clearPatterns(doc);
    if (clear.length === 0)
        return null;
    return section('How the system degraded', clear.slice(0, 5).map((pattern) => el('div', { class: 'brief' },
        el('div', { class: 'card-head' }, el('h4', {}, cut(plain(pattern.title), 300)), patternPill(pattern)),
        el('p', {}, cut(plain(pattern.evidence), 600)))),
    el('button', { type: 'button', class: 'link no-print', on: { click: () => page.tabs.choose('degradation') } },
        'Charts, causes and what helps'));
}

function environment(doc) {
    const e = doc.environment ?? {};
    const ledger = doc.ledger ?? {};
    return [
        pairs('The test', [['Scenario', doc.scenario], ['Host', hostOf(doc)], ['Began', dateTime(doc.run?.start_time)],
            ['Duration', span(doc.run?.duration_s)], ['Workers', doc.workers?.length > 0 ? count(doc.workers.length) : null],
            ['Seed', doc.run?.seed], ['Exit code', doc.run?.exit_code],
            ...(doc.options ?? []).filter((option) => option.name !== 'host').map((option) => [`--${option.name}`, option.value])]),
        pairs('Where it ran', [['Acrida', e.acrida], ['Computer', e.host], ['System', e.os], ['Kernel', e.kernel],
            ['CPU', e.cpu], ['CPUs', e.n_cpus], ['Memory', e.memory_bytes ? bytes(e.memory_bytes) : null]]),
        pairs('Every request accounted for', [['Started', count(ledger.started)], ['Succeeded', count(ledger.succeeded)],
            ['Failed', count(ledger.failed)], ['Cancelled', count(ledger.cancelled)], ['In flight', count(ledger.in_flight)],
            ['Lost', count(ledger.lost)]]),
    ];
}

export function makeSummary(page) {
    const verdict = makeVerdict('h1');
    const goals = makeGoalTable();
    const group = new Group();
    const chart = new Figure(group, {
        title: 'Response times and users', format: duration, axis: axisDuration, second: { format: count }, file: 'summary',
        series: [
            { key: 'p50_ms', label: 'Median', colour: 'line-2' },
            { key: 'p95_ms', label: '95 %', colour: 'line-3' },
            { key: 'users', label: 'Users', colour: 'line-1', axis: 'y2', dash: true },
        ],
    });
    const node = el('div', { class: 'summary' });
    let isMade = false;

    function make(doc) {
        const slow = slowest(doc.entries ?? [], 5);
        const failing = (doc.entries ?? []).filter((row) => row.failures > 0)
            .sort((a, b) => b.failures - a.failures).slice(0, 5);
        const p = (row) => row.response_time?.percentiles_ms ?? {};
        goals.update(doc.goals ?? []);
        node.append(...[
            verdict.node, el('p', { class: 'story' }, story(doc)), tiles(doc),
            doc.goals?.length > 0 && section('Goals', goals.node),
            page.history.runs(false)[0].history.time_s.length > 0 && chart.node,
            patterns(doc, page),
            el('div', { class: 'two' },
                slow.length > 0 && miniTable('The slowest', slow, [['Request', nameOf], ['Median', (row) => duration(p(row)['50'])],
                    ['95 %', (row) => duration(p(row)['95'])], ['99 %', (row) => duration(p(row)['99'])]]),
                failing.length > 0 && miniTable('Where it failed', failing, [['Request', nameOf],
                    ['Failures', (row) => count(row.failures)], ['Of', (row) => count(row.requests)],
                    ['', (row) => percent(row.failures, row.requests)]])),
            el('div', { class: 'three' }, environment(doc)),
        ].filter(Boolean));
        isMade = true;
    }

    return {
        id: 'summary', title: 'Summary', node,
        update(doc) {
            verdict.update(doc);
            if (!isMade)
                make(doc);
        },
        shown() {
            group.set(layOut(page.history.runs(false)));
        },
        paint() {
            chart.refresh();
        },
    };
}
