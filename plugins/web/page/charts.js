// SPDX-License-Identifier: MIT
// The tab of charts: the whole run, or one endpoint of it.

import { axisDuration, axisNumber, count, duration, label, number } from './format.js';
import { el, setHidden, setText } from './dom.js';
import { Figure, Group } from './figure.js';
import { layOut } from './series.js';

const whole = 'whole';

function figures(group) {
    return [
        new Figure(group, {
            title: 'Requests and failures', unit: 'per second', format: number, file: 'requests',
            series: [
                { key: 'requests_per_s', label: 'Requests', colour: 'line-1' },
                { key: 'failures_per_s', label: 'Failures', colour: 'bad' },
            ],
        }),
        new Figure(group, {
            title: 'Response times', format: duration, axis: axisDuration, file: 'response-times',
            series: [
                { key: 'p50_ms', label: 'Median', colour: 'line-2' },
                { key: 'p95_ms', label: '95 %', colour: 'line-3' },
                { key: 'p99_ms', label: '99 %', colour: 'line-4' },
                { key: 'average_ms', label: 'Average', colour: 'line-5', isOff: true },
                { key: 'max_ms', label: 'Highest', colour: 'muted', isOff: true },
            ],
        }),
        new Figure(group, {
            title: 'Users', format: count, file: 'users', second: { format: number },
            series: [
                { key: 'users', label: 'Users', colour: 'line-1' },
                { key: 'target_users', label: 'Wanted', colour: 'muted', dash: true },
                { key: 'open_requests', label: 'Open requests', colour: 'line-5', isOff: true },
                { key: 'arrivals_per_s', label: 'Arrivals per second', colour: 'line-3', axis: 'y2', isOff: true },
            ],
        }),
        new Figure(group, {
            title: 'The load generator itself', format: duration, axis: axisDuration, file: 'generator',
            second: { format: (n) => `${number(n)} %`, axis: (n) => `${axisNumber(n)} %`, most: 100 },
            series: [
                { key: 'lateness_ms', label: 'Lateness', colour: 'line-3' },
                { key: 'cpu_percent', label: 'Busiest thread', colour: 'line-2', axis: 'y2' },
            ],
        }),
    ];
}

export function makeCharts(page) {
    const reset = el('button', { type: 'button', class: 'quiet', on: { click: () => group.zoom(null) } }, 'Reset zoom');
    const group = new Group({ onZoom: (isZoomed) => setHidden(reset, !isZoomed) });
    const charts = figures(group);
    let endpoint = whole;
    let choices = [];
    const select = el('select', { id: 'endpoint', on: { change: () => choose(select.value) } });
    const earlier = el('input', { type: 'checkbox', checked: true, on: { change: () => draw() } });
    const earlierLabel = el('label', { class: 'check' }, earlier, 'Earlier runs');
    const note = el('p', { class: 'hint', role: 'status' });
    const empty = el('p', { class: 'empty' }, 'No measurements yet: they come a second after a run has begun.');
    const grid = el('div', { class: 'charts' }, charts.map((figure) => figure.node));
    const node = el('div', {},
        el('div', { class: 'tools' }, el('label', { for: 'endpoint' }, 'Endpoint'), select, earlierLabel, reset,
            el('span', { class: 'spring' }),
            el('span', { class: 'hint keys' }, 'Drag to zoom, double-click to go back. Keys: ← → + − Esc')),
        note, empty, grid);
    setHidden(reset, true);

    const keyOf = (entry) => JSON.stringify([entry.type, entry.name]);

    function choose(key) {
        endpoint = key;
        const entry = choices.find((one) => keyOf(one) === key);
        page.history.follow(entry ? { type: entry.type, name: entry.name } : null);
        draw();
    }

    // The list changes with the endpoints, not with their numbers.
    function offer(all) {
        const entries = page.mode === 'live' ? all : all.filter((entry) => entry.history);
        const isSame = entries.length === choices.length && entries.every((entry, i) => (
            entry.type === choices[i].type && entry.name === choices[i].name));
        choices = entries;
        if (isSame && select.children.length > 0)
            return;
        select.replaceChildren(el('option', { value: whole }, 'All of them'),
            ...entries.map((entry) => el('option', { value: keyOf(entry) }, label(entry.type, entry.name))));
        select.value = endpoint;
        if (select.selectedIndex < 0)
            choose(select.value = whole);
    }

    function draw() {
        const runs = page.history.runs(earlier.checked);
        setHidden(earlierLabel, !page.history.hasEarlier());
        const hasAny = runs.some((run) => run.history.time_s.length > 0);
        setHidden(empty, hasAny);
        setHidden(grid, !hasAny);
        setText(note, endpoint === whole ? ''
            : 'Rates and times are those of the endpoint; users and the generator are those of the whole run.');
        setHidden(note, endpoint === whole);
        if (!hasAny)
            return;
        const laid = layOut(runs);
        group.set(laid);
        if (endpoint !== whole) {
            const mine = layOut(runs.map((run) => ({
                number: run.number, history: { ...page.history.ofEndpoint(run), time_s: run.history.time_s },
            })));
            for (const figure of charts.slice(0, 2)) {
                const columns = {};
                for (const one of figure.series)
                    columns[one.key] = mine.column(one.key);
                figure.setColumns(columns);
            }
        }
    }

    return {
        id: 'charts', title: 'Charts', node,
        update(doc) {
            offer(doc.entries ?? []);
        },
        points() {
            draw();
        },
        shown() {
            draw();
        },
        paint() {
            for (const figure of charts)
                figure.refresh();
        },
        // Another tab asks for an endpoint.
        show(entry) {
            offer(page.doc?.entries ?? []);
            select.value = keyOf(entry);
            choose(select.selectedIndex < 0 ? whole : keyOf(entry));
        },
    };
}
