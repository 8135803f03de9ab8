// SPDX-License-Identifier: MIT
// The form a run is started with, and the one that changes it while it runs.

import { cut, plain, plural, runTime } from './format.js';
import { el, icon, setAttribute, setHidden, setText } from './dom.js';
import { makePicker } from './picker.js';

let fields = 0;

// A label with its input and what is to be known about it.
function field(title, input, { hint, warning, wide } = {}) {
    input.id = input.id || `field-${++fields}`;
    const notes = [];
    if (hint) {
        const text = el('span', { class: 'hint', id: `${input.id}-hint` }, cut(plain(hint), 400));
        input.setAttribute('aria-describedby', text.id);
        notes.push(text);
    }
    if (warning)
        notes.push(warning);
    return el('div', { class: wide ? 'field wide' : 'field' }, el('label', { for: input.id }, plain(title)), input, notes);
}

function numberInput(name, value, { min = 0, step = 'any', required = false } = {}) {
    return el('input', { name, type: 'number', min, step, required, value: value ?? '', inputmode: 'decimal' });
}

function textInput(name, value, more = {}) {
    return el('input', { name, type: 'text', value: value ?? '', autocomplete: 'off', spellcheck: 'false', ...more });
}

// One of the scenario's own options, by its kind.
function optionField(option) {
    const isOn = option.value === 'true' || option.value === '1' || option.value === true;
    if (option.kind === 'flag') {
        const box = el('input', { type: 'checkbox', checked: isOn, id: `field-${++fields}` });
        box.name_ = option.name;
        const hint = option.help && el('span', { class: 'hint' }, cut(plain(option.help), 400));
        return { node: el('div', { class: 'field' }, el('label', { class: 'check', for: box.id }, box,
            plain(option.name)), hint), read: () => String(box.checked) };
    }
    const value = option.value ?? option.default_value ?? '';
    let input;
    if (option.choices?.length > 0) {
        input = el('select', {}, option.choices.map((choice) => el('option', { value: choice }, plain(choice))));
        input.value = value;
    } else if (option.is_secret) {
        input = el('input', { type: 'password', autocomplete: 'new-password', placeholder: 'unchanged' });
    } else if (option.kind === 'int') {
        input = numberInput('', value, { min: null, step: 1 });
    } else if (option.kind === 'number') {
        input = numberInput('', value, { min: null });
    } else {
        input = textInput('', value, option.kind === 'duration' ? { placeholder: '1m30s' } : {});
    }
    input.required = Boolean(option.is_required) && !option.is_secret;
    // A secret that is not typed stays what it was.
    return {
        node: field(option.name, input, { hint: option.help }),
        read: () => (option.is_secret && input.value === '' ? null : input.value),
    };
}

function hostField(setup) {
    const warning = el('span', { class: 'hint warn', role: 'status' });
    const input = textInput('host', setup.host, { inputmode: 'url', placeholder: 'https://example.com' });
    const own = (setup.user_types ?? []).filter((type) => type.host);
    function check() {
        const text = input.value.trim();
        let said = '';
        if (text !== '' && !/^[a-z][a-z0-9+.-]*:\/\/./i.test(text))
            said = 'This does not look like a URL: it begins with https:// or http://.';
        else if (text === '' && own.length < (setup.user_types ?? []).length)
            said = 'Without a host, scenarios must name whole URLs.';
        else if (text !== '' && own.length > 0)
            said = `${own.length === 1 ? '1 user type has its own host' : `${own.length} user types have their own hosts`}; ` +
                'this one goes before it.';
        setText(warning, said);
        setHidden(warning, said === '');
    }
    input.addEventListener('input', check);
    check();
    return { node: field('Host', input, { hint: 'What is tested.', warning, wide: true }), input };
}

