// SPDX-License-Identifier: MIT
// Charts over time that belong together: one line under the pointer for all of them, one zoom. What the lines stand
// at is read in the legends, so nothing covers the drawing, and keys move the line as well as the pointer does.

import { axisNumber, isNumber, tick } from './format.js';
import { el, icon, saveAs, setAttribute, setHidden, setText } from './dom.js';
import { nearest, tickStep } from './series.js';

export function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function isCalm() {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

// What all figures of a group share: the axis, the point that is read, the stretch that is shown.
export class Group {
    constructor({ onZoom } = {}) {
        this.figures = [];
        this.x = [];
        this.runs = [];
        this.at = null;
        this.range = null;
        this.onZoom = onZoom;
    }

    // laid: what layOut returned
    set(laid) {
        this.x = laid.x;
        this.runs = laid.runs;
        if (this.at !== null && this.at >= this.x.length)
            this.at = null;
        for (const figure of this.figures)
            figure.set(laid);
    }

    whole() {
        if (this.x.length === 0)
            return [0, 60];
        const low = Math.min(this.runs[0]?.start ?? 0, this.x[0]);
        return [low, Math.max(this.x[this.x.length - 1], low + 1)];
    }

    span() {
        return this.range ?? this.whole();
    }

    read(index) {
        this.at = index === null || this.x.length === 0 ? null : Math.max(0, Math.min(this.x.length - 1, index));
        for (const figure of this.figures)
            figure.paint();
    }

    zoom(from, to) {
        const [low, high] = this.whole();
        if (from === null || to - from < (high - low) / 2000)
            this.range = null;
        else
            this.range = [Math.max(low, from), Math.min(high, to)];
        for (const figure of this.figures)
            figure.refresh();
        this.onZoom?.(this.range !== null);
    }

    zoomBy(factor) {
        const [from, to] = this.span();
        const middle = this.at === null ? (from + to) / 2 : this.x[this.at];
        const [low, high] = this.whole();
        const a = middle - (middle - from) * factor;
        const b = middle + (to - middle) * factor;
        this.zoom(...(a <= low && b >= high ? [null, null] : [a, b]));
    }

    // Of which run a place on the axis is, and when in it.
    timeOf(x) {
        const run = this.runs.find((r) => x <= r.end + 1e-9) ?? this.runs[this.runs.length - 1];
        const text = tick(x - (run?.start ?? 0));
        return this.runs.length > 1 && run ? `run ${run.number}, ${text}` : text;
    }

    ticks(width) {
        const [from, to] = this.span();
        const step = tickStep(to - from, Math.max(2, Math.floor(width / 80)));
        const values = [];
        for (const run of this.runs)
            for (let time = 0; time <= run.end - run.start; time += step)
                // Not where the next run's ticks begin.
                if (run.start + time >= from && run.start + time <= to &&
                    (run === this.runs[this.runs.length - 1] || run.end - run.start - time > step / 2))
                    values.push({ value: run.start + time });
        return values;
    }
}

// What lies over and under the lines: bands, marks, the pointer's line, the stretch being chosen.
function overlay(figure) {
    const lineAt = (chart, x, style, dash) => {
        const { ctx, chartArea: area } = chart;
        ctx.beginPath();
        ctx.setLineDash(dash);
        ctx.lineWidth = 1;
        ctx.strokeStyle = style;
        ctx.moveTo(x, area.top);
        ctx.lineTo(x, area.bottom);
        ctx.stroke();
        ctx.setLineDash([]);
    };
    const isInside = (chart, x) => x >= chart.chartArea.left - 1 && x <= chart.chartArea.right + 1;
    return {
        id: 'overlay',
        beforeDatasetsDraw(chart) {
            const { ctx, chartArea: area, scales } = chart;
            ctx.save();
            for (const band of figure.bands) {
                const left = Math.max(area.left, scales.x.getPixelForValue(band.from));
                const right = Math.min(area.right, scales.x.getPixelForValue(band.to));
                ctx.fillStyle = colour('band');
                if (right > left)
                    ctx.fillRect(left, area.top, Math.max(2, right - left), area.bottom - area.top);
            }
            ctx.restore();
        },
        afterDatasetsDraw(chart) {
            const { ctx, chartArea: area, scales } = chart;
            ctx.save();
            ctx.font = `11px ${Chart.defaults.font.family}`;
            const starts = figure.group.runs.length > 1 ? figure.group.runs.map((run) => (
                { at: run.start, text: `Run #${run.number}` })) : [];
            for (const mark of [...starts, ...figure.marks]) {
                const x = scales.x.getPixelForValue(mark.at);
                if (!isInside(chart, x))
                    continue;
                lineAt(chart, x, mark.isStrong ? colour('bad') : colour('muted'), [4, 3]);
                if (mark.text) {
                    const wide = ctx.measureText(mark.text).width;
                    const left = x + 5 + wide > area.right ? x - 5 - wide : x + 5;
                    ctx.fillStyle = colour('surface');
                    ctx.fillRect(left - 2, area.top + 1, wide + 4, 15);
                    ctx.fillStyle = mark.isStrong ? colour('bad') : colour('muted');
                    ctx.fillText(mark.text, left, area.top + 12);
                }
            }
            const at = figure.group.at;
            if (at !== null) {
                const x = scales.x.getPixelForValue(figure.group.x[at]);
                if (isInside(chart, x)) {
                    lineAt(chart, x, colour('ink'), []);
                    figure.dots(chart, x, at);
                }
            }
            if (figure.drag) {
                const [a, b] = [figure.drag.from, figure.drag.to].sort((p, q) => p - q);
                ctx.fillStyle = colour('band');
                ctx.fillRect(a, area.top, b - a, area.bottom - area.top);
            }
            ctx.restore();
        },
    };
}

export class Figure {
    // series: { key, label, colour, axis: 'y' or 'y2', dash, isOff }; format(value), axis(value) and unit are those of y; second: of y2
    constructor(group, { title, unit, series, format, axis, second, file, level = 'h3' }) {
        this.group = group;
        this.title = title;
        this.unit = unit;
        this.series = series;
        this.format = format;
        this.axis = axis ?? axisNumber;
        this.second = second;
        this.file = file;
        this.columns = {};
        this.marks = [];
        this.bands = [];
        this.drag = null;
        this.chart = null;
        this.canvas = el('canvas', { tabindex: '0', role: 'img', 'aria-label': title });
        this.when = el('span', { class: 'hint when' });
        this.heading = el(level, {}, title, unit && el('span', { class: 'unit' }, ` ${unit}`));
        this.legend = el('div', { class: 'legend' }, series.map((one) => this.key(one)));
        this.node = el('figure', { class: 'chart' },
            el('div', { class: 'chart-head' }, this.heading, this.when, el('span', { class: 'spring' }),
                el('button', {
                    type: 'button', class: 'quiet small', title: `Save “${title}” as PNG`,
                    'aria-label': `Save “${title}” as PNG`, on: { click: () => this.save() },
                }, icon('M12 4v11m0 0-4-4m4 4 4-4M5 19h14'))),
            this.legend,
            el('div', { class: 'canvas-box' }, this.canvas));
        this.listen();
        group.figures.push(this);
    }

    key(one) {
        one.value_ = el('span', { class: 'value' });
        const button = el('button', {
            type: 'button', class: 'key', 'aria-pressed': String(!one.isOff),
            title: `Show or hide ${one.label}`,
            on: {
                click: () => {
                    one.isOff = !one.isOff;
                    button.setAttribute('aria-pressed', String(!one.isOff));
                    this.refresh();
                },
            },
        }, el('span', { class: one.dash ? 'swatch dashed' : 'swatch' }), one.label, one.value_);
        button.style.setProperty('--key', `var(--${one.colour})`);
        return button;
    }

    set(laid) {
        for (const one of this.series)
            this.columns[one.key] = laid.column(one.key);
        this.refresh();
    }

    // Its own columns, where they are not those of the group's history.
    setColumns(columns) {
        Object.assign(this.columns, columns);
        this.refresh();
    }

    make() {
        this.chart = new Chart(this.canvas, {
            type: 'line',
            data: { datasets: this.series.map((one) => ({
                label: one.label, data: [], yAxisID: one.axis ?? 'y', borderWidth: 1.75, pointRadius: 0,
                borderDash: one.dash ? [6, 4] : [], stepped: one.isStepped ? 'after' : false, parsing: false,
                normalized: true, borderJoinStyle: 'round',
            })) },
            options: {
                animation: false, responsive: true, maintainAspectRatio: false, events: [],
                layout: { padding: { top: 6, right: 6 } },
                plugins: { legend: { display: false }, tooltip: { enabled: false } },
                scales: this.scales(),
            },
            plugins: [overlay(this)],
        });
    }

    scales() {
        const group = this.group;
        const axis = (format, position, hasGrid) => ({
            position, beginAtZero: true, grid: { drawOnChartArea: hasGrid, drawTicks: false, drawBorder: false },
            ticks: { maxTicksLimit: 6, padding: 6, callback: (value) => format(value) },
        });
        const scales = {
            x: {
                type: 'linear', grid: { drawOnChartArea: false, drawTicks: true, tickLength: 4 },
                afterBuildTicks: (scale) => { scale.ticks = group.ticks(scale.width || 600); },
                ticks: {
                    maxRotation: 0, autoSkip: true, autoSkipPadding: 12,
                    callback: (value) => {
                        const run = group.runs.find((r) => value <= r.end + 1e-9);
                        return tick(value - (run?.start ?? 0));
                    },
                },
            },
            y: axis(this.axis, 'left', true),
        };
        if (this.second)
            scales.y2 = { ...axis(this.second.axis ?? axisNumber, 'right', false), suggestedMax: this.second.most };
        return scales;
    }

    // A hidden figure is drawn when it is seen.
    isSeen() {
        return this.canvas.isConnected && this.canvas.parentNode.clientWidth > 0;
    }

    refresh() {
        if (!this.isSeen())
            return;
        if (!this.chart)
            this.make();
        const { options, data } = this.chart;
        this.series.forEach((one, i) => {
            const values = this.columns[one.key] ?? [];
            data.datasets[i].data = this.group.x.map((x, k) => ({ x, y: values[k] ?? null }));
            data.datasets[i].borderColor = colour(one.colour);
            data.datasets[i].hidden = Boolean(one.isOff);
        });
        [options.scales.x.min, options.scales.x.max] = this.group.span();
        for (const scale of Object.values(options.scales)) {
            scale.ticks.color = colour('muted');
            scale.grid.color = colour('line');
        }
        if (options.scales.y2)
            options.scales.y2.display = this.series.some((one) => one.axis === 'y2' && !one.isOff);
        this.chart.update('none');
        this.readOut();
    }

    paint() {
        if (this.chart && this.isSeen())
            this.chart.draw();
        this.readOut();
    }

    valueAt(one, at) {
        const values = this.columns[one.key] ?? [];
        if (at !== null)
            return values[at];
        for (let i = values.length - 1; i >= 0; i--)
            if (isNumber(values[i]))
                return values[i];
        return null;
    }

    readOut() {
        const at = this.group.at;
        setText(this.when, at === null ? '' : `at ${this.group.timeOf(this.group.x[at])}`);
        const said = [];
        for (const one of this.series) {
            const format = one.axis === 'y2' ? this.second.format : this.format;
            const value = this.valueAt(one, at);
            setText(one.value_, isNumber(value) ? format(value) : '');
            if (isNumber(value) && !one.isOff)
                said.push(`${one.label} ${format(value)}`);
        }
        const when = at === null ? 'last' : this.when.textContent;
        setAttribute(this.canvas, 'aria-label', said.length === 0 ? `${this.title}: no values`
            : `${this.title}${this.unit ? ` in ${this.unit}` : ''}, ${when}: ${said.join(', ')}`);
    }

    dots(chart, x, at) {
        const { ctx, scales } = chart;
        for (const one of this.series) {
            const value = this.columns[one.key]?.[at];
            if (one.isOff || !isNumber(value))
                continue;
            ctx.beginPath();
            ctx.fillStyle = colour(one.colour);
            ctx.arc(x, scales[one.axis ?? 'y'].getPixelForValue(value), 3.5, 0, 7);
            ctx.fill();
        }
    }

    listen() {
        const inside = (event) => {
            const box = this.canvas.getBoundingClientRect();
            const area = this.chart.chartArea;
            return Math.max(area.left, Math.min(area.right, event.clientX - box.left));
        };
        const valueOf = (pixel) => this.chart.scales.x.getValueForPixel(pixel);
        const listeners = {
            pointermove: (event) => {
                const x = inside(event);
                if (this.drag) {
                    this.drag.to = x;
                    this.paint();
                } else if (this.group.x.length > 0) {
                    this.group.read(nearest(this.group.x, valueOf(x)));
                }
            },
            pointerleave: () => { if (!this.drag) this.group.read(null); },
            pointerdown: (event) => {
                if (event.button !== 0)
                    return;
                this.canvas.setPointerCapture(event.pointerId);
                this.drag = { from: inside(event), to: inside(event) };
            },
            pointerup: () => {
                const drag = this.drag;
                this.drag = null;
                if (drag && Math.abs(drag.to - drag.from) > 6)
                    this.group.zoom(...[valueOf(drag.from), valueOf(drag.to)].sort((a, b) => a - b));
                else
                    this.paint();
            },
            pointercancel: () => { this.drag = null; this.paint(); },
            dblclick: () => this.group.zoom(null),
        };
        for (const [name, listener] of Object.entries(listeners))
            this.canvas.addEventListener(name, (event) => { if (this.chart) listener(event); });
        this.canvas.addEventListener('keydown', (event) => this.onKey(event));
        this.canvas.addEventListener('blur', () => this.group.read(null));
    }

    onKey(event) {
        const at = this.group.at ?? this.group.x.length - 1;
        const far = event.shiftKey ? 10 : 1;
        const keys = {
            ArrowLeft: () => this.group.read(at - far),
            ArrowRight: () => this.group.read(at + far),
            Home: () => this.group.read(0),
            End: () => this.group.read(this.group.x.length - 1),
            '+': () => this.group.zoomBy(0.5),
            '-': () => this.group.zoomBy(2),
            Escape: () => this.group.zoom(null),
        };
        if (keys[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            keys[event.key]();
        }
    }

    // The drawing as it stands, with its title and legend.
    save() {
        if (!this.chart)
            return;
        const scale = this.chart.currentDevicePixelRatio;
        const top = 48 * scale;
        const copy = el('canvas', { width: this.canvas.width, height: this.canvas.height + top });
        const ctx = copy.getContext('2d');
        ctx.fillStyle = colour('surface');
        ctx.fillRect(0, 0, copy.width, copy.height);
        ctx.fillStyle = colour('ink');
        ctx.font = `600 ${14 * scale}px ${Chart.defaults.font.family}`;
        ctx.fillText(this.heading.textContent, 10 * scale, 20 * scale);
        ctx.font = `${12 * scale}px ${Chart.defaults.font.family}`;
        let x = 10 * scale;
        for (const one of this.series.filter((s) => !s.isOff)) {
            ctx.fillStyle = colour(one.colour);
            ctx.fillRect(x, 34 * scale, 14 * scale, 3 * scale);
            ctx.fillStyle = colour('ink');
            ctx.fillText(one.label, x + 19 * scale, 39 * scale);
            x += 34 * scale + ctx.measureText(one.label).width;
        }
        ctx.drawImage(this.canvas, 0, top);
        copy.toBlob((blob) => saveAs(blob, `acrida-${this.file}.png`), 'image/png');
    }

    show(isShown) {
        setHidden(this.node, !isShown);
    }
}
