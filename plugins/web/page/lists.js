// SPDX-License-Identifier: MIT
// Tabs that are a table: failures, exceptions, workers; and the ratio of tasks.

import { bytes, count, dateTime, duration, number, percent, plain, plainLines, cut, span, timeOfDay } from './format.js';
import { el, setHidden, setText } from './dom.js';
import { Table } from './table.js';

export function makeFailures() {
    const table = new Table({
        id: 'failures', caption: 'Failures', empty: 'No failures.', sort: { key: 'count', isDescending: true },
        filterText: (row) => `${row.type} ${row.name} ${row.error}`,
        columns: [
            { key: 'count', title: '# Fails', kind: 'number', value: (row) => row.count, text: (row) => count(row.count) },
            { key: 'type', title: 'Type', kind: 'text', value: (row) => row.type },
            { key: 'name', title: 'Name', kind: 'text', value: (row) => row.name, tip: (row) => row.name },
            { key: 'error', title: 'What went wrong', kind: 'text', value: (row) => row.error, tip: (row) => row.error,
                mark: () => 'wide' },
            { key: 'first', title: 'First seen', kind: 'number', value: (row) => row.first_seen,
                text: (row) => timeOfDay(row.first_seen), tip: (row) => dateTime(row.first_seen) },
            { key: 'last', title: 'Last seen', kind: 'number', value: (row) => row.last_seen,
                text: (row) => timeOfDay(row.last_seen), tip: (row) => dateTime(row.last_seen) },
        ],
    });
    return {
        id: 'failures', title: 'Failures', node: table.node,
        badge: (doc) => doc.total?.failures > 0,
        update: (doc) => table.update(doc.failures ?? []),
    };
}

export function makeExceptions() {
    const list = el('div', { class: 'cards' });
    const empty = el('p', { class: 'empty' }, 'No exceptions.');
    const cards = [];

    function makeCard() {
        const card = {
            count: el('span', { class: 'pill bad' }), title: el('h3'), nodes: el('p', { class: 'hint' }),
            trace: el('pre', { tabindex: '0', 'aria-label': 'Backtrace' }),
        };
        card.node = el('article', { class: 'card' }, el('div', { class: 'card-head' }, card.title, card.count),
            card.nodes, card.trace);
        return card;
    }

    return {
        id: 'exceptions', title: 'Exceptions', node: el('div', {}, empty, list),
        badge: (doc) => doc.exceptions?.length > 0,
        update(doc) {
            const rows = (doc.exceptions ?? []).slice(0, 200);
            setHidden(empty, rows.length > 0);
            while (cards.length < rows.length) {
                cards.push(makeCard());
                list.append(cards[cards.length - 1].node);
            }
            while (cards.length > rows.length)
                cards.pop().node.remove();
            rows.forEach((row, i) => {
                const card = cards[i];
                const nodes = Array.isArray(row.nodes) ? row.nodes.filter(Boolean).join(', ') : row.nodes ?? '';
                setText(card.count, `${count(row.count)} ×`);
                setText(card.title, cut(plain(row.message), 500));
                setText(card.nodes, nodes === '' ? '' : `on ${cut(plain(nodes), 300)}`);
                setText(card.trace, cut(plainLines(row.traceback), 20000));
                setHidden(card.nodes, nodes === '');
                setHidden(card.trace, !row.traceback);
            });
        },
    };
}

const badStates = new Set(['missing', 'failed', 'left']);