// onStarted() is called when the run has begun; onBack() returns to the results.
export function makeStart(page) {
    const error = el('p', { class: 'alert bad-text', role: 'alert' });
    const waiting = el('p', { class: 'alert', role: 'status' });
    const button = el('button', { type: 'submit', class: 'primary' }, icon('M7 5v14l11-7z'), 'Start');
    const back = el('button', { type: 'button', class: 'quiet', on: { click: () => page.showResults() } },
        'Back to the results');
    const body = el('div', { class: 'form-body' });
    const form = el('form', { class: 'card start', 'aria-labelledby': 'start-title' },
        el('h1', { id: 'start-title', tabindex: '-1' }, 'New load test'), el('p', { class: 'hint', id: 'start-scenario' }),
        body, waiting, error, el('div', { class: 'actions' }, button, back));
    const node = el('div', { class: 'start-page' }, form);
    const picker = makePicker(page);
    let parts = null;

    function load(setup) {
        const users = numberInput('user_count', setup.users || 1, { min: 1, step: 1, required: true });
        const rate = numberInput('spawn_rate', setup.spawn_rate || 1, { min: 0, required: true });
        const time = textInput('run_time', runTime(setup.run_time_s), { placeholder: 'no limit' });
        const arrivals = numberInput('arrival_rate', setup.arrival_rate > 0 ? setup.arrival_rate : '');
        arrivals.placeholder = 'none';
        const stages = textInput('stages', setup.stages, { placeholder: '60s:100@10,30s:500@50' });
        const host = hostField(setup);
        const shape = el('input', { type: 'checkbox', checked: true, id: 'field-shape' });
        const limits = [users, rate, time, arrivals, stages];
        const shapeField = setup.has_shape && el('div', { class: 'field wide' }, el('label', { class: 'check', for: 'field-shape' },
            shape, 'Let the scenario’s shape decide about users'));
        const types = setup.has_class_picker ? picker.table(setup.user_types ?? []) : null;
        const options = (setup.options ?? []).filter((option) => option.is_of_scenario);
        const own = options.map(optionField);
        function settle() {
            for (const input of limits)
                input.disabled = Boolean(setup.has_shape) && shape.checked;
        }
        shape.addEventListener('change', settle);
        settle();
        body.replaceChildren(
            el('div', { class: 'fields' },
                field('Users', users, { hint: 'At most at the same time.' }),
                field('Spawn rate', rate, { hint: 'Users started per second.' }), host.node),
            ...[shapeField].filter(Boolean),
            ...(own.length > 0 ? [el('fieldset', {}, el('legend', {}, 'The scenario’s options'),
                el('div', { class: 'fields' }, own.map((one) => one.node)))] : []),
            el('details', { class: 'advanced', ...(setup.stages || setup.arrival_rate > 0 ? { open: true } : {}) },
                el('summary', {}, 'Advanced'),
                el('div', { class: 'fields' },
                    field('Run time', time, { hint: 'Such as 90s, 5m or 1h30m.' }),
                    field('Arrival rate', arrivals, { hint: 'Open load: iterations begun per second, however long they take.' }),
                    field('Stages', stages, { wide: true,
                        hint: 'Instead of users and run time: DURATION:USERS@SPAWN_RATE, separated by commas.' })),
                types?.node));
        setText(form.querySelector('#start-scenario'), plain(setup.scenario ?? ''));
        parts = { setup, limits, host, shape, types, options, own };
        wait(setup);
    }

    // A master without workers cannot start.
    function wait(setup) {
        const isAlone = setup.is_master && !(setup.n_workers > 0);
        setText(waiting, isAlone ? 'Waiting for a worker: start one with acrida --worker.' : setup.is_master
            ? `${plural(setup.n_workers, 'worker is', 'workers are')} connected.` : '');
        setHidden(waiting, !setup.is_master);
        button.disabled = Boolean(isAlone);
        return isAlone;
    }

    function read() {
        const out = new URLSearchParams();
        for (const input of parts.limits)
            if (!input.disabled && (input.value.trim() !== '' || input.name === 'run_time' || input.name === 'stages'))
                out.set(input.name, input.value.trim());
        // A rate that was there and is taken away.
        if (parts.setup.arrival_rate > 0 && !out.has('arrival_rate'))
            out.set('arrival_rate', '0');
        out.set('host', parts.host.input.value.trim());
        if (parts.setup.has_shape && !parts.shape.checked)
            out.set('shape_class', 'Default');
        const chosen = parts.types?.read() ?? null;
        for (const name of chosen?.length === 0 ? [''] : chosen ?? [])
            out.append('user_classes', name); // an empty one: all, whatever the last run had
        parts.options.forEach((option, i) => {
            const value = parts.own[i].read();
            if (value !== null)
                out.set(option.name, value);
        });
        return out;
    }

    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        setText(error, '');
        button.disabled = true;
        try {
            const answer = await page.server.post('/swarm', read());
            if (answer.success)
                page.started();
            else
                setText(error, plain(answer.message ?? 'The server refused to start.'));
        } catch {
            setText(error, 'The server does not answer.');
        } finally {
            button.disabled = false;
        }
    });

    return {
        node, load, wait,
        setBack: (isPossible) => setHidden(back, !isPossible),
        focus: () => form.querySelector('h1').focus(),
    };
}

export function makeEdit(page) {
    const users = numberInput('user_count', '', { min: 0, step: 1 });
    const rate = numberInput('spawn_rate', '', { min: 0 });
    const arrivals = numberInput('arrival_rate', '', { min: 0 });
    const error = el('p', { class: 'alert bad-text', role: 'alert' });
    const arrivalField = field('Arrival rate', arrivals, { hint: 'Iterations per second.' });
    const form = el('form', { method: 'dialog' }, el('h2', { id: 'edit-title' }, 'Change the load'),
        el('div', { class: 'fields' }, field('Users', users, { hint: 'At the same time, from now on.' }),
            field('Spawn rate', rate, { hint: 'Users started or stopped per second.' }), arrivalField), error,
        el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, 'Apply'),
            el('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, 'Cancel')));
    const dialog = el('dialog', { 'aria-labelledby': 'edit-title', class: 'edit-dialog' }, form);

    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const out = new URLSearchParams();
        for (const input of [users, rate, arrivals])
            if (input.value !== '')
                out.set(input.name, input.value);
        try {
            const answer = await page.server.post('/swarm', out);
            if (answer.success)
                dialog.close();
            else
                setText(error, plain(answer.message ?? 'The server refused.'));
        } catch {
            setText(error, 'The server does not answer.');
        }
    });
    document.body.append(dialog);

    return {
        open(doc, setup) {
            users.value = doc.run?.target_users || doc.run?.users || ''; // open load wants no number
            rate.value = setup?.spawn_rate || '';
            const isOpen = doc.run?.arrivals_per_s > 0;
            arrivals.value = isOpen ? doc.run.arrivals_per_s : '';
            setHidden(arrivalField, !isOpen);
            setText(error, '');
            setAttribute(dialog, 'aria-labelledby', 'edit-title');
            dialog.showModal();
            users.select();
        },
    };
}
