// SPDX-License-Identifier: MIT
// The verdict and what it rests on.

import { cut, plain, plural } from './format.js';
import { el, icon, setClass, setHidden, setText } from './dom.js';

const look = {
    pass: { word: 'Passed', class: 'good', path: 'M5 13l4 4L19 7' },
    fail: { word: 'Failed', class: 'bad', path: 'M6 6l12 12M18 6 6 18' },
    invalid: { word: 'Invalid', class: 'warn', path: 'M12 4 2.5 20h19zM12 10v4m0 3v.2' },
    none: { word: 'No verdict', class: 'plain', path: 'M5 12h14' },
};

const goalLook = {
    met: { word: 'Met', class: 'good' },
    missed: { word: 'Missed', class: 'bad' },
    'not tested': { word: 'Not tested', class: 'warn' },
    waiting: { word: 'Waiting', class: 'plain' },
};

export function isOver(doc) {
    return doc.run?.state === 'stopped';
}

export function verdictWord(doc) {
    const state = doc.verdict?.state ?? 'none';
    return { ...(look[state] ?? look.none), state };
}

function failure(missed, open, all) {
    const parts = [];
    if (missed > 0)
        parts.push(`${missed} of ${plural(all, 'goal')} ${missed === 1 ? 'was' : 'were'} missed`);
    if (open > 0)
        parts.push(`${missed > 0 ? open : `${open} of ${plural(all, 'goal')}`} ${open === 1 ? 'was' : 'were'} not tested`);
    return parts.length > 0 ? `: ${parts.join(', ')}` : '';
}

// One sentence that says how it went.
export function verdictSentence(doc) {
    const goals = doc.goals ?? [];
    const met = goals.filter((goal) => goal.state === 'met').length;
    const missed = goals.filter((goal) => goal.state === 'missed').length;
    const open = goals.filter((goal) => goal.state === 'not tested').length;
    const { state } = verdictWord(doc);
    const soFar = isOver(doc) ? '' : ' so far';
    if (state === 'pass')
        return goals.length > 0 ? `Passed${soFar}: ${goals.length === 1 ? 'the goal was' : `all ${goals.length} goals were`} met.`
            : `Passed${soFar}: nothing failed.`;
    if (state === 'fail')
        return `Failed${soFar}${failure(missed, open, goals.length)}.`;
    if (state === 'invalid')
        return `Invalid${soFar}: the load generator was the limit, so the numbers are not those of the system under test.`;
    if (goals.length > 0)
        return `No verdict yet: ${met} of ${plural(goals.length, 'goal is', 'goals are')} met.`;
    return 'No verdict: no goals were set.';
}

// A box with the verdict and its reasons.
export function makeVerdict(level) {
    const mark = el('span', { class: 'verdict-mark' });
    const title = el(level);
    const reasons = el('ul', { class: 'reasons' });
    const node = el('div', { class: 'verdict' }, mark, el('div', {}, title, reasons));
    let state = '';
    return {
        node,
        update(doc) {
            const verdict = verdictWord(doc);
            setClass(node, `verdict ${verdict.class}`);
            if (state !== verdict.state)
                mark.replaceChildren(icon(verdict.path));
            state = verdict.state;
            setText(title, verdictSentence(doc));
            const texts = (doc.verdict?.reasons ?? []).slice(0, 50).map((text) => cut(plain(text), 1000));
            setHidden(reasons, texts.length === 0);
            while (reasons.children.length > texts.length)
                reasons.lastChild.remove();
            texts.forEach((text, i) => setText(reasons.children[i] ?? reasons.appendChild(el('li')), text));
        },
    };
}

export function makeGoalTable() {
    const body = el('tbody');
    const head = ['Goal', 'Wanted', 'Measured', 'State'].map((text) => el('th', {
        scope: 'col', class: text === 'Wanted' || text === 'Measured' ? 'number' : 'text' }, text));
    const node = el('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': 'Goals' },
        el('table', { class: 'data goal-table' }, el('caption', { class: 'unseen' }, 'Goals'), el('thead', {}, el('tr', {}, head)), body));
    const lines = [];
    return {
        node,
        update(goals) {
            while (lines.length < goals.length) {
                const pill = el('span', { class: 'pill' });
                const cells = [el('th', { scope: 'row', class: 'text' }), el('td', { class: 'number' }),
                    el('td', { class: 'number' }), el('td', { class: 'text' }, pill)];
                const tr = el('tr', {}, cells);
                lines.push({ tr, cells, pill });
                body.append(tr);
            }
            while (lines.length > goals.length)
                lines.pop().tr.remove();
            goals.forEach((goal, i) => {
                const { cells, pill } = lines[i];
                const state = goalLook[goal.state] ?? goalLook.waiting;
                setText(cells[0], cut(plain(goal.text), 400));
                setText(cells[1], cut(plain(goal.wanted), 200));
                setText(cells[2], cut(plain(goal.measured), 200));
                setText(pill, state.word);
                setClass(pill, `pill ${state.class}`);
            });
        },
    };
}

export function makeGoals() {
    const verdict = makeVerdict('h3');
    const table = makeGoalTable();
    const hint = el('p', { class: 'empty' },
        'No goals. The option --check sets one: --check ‘p95 < 500ms’, --check ‘fail_ratio < 1%’.');
    return {
        id: 'goals', title: 'Goals', node: el('div', {}, verdict.node, table.node, hint),
        badge: (doc) => doc.verdict?.state === 'fail' || doc.verdict?.state === 'invalid',
        update(doc) {
            const goals = doc.goals ?? [];
            verdict.update(doc);
            table.update(goals);
            setHidden(table.node, goals.length === 0);
            setHidden(hint, goals.length > 0);
        },
    };
}
