// SPDX-License-Identifier: MIT
// The log as it goes on. The last lines are kept, as many as the server keeps.

import { count, cut, plain, timeOfDay } from './format.js';
import { el, setHidden, setText } from './dom.js';

const mostLines = 1000;
const rank = { debug: 0, info: 1, warning: 2, warn: 2, error: 3, critical: 4 };

export function makeLogs(page) {
    let lines = [];
    let next = 0;
    let isBad = false;
    let isShown = false;
    let isAsking = false;
    const level = el('select', { id: 'log-level', on: { change: () => draw() } },
        [['debug', 'All'], ['info', 'Information'], ['warning', 'Warnings'], ['error', 'Errors']].map(([value, text]) => (
            el('option', { value }, text))));
    level.value = 'info';
    const filter = el('input', { type: 'search', class: 'filter', placeholder: 'Filter', 'aria-label': 'Filter the log',
        on: { input: () => draw() } });
    const follow = el('input', { type: 'checkbox', checked: true, on: { change: () => toEnd() } });
    const note = el('span', { class: 'hint', role: 'status' });
    const empty = el('p', { class: 'empty' }, 'Nothing was logged at this level.');
    const list = el('ol', { class: 'log', tabindex: '0', role: 'log', 'aria-label': 'Log', 'aria-live': 'off' });
    const node = el('div', {}, el('div', { class: 'tools' }, el('label', { for: 'log-level' }, 'Level'), level, filter,
        el('label', { class: 'check' }, follow, 'Follow'), note), empty, list);

    const known = (line) => rank[String(line.level).toLowerCase()] ?? 1;

    function isWanted(line) {
        const text = filter.value.trim().toLowerCase();
        return known(line) >= rank[level.value] &&
            (text === '' || `${line.source} ${line.text}`.toLowerCase().includes(text));
    }

    function item(line) {
        return el('li', { class: known(line) >= 3 ? 'bad' : known(line) === 2 ? 'warn' : '' },
            el('time', {}, timeOfDay(line.time)), el('span', { class: 'level' }, plain(line.level)),
            el('span', { class: 'source' }, cut(plain(line.source), 80)),
            el('span', { class: 'said' }, cut(plain(line.text), 4000)));
    }

    function toEnd() {
        if (follow.checked)
            list.scrollTop = list.scrollHeight;
    }

    function draw() {
        const wanted = lines.filter(isWanted);
        list.replaceChildren(...wanted.map(item));
        say(wanted.length);
    }

    function say(n) {
        setHidden(empty, n > 0);
        setHidden(list, n === 0);
        setText(note, n < lines.length ? `${count(n)} of ${count(lines.length)} lines` : '');
        toEnd();
    }

    function take(fresh) {
        lines = [...lines, ...fresh].slice(-mostLines);
        const wanted = fresh.filter(isWanted);
        if (isShown && wanted.length > 0) {
            list.append(...wanted.map(item));
            while (list.children.length > mostLines)
                list.firstChild.remove();
            say(list.children.length);
        }
        if (!isShown && fresh.some((line) => known(line) >= 3))
            isBad = true;
    }

    async function ask() {
        if (isAsking)
            return;
        isAsking = true;
        try {
            const answer = await page.server.json(`/api/logs?after=${next}`);
            // Another process counts from 0 again.
            if (answer.next < next) {
                lines = [];
                next = 0;
                draw();
            } else {
                next = answer.next;
                take(answer.lines ?? []);
            }
        } catch {
            // the banner says that the server is away
        } finally {
            isAsking = false;
        }
    }

    function tickTock() {
        if (!page.isLost)
            ask();
        setTimeout(tickTock, isShown ? 2000 : 5000);
    }

    if (page.mode === 'live')
        tickTock();
    else
        take((page.doc.logs ?? []).map((line, i) => ({ n: i, ...line })));

    return {
        id: 'logs', title: 'Logs', node,
        isThere: (doc) => page.mode === 'live' || doc.logs?.length > 0,
        badge: () => isBad,
        shown() {
            isShown = true;
            isBad = false;
            draw();
            if (page.mode === 'live')
                ask();
        },
        hidden() {
            isShown = false;
        },
    };
}
