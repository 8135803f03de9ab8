// SPDX-License-Identifier: MIT
// How the system degraded: each pattern with its evidence, what usually causes it, and a chart that shows it.

import { axisDuration, axisNumber, count, cut, duration, isNumber, label, number, plain, tick } from './format.js';
import { el, setHidden } from './dom.js';
import { colour, Figure, Group } from './figure.js';
import { firstReached, layOut, length } from './series.js';

const words = {
    users: { name: 'users', column: 'users', say: (n) => `${count(n)} users` },
    requests_per_s: { name: 'requests per second', column: 'requests_per_s', say: (n) => `${number(n)} requests/s` },
    arrivals_per_s: { name: 'arrivals per second', column: 'arrivals_per_s', say: (n) => `${number(n)} arrivals/s` },
};

// When it began: the load at which it did, or the time.
function onset(pattern, whole) {
    const { what, value } = pattern.at ?? {};
    if (what === 'time_s' && isNumber(value))
        return { at: value, text: `at ${tick(value)}` };
    if (words[what] && isNumber(value)) {
        const at = firstReached(whole, words[what].column, value, 0) ?? pattern.from_s;
        return isNumber(at) ? { at, text: words[what].say(value) } : null;
    }
    return isNumber(pattern.from_s) ? { at: pattern.from_s, text: `at ${tick(pattern.from_s)}` } : null;
}

// Lines for each tooth of a sawtooth, as far as they can be told apart.
function teeth(pattern) {
    const { period_s: period, from_s: from, to_s: to } = pattern;
    if (!isNumber(period) || period <= 0 || !isNumber(from) || !isNumber(to) || (to - from) / period > 60)
        return [];
    const marks = [];
    for (let at = from + period; at <= to; at += period)
        marks.push({ at });
    return marks;
}

function timeChart(pattern, whole, own) {
    const load = words[pattern.at?.what] ?? (whole.arrivals_per_s?.some((n) => n > 0) ? words.arrivals_per_s : words.users);
    const group = new Group();
    const figure = new Figure(group, {
        title: 'Response times and load', format: duration, axis: axisDuration, second: { format: number }, file: `pattern-${pattern.pattern}`,
        level: 'h4', series: [
            { key: 'p95_ms', label: '95 %', colour: 'line-3' },
            { key: 'p50_ms', label: 'Median', colour: 'line-2' },
            { key: 'load', label: load.name, colour: 'line-1', axis: 'y2', dash: true },
        ],
    });
    if (isNumber(pattern.from_s) && isNumber(pattern.to_s))
        figure.bands = [{ from: pattern.from_s, to: pattern.to_s }];
    const begin = onset(pattern, whole);
    figure.marks = [...(begin ? [{ ...begin, isStrong: true }] : []), ...(pattern.pattern === 'sawtooth' ? teeth(pattern) : [])];
    const laid = layOut([{ number: 1, history: { ...own, time_s: whole.time_s, load: whole[load.column] } }]);
    return { figure, draw: () => group.set(laid) };
}

// Times against load: where the knee is.
class LoadChart {
    constructor(pattern, whole, own) {
        this.word = words[pattern.at.what];
        this.value = pattern.at.value;
        this.points = [];
        const loads = whole[this.word.column] ?? [];
        for (let i = 0; i < length(whole); i++)
            if (isNumber(loads[i]) && isNumber(own.p95_ms?.[i]))
                this.points.push({ x: loads[i], y: own.p95_ms[i] });
        this.canvas = el('canvas', { role: 'img',
            'aria-label': `95 % response times against ${this.word.name}; the knee is at ${this.word.say(this.value)}` });
        this.node = el('figure', { class: 'chart' },
            el('div', { class: 'chart-head' }, el('h4', {}, `95 % response times by ${this.word.name}`)),
            el('p', { class: 'hint' }, `The knee: ${this.word.say(this.value)}.`),
            el('div', { class: 'canvas-box' }, this.canvas));
    }

    make() {
        const chart = this;
        const axis = (format) => ({
            beginAtZero: true, grid: { drawTicks: false, drawBorder: false },
            ticks: { maxTicksLimit: 6, maxRotation: 0, padding: 6, callback: (n) => format(n) },
        });
        this.chart = new Chart(this.canvas, {
            type: 'scatter',
            data: { datasets: [{ data: this.points, parsing: false, normalized: true, pointRadius: 2.5, pointBorderWidth: 0 }] },
            options: {
                animation: false, responsive: true, maintainAspectRatio: false, events: [],
                plugins: { legend: { display: false }, tooltip: { enabled: false } },
                layout: { padding: { top: 6, right: 6 } },
                scales: { x: { type: 'linear', ...axis(axisNumber) }, y: axis(axisDuration) },
            },
            plugins: [{
                id: 'knee',
                afterDatasetsDraw({ ctx, chartArea: area, scales }) {
                    const x = scales.x.getPixelForValue(chart.value);
                    ctx.save();
                    ctx.strokeStyle = colour('bad');
                    ctx.setLineDash([4, 3]);
                    ctx.beginPath();
                    ctx.moveTo(x, area.top);
                    ctx.lineTo(x, area.bottom);
                    ctx.stroke();
                    ctx.restore();
                },
            }],
        });
    }

