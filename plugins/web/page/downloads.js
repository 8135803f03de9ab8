// SPDX-License-Identifier: MIT
// What can be taken away: files of the server, or of a report what is in it.

import { csvCell } from './format.js';
import { el, saveAs } from './dom.js';

const files = [
    ['/stats/report?download=1', 'Report', 'One HTML file with all of this, to keep and to send.'],
    ['/stats/requests/csv', 'Statistics (CSV)', 'A row for each type and name, as Locust writes it.'],
    ['/stats/requests_full_history/csv', 'History (CSV)', 'A row a second, for each entry; there with --csv and --csv-full-history.'],
    ['/stats/failures/csv', 'Failures (CSV)', 'By type, name and error.'],
    ['/exceptions/csv', 'Exceptions (CSV)', 'By message and backtrace.'],
    ['/api/document', 'Everything (JSON)', 'For machines: histograms, failures, goals, workers, environment.'],
];

// As Locust's _stats.csv, as far as the document says.
export function statisticsCsv(doc) {
    const percentiles = ['50', '66', '75', '80', '90', '95', '98', '99', '99.9', '99.99', '100'];
    const head = ['Type', 'Name', 'Request Count', 'Failure Count', 'Median Response Time', 'Average Response Time',
        'Min Response Time', 'Max Response Time', 'Average Content Size', 'Requests/s', 'Failures/s',
        ...percentiles.map((p) => `${p}%`)];
    const rows = [...(doc.entries ?? []), ...(doc.total ? [doc.total] : [])].map((row) => {
        const time = row.response_time ?? {};
        return [row.type, row.name, row.requests, row.failures, time.percentiles_ms?.['50'], time.mean_ms, time.min_ms,
            time.max_ms, row.requests > 0 ? row.bytes / row.requests : 0, row.requests_per_s, row.failures_per_s,
            ...percentiles.map((p) => time.percentiles_ms?.[p] ?? 'N/A')];
    });
    return [head, ...rows].map((row) => row.map(csvCell).join(',') + '\r\n').join('');
}

function item(control, help) {
    return el('li', {}, control, el('span', { class: 'hint' }, help));
}

export function makeDownloads(page) {
    const list = el('ul', { class: 'downloads' });
    if (page.mode === 'live') {
        list.append(...files.map(([path, title, help]) => item(el('a', { href: page.server.url(path), download: '' }, title), help)));
        list.prepend(item(el('a', { href: page.server.url('/stats/report'), target: '_blank', rel: 'noopener' }, 'Open the report'),
            'In another tab, to look at or to print.'));
    } else {
        const save = (make, name, type) => () => saveAs(new Blob([make()], { type }), name);
        list.append(
            item(el('button', { type: 'button', class: 'link', on: {
                click: save(() => page.text, 'acrida.json', 'application/json') } }, 'Everything (JSON)'),
            'What this report is made from; “acrida compare” reads it.'),
            item(el('button', { type: 'button', class: 'link', on: {
                click: save(() => statisticsCsv(page.doc), 'acrida_stats.csv', 'text/csv') } }, 'Statistics (CSV)'),
            'A row for each type and name, as Locust writes it.'),
            item(el('button', { type: 'button', class: 'link', on: { click: () => window.print() } }, 'Print'),
                'On paper, or as PDF.'));
    }
    return { id: 'downloads', title: 'Downloads', node: el('div', { class: 'card' }, list) };
}
