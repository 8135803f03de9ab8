// SPDX-License-Identifier: MIT
// Numbers, times and names as text. Pure: no document, no state.

export const none = '–';

const digits = [0, 1, 2, 3].map((n) => new Intl.NumberFormat('en-US', {
    minimumFractionDigits: n,
    maximumFractionDigits: n,
}));

export function isNumber(n) {
    return typeof n === 'number' && Number.isFinite(n);
}

export function count(n) {
    return isNumber(n) ? digits[0].format(n) : none;
}

// Three digits say enough: 0.12, 3.40, 12.3, 412, 1,234.
export function number(n) {
    if (!isNumber(n))
        return none;
    const size = Math.abs(n);
    if (size === 0)
        return '0';
    const places = size < 0.1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0;
    return digits[places].format(n);
}

// The same at an axis, where zeros at the end say nothing: 0.05, 0.5, 50, 1,250.
const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

export function axisNumber(n) {
    return isNumber(n) ? short.format(n) : none;
}

export function axisDuration(ms) {
    return ms < 1000 ? `${axisNumber(ms)} ms` : ms < 120000 ? `${axisNumber(ms / 1000)} s` : span(ms / 1000);
}

// Milliseconds as a person reads them: 0.25 ms, 412 ms, 1.35 s, 2 min 05 s.
export function duration(ms) {
    if (!isNumber(ms))
        return none;
    if (Math.abs(ms) < 1000)
        return `${number(ms)} ms`;
    if (Math.abs(ms) < 100000)
        return `${number(ms / 1000)} s`;
    return span(ms / 1000);
}

// Seconds of a run: 45 s, 2 min 05 s, 1 h 02 min, 3 d 04 h.
export function span(seconds) {
    if (!isNumber(seconds))
        return none;
    const s = Math.round(seconds);
    const two = (n) => String(n).padStart(2, '0');
    if (s < 60)
        return `${s} s`;
    if (s < 3600)
        return s % 60 ? `${Math.floor(s / 60)} min ${two(s % 60)} s` : `${s / 60} min`;
    if (s < 86400) {
        const minutes = Math.floor(s / 60) % 60;
        return minutes ? `${Math.floor(s / 3600)} h ${two(minutes)} min` : `${Math.floor(s / 3600)} h`;
    }
    return `${Math.floor(s / 86400)} d ${two(Math.floor(s / 3600) % 24)} h`;
}

// A point of a time axis: 0:45, 12:05, 1:02:05.
export function tick(seconds) {
    const s = Math.max(0, Math.round(seconds));
    const two = (n) => String(n).padStart(2, '0');
    const h = Math.floor(s / 3600);
    const m = Math.floor(s / 60) % 60;
    return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

// As --run-time takes it: 1h30m.
export function runTime(seconds) {
    if (!isNumber(seconds) || seconds <= 0)
        return '';
    const s = Math.round(seconds);
    const parts = [[Math.floor(s / 3600), 'h'], [Math.floor(s / 60) % 60, 'm'], [s % 60, 's']];
    return parts.filter(([n]) => n > 0).map(([n, unit]) => n + unit).join('');
}

export function percent(part, whole) {
    if (!isNumber(part) || !isNumber(whole) || whole <= 0)
        return none;
    const p = part / whole * 100;
    if (p === 0)
        return '0 %';
    if (p < 0.01)
        return '< 0.01 %';
    if (p > 99.9 && p < 100)
        return '> 99.9 %';
    return `${digits[p < 1 ? 2 : p < 10 ? 1 : 0].format(p)} %`;
}

export function bytes(n) {
    if (!isNumber(n))
        return none;
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let size = n;
    let unit = 0;
    while (Math.abs(size) >= 1000 && unit + 1 < units.length) {
        size /= 1000;
        unit++;
    }
    return `${unit === 0 ? digits[0].format(size) : number(size)} ${units[unit]}`;
}

// Seconds since the epoch, in the reader's time zone: 2026-01-31 12:05:07.
export function dateTime(seconds) {
    if (!isNumber(seconds) || seconds <= 0)
        return none;
    const d = new Date(seconds * 1000);
    if (Number.isNaN(d.getTime()))
        return none;
    const two = (n) => String(n).padStart(2, '0');
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
        `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

export function timeOfDay(seconds) {
    const text = dateTime(seconds);
    return text === none ? none : text.slice(11);
}

// What names may carry to look like something else: control characters, marks that turn the direction of writing,
// and characters without a width.
const odd = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

// A text as it is, its odd characters spelled out.
export function plain(text) {
    return String(text ?? '').replace(odd, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

// The same with its line breaks, for backtraces.
export function plainLines(text) {
    return String(text ?? '').replace(odd, (c) => c === '\n' || c === '\t'
        ? c : c === '\r' ? '' : '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

// At most so many characters, never half of a pair.
export function cut(text, most) {
    if (text.length <= most)
        return text;
    const end = most - 1;
    const half = text.charCodeAt(end - 1);
    return text.slice(0, half >= 0xd800 && half < 0xdc00 ? end - 1 : end) + '…';
}

export function label(type, name) {
    return cut(plain(type ? `${type} ${name}` : name), 160);
}

export function plural(n, one, many) {
    return `${count(n)} ${n === 1 ? one : many ?? one + 's'}`;
}

// A cell of CSV, safe for spreadsheets.
export function csvCell(value) {
    let text = String(value ?? '');
    if (/^[=+\-@\t\r]/.test(text) && !/^-?[0-9.]+(e[+-]?[0-9]+)?$/i.test(text))
        text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