    refresh() {
        if (!(this.canvas.parentNode.clientWidth > 0))
            return;
        if (!this.chart)
            this.make();
        this.chart.data.datasets[0].backgroundColor = colour('line-3');
        for (const scale of Object.values(this.chart.options.scales)) {
            scale.ticks.color = colour('muted');
            scale.grid.color = colour('line');
        }
        this.chart.update('none');
    }
}

function facts(pattern) {
    const out = [];
    const where = pattern.name ? label(pattern.type, pattern.name) : 'all requests';
    out.push(['Where', where]);
    if (isNumber(pattern.from_s))
        out.push(['When', isNumber(pattern.to_s) ? `${tick(pattern.from_s)} to ${tick(pattern.to_s)}` : `from ${tick(pattern.from_s)}`]);
    const { what, value } = pattern.at ?? {};
    if (isNumber(value))
        out.push([words[what] ? 'Begins at' : 'At', words[what] ? words[what].say(value) : tick(value)]);
    if (isNumber(pattern.period_s))
        out.push(['Period', `${number(pattern.period_s)} s`]);
    if (isNumber(pattern.slope))
        out.push(['Slope', number(pattern.slope)]);
    if (isNumber(pattern.recovery_s))
        out.push(['Recovered in', `${number(pattern.recovery_s)} s`]);
    return out;
}

function textList(title, texts) {
    if (!texts?.length)
        return null;
    return el('div', {}, el('h4', {}, title), el('ul', {}, texts.slice(0, 20).map((text) => el('li', {}, cut(plain(text), 600)))));
}

export function patternPill(pattern) {
    return pattern.is_broken ? el('span', { class: 'pill bad' }, 'broken') : el('span', { class: 'pill warn' }, 'graceful');
}

export function clearPatterns(doc) {
    return (doc.patterns ?? []).filter((pattern) => pattern.pattern !== 'none');
}

export function makeDegradation(page) {
    const list = el('div', { class: 'cards' });
    const empty = el('p', { class: 'empty' });
    let drawn = '';
    let charts = [];

    function card(pattern) {
        const box = el('div', { class: 'charts' });
        const node = el('article', { class: 'card pattern' },
            el('div', { class: 'card-head' }, el('h3', {}, cut(plain(pattern.title), 300)), patternPill(pattern)),
            el('p', {}, cut(plain(pattern.evidence), 2000)),
            el('dl', { class: 'facts' }, facts(pattern).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))),
            box,
            el('div', { class: 'two' }, textList('Usual causes', pattern.causes), textList('What helps', pattern.fixes)));
        return { node, box };
    }

    async function draw(doc) {
        const patterns = clearPatterns(doc).slice(0, 20);
        const text = JSON.stringify(patterns);
        if (text === drawn) {
            refresh();
            return;
        }
        drawn = text;
        const none = (doc.patterns ?? []).find((pattern) => pattern.pattern === 'none');
        empty.textContent = none ? cut(plain(none.evidence || none.title), 1000)
            : 'No clear pattern: response times did not change with the load or over time in a way that has a name.';
        setHidden(empty, patterns.length > 0);
        charts = [];
        const cards = patterns.map(card);
        list.replaceChildren(...cards.map((one) => one.node));
        const [{ history: whole }] = page.history.runs(false);
        await Promise.all(patterns.map(async (pattern, i) => {
            let own = whole;
            try {
                own = pattern.name ? await page.history.of(pattern.type, pattern.name) : whole;
            } catch {
                own = {};
            }
            if (text !== drawn || length(whole) === 0)
                return;
            const time = timeChart(pattern, whole, own);
            cards[i].box.append(time.figure.node);
            charts.push(time.draw);
            if (words[pattern.at?.what] && isNumber(pattern.at.value)) {
                const chart = new LoadChart(pattern, whole, own);
                cards[i].box.append(chart.node);
                charts.push(() => chart.refresh());
            }
        }));
        refresh();
    }

    function refresh() {
        for (const one of charts)
            one();
    }

    return {
        id: 'degradation', title: 'Degradation', node: el('div', {}, empty, list),
        badge: (doc) => clearPatterns(doc).some((pattern) => pattern.is_broken),
        update: (doc) => draw(doc),
        shown() {
            if (page.mode === 'live')
                page.history.ask();
        },
        // New points: patterns drawn before there were any get their charts.
        points(doc) {
            if (charts.length === 0)
                drawn = '';
            draw(doc);
        },
        paint: refresh,
    };
}
