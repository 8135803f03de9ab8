// SPDX-License-Identifier: MIT
// The bar at the top: where the run stands, and what can be done about it.

import { count, cut, number, percent, plain, span } from './format.js';
import { announce, el, icon, recall, remember, setClass, setHidden, setText } from './dom.js';
import { verdictSentence, verdictWord } from './goals.js';

const goingOn = new Set(['spawning', 'running', 'stopping']);

export function isGoing(doc) {
    return goingOn.has(doc?.run?.state);
}

// Its test_start hooks take their time: it can be stopped, and another one cannot begin.
function isStarting(doc) {
    return doc?.run?.state === 'ready' && doc.run_number > 0;
}

export function isSystemDark() {
    return matchMedia('(prefers-color-scheme: dark)').matches;
}

function applyTheme(theme) {
    if (theme)
        document.documentElement.dataset.theme = theme;
    else
        delete document.documentElement.dataset.theme;
}

// What the address says (?theme=dark), what the reader chose, or what the system has.
function makeTheme(page) {
    const asked = page.theme ?? new URLSearchParams(location.search).get('theme');
    let theme = ['dark', 'light'].includes(asked) ? asked : recall('theme');
    applyTheme(theme);
    const isDark = () => (theme ? theme === 'dark' : isSystemDark());
    const button = el('button', { type: 'button', class: 'quiet icon-button', title: 'Dark or light', on: { click: () => {
        theme = isDark() ? 'light' : 'dark';
        remember('theme', theme);
        settle();
    } } }, icon('M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z'));
    function settle() {
        applyTheme(theme);
        button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
        page.repaint();
    }
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { if (!theme) settle(); });
    button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
    return button;
}

function fact(title, more = '') {
    const value = el('dd');
    const node = el('div', { class: `fact ${more}` }, el('dt', {}, title), value);
    return { node, value };
}

export function makeHeader(page) {
    const live = page.mode === 'live';
    const facts = {
        host: fact('Host', 'host'), state: fact('State'), time: fact('Time'), users: fact('Users'), stage: fact('Stage'), workers: fact('Workers'),
        rps: fact('Requests/s'), failures: fact('Failures'), verdict: fact('Verdict'),
    };
    const pill = el('span', { class: 'pill' });
    const statePill = el('span', { class: 'pill plain' });
    facts.verdict.value.append(pill);
    facts.state.value.append(statePill);
    const scenario = el('span', { class: 'scenario' });
    const button = (text, path, action, kind = 'quiet') => el('button', { type: 'button', class: kind, on: { click: action } },
        icon(path), text);
    const buttons = live ? {
        edit: button('Edit', 'M4 20h4L19 9l-4-4L4 16z', () => page.edit()),
        stop: button('Stop', 'M7 7h10v10H7z', () => page.act('/stop', 'The run was stopped.'), 'danger'),
        fresh: button('New', 'M7 5v14l11-7z', () => page.showStart(), 'primary'),
        reset: button('Reset', 'M5 12a7 7 0 1 0 2-5M7 3v4h4', () => page.act('/stats/reset', 'The statistics begin again.')),
    } : {};
    const dl = el('dl', { class: 'facts-bar' }, Object.values(facts).map((one) => one.node));
    const node = el('header', { class: 'top' },
        el('div', { class: 'brand' }, icon('M3 18 10 6l4 8 7-7'), el('strong', {}, 'Acrida'), scenario),
        dl, el('div', { class: 'buttons no-print' }, Object.values(buttons), makeTheme(page)));
    let lastState = null;

    function say(state, doc) {
        if (lastState !== null && lastState !== state)
            announce(state === 'stopped' ? `The run is over. ${verdictSentence(doc)}` : `The run is ${state}.`);
        lastState = state;
    }

    return {
        node,
        // isForm: the start form is shown, so numbers of no run are not.
        update(doc, setup, isForm = false) {
            const run = doc.run ?? {};
            const state = run.state ?? 'ready';
            const total = doc.total ?? {};
            const isNow = live && isGoing(doc);
            const rate = isNow && total.current ? total.current.requests_per_s : total.requests_per_s;
            const host = page.hostOf(doc);
            const verdict = verdictWord(doc);
            setText(scenario, cut(plain(doc.scenario ?? setup?.scenario ?? ''), 60));
            setText(facts.host.value, host ? cut(plain(host), 120) : '–');
            facts.host.value.title = cut(plain(host), 500);
            setText(statePill, plain(state));
            setClass(statePill, `pill ${isGoing(doc) ? 'going' : 'plain'}`);
            setText(facts.time.value, span(run.duration_s));
            setText(facts.users.value, isNow && run.target_users > 0 && run.target_users !== run.users
                ? `${count(run.users)} of ${count(run.target_users)}` : count(run.users));
            setText(facts.stage.value, `${count(run.stage)} of ${count(run.n_stages)}`);
            const workers = doc.workers ?? [];
            const able = workers.filter((worker) => !['missing', 'left', 'failed'].includes(worker.state)).length;
            setText(facts.workers.value, able === workers.length ? count(able) : `${count(able)} of ${count(workers.length)}`);
            setText(facts.rps.value, number(rate));
            setText(facts.failures.value, percent(total.failures, total.requests));
            setClass(facts.failures.value, total.failures > 0 ? 'bad-text' : '');
            setText(pill, verdict.word);
            setClass(pill, `pill ${verdict.class}`);
            for (const one of Object.values(facts))
                setHidden(one.node, false);
            setHidden(dl, isForm && !(doc.run_number > 0));
            // At the end users are gone: how many there are says nothing then.
            if (page.mode === 'report')
                setHidden(facts.users.node, true);
            if (!live || !(run.stage > 0))
                setHidden(facts.stage.node, true);
            if (workers.length === 0 && !setup?.is_master)
                setHidden(facts.workers.node, true);
            if (live) {
                setHidden(buttons.edit, !isGoing(doc) || state === 'stopping');
                setHidden(buttons.stop, !isGoing(doc) && !isStarting(doc));
                buttons.stop.disabled = state === 'stopping';
                setHidden(buttons.fresh, isGoing(doc) || isStarting(doc) || isForm);
                setHidden(buttons.reset, !(doc.run_number > 0));
                document.title = isGoing(doc) ? `${number(rate)}/s · Acrida` : `Acrida: ${plain(state)}`;
                say(state, doc);
            } else {
                document.title = `Acrida report: ${cut(plain(doc.scenario ?? ''), 60)}`;
            }
        },
    };
}