export function makeWorkers() {
    const ofNumber = (key, title, help, text = count, more = {}) => ({
        key, title, help, kind: 'number', value: (row) => row[key], text: (row) => text(row[key]), ...more,
    });
    const table = new Table({
        id: 'workers', caption: 'Workers', empty: 'No workers.', hasChoice: true,
        filterText: (row) => `${row.name} ${row.host} ${row.labels} ${row.state}`,
        columns: [
            { key: 'name', title: 'Worker', help: 'Worker', kind: 'text', value: (row) => row.name, tip: (row) => row.name },
            { key: 'state', title: 'State', help: 'State', kind: 'text', value: (row) => row.state,
                mark: (row) => badStates.has(row.state) && 'bad-text' },
            ofNumber('users', '# Users', 'Users now'),
            ofNumber('users_max', 'Most users', 'Most users at once in this run', count, { isOff: true }),
            ofNumber('threads', 'Threads', 'Threads that users run on'),
            ofNumber('cpu_percent', 'CPU %', 'Of all its CPUs', number),
            ofNumber('loop_percent', 'Busiest thread %', 'Of one CPU', number,
                { mark: (row) => row.loop_percent >= 90 && 'bad-text' }),
            ofNumber('memory_bytes', 'Memory', 'Memory, resident', bytes),
            ofNumber('lateness_ms', 'Lateness 99 %', '99 % of its requests were sent at most so late', duration),
            ofNumber('lateness_recent_ms', 'Lateness now', 'The same of the last 10 s', duration),
            ofNumber('silent_s', 'Last seen', 'Since its last word', (s) => `${span(s)} ago`),
            ofNumber('clock_offset_ms', 'Clock offset', 'Of its wall clock to the master’s', duration, { isOff: true }),
            ofNumber('reports', 'Reports', 'Reports taken from it', count, { isOff: true }),
            { key: 'started', title: '# Requests', help: 'Requests started in this run', kind: 'number',
                value: (row) => row.ledger?.started, text: (row) => count(row.ledger?.started) },
            { key: 'failed', title: '# Fails', help: 'Requests failed in this run', kind: 'number',
                value: (row) => row.ledger?.failed, text: (row) => count(row.ledger?.failed) },
            { key: 'host', title: 'Host', help: 'Host', kind: 'text', value: (row) => row.host },
            { key: 'labels', title: 'Labels', help: 'Labels', kind: 'text', value: (row) => row.labels },
        ],
    });
    return {
        id: 'workers', title: 'Workers', node: table.node,
        isThere: (doc) => doc.workers?.length > 0,
        badge: (doc) => doc.workers?.some((worker) => worker.state === 'missing' || worker.state === 'failed'),
        update: (doc) => table.update(doc.workers ?? []),
    };
}

// A tree of tasks: each line with its share of all and a bar.
function ratioTree(groups, depth = 0, out = []) {
    if (depth > 20)
        return out;
    for (const [name, group] of Object.entries(groups ?? {})) {
        out.push({ name, ratio: group.ratio, depth });
        ratioTree(group.tasks, depth + 1, out);
    }
    return out;
}

function ratioTable(title, groups) {
    const rows = ratioTree(groups).slice(0, 1000).map((row) => {
        const name = el('th', { scope: 'row', class: 'text' }, cut(plain(row.name), 200));
        name.style.setProperty('--depth', String(row.depth));
        const bar = el('span', { class: 'bar' });
        bar.style.setProperty('--share', String(Math.max(0, Math.min(1, row.ratio))));
        return el('tr', {}, name, el('td', { class: 'number' }, percent(row.ratio, 1)),
            el('td', { class: 'bar-cell', 'aria-hidden': 'true' }, bar));
    });
    return el('section', { class: 'card' }, el('h3', {}, title), el('div', { class: 'scroll' },
        el('table', { class: 'data tree' }, el('caption', { class: 'unseen' }, title),
            el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'text' }, 'Task'),
                el('th', { scope: 'col', class: 'number' }, 'Share'), el('th', { 'aria-hidden': 'true' }))),
            el('tbody', {}, rows))));
}

export function makeRatio(page) {
    const body = el('div', { class: 'two' });
    let timer = null;
    let shown = '';

    function draw(ratio) {
        const text = JSON.stringify(ratio);
        if (text === shown)
            return;
        shown = text;
        body.replaceChildren(ratioTable('By user type', ratio?.per_class), ratioTable('Of all users', ratio?.total));
    }

    async function ask() {
        try {
            draw(await page.server.json('/tasks'));
        } catch {
            // the banner says that the server is away
        }
    }

    return {
        id: 'ratios', title: 'Ratio', node: body,
        isThere: (doc) => page.mode === 'live' || Boolean(doc.ratio),
        shown() {
            if (page.mode === 'report') {
                draw(page.doc.ratio);
            } else {
                ask();
                clearInterval(timer);
                timer = setInterval(ask, 5000);
            }
        },
        hidden() {
            clearInterval(timer);
        },
    };
}
