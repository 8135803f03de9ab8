// SPDX-License-Identifier: MIT
// The class picker: which user types are run, and what of each: its tasks, weight, fixed count and host.

import { cut, plain, plural } from './format.js';
import { el, icon, setAttribute, setHidden, setText } from './dom.js';

const gear = 'M4 7h10M18 7h2M16 5v4M4 17h2M10 17h10M8 15v4M4 12h4M12 12h8M10 10v4';

function ownTasks(type) {
    return type.own_tasks ?? type.tasks ?? [];
}

// A type as the next run has it.
function asChanged(type) {
    return { ...type, ...(type.changed ?? {}), chosen: type.changed?.tasks ?? ownTasks(type) };
}

function labelled(title, input, hint) {
    return el('div', { class: 'field' }, el('label', { for: input.id }, title), input,
        el('span', { class: 'hint', id: `${input.id}-hint` }, hint));
}

function input(name, more) {
    return el('input', { name, id: `type-${name}`, 'aria-describedby': `type-${name}-hint`, autocomplete: 'off', ...more });
}

// onSaved(type) is called when the server has taken what was changed of it.
function makeTypeDialog(page) {
    const title = el('h2', { id: 'type-title' });
    const all = el('input', { type: 'checkbox', id: 'type-all', on: { change: () => chooseAll() } });
    const list = el('ul', { class: 'task-list' });
    const note = el('span', { class: 'hint', role: 'status' });
    const weight = input('weight', { type: 'number', min: 0, step: 'any', required: true });
    const fixed = input('fixed_count', { type: 'number', min: 0, step: 1, required: true });
    const host = input('host', { type: 'text', inputmode: 'url', spellcheck: 'false', placeholder: 'as above' });
    const error = el('p', { class: 'alert bad-text', role: 'alert' });
    const form = el('form', { method: 'dialog' }, title,
        el('fieldset', {}, el('legend', {}, 'Tasks'), el('label', { class: 'check', for: 'type-all' }, all, 'All'), list, note),
        el('div', { class: 'fields' }, labelled('Weight', weight, 'Its share among the user types.'),
            labelled('Fixed count', fixed, 'Exactly so many users; 0: by weight.'),
            labelled('Host', host, 'The host of the form goes before it.')), error,
        el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, 'Save'),
            el('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, 'Cancel')));
    const dialog = el('dialog', { 'aria-labelledby': 'type-title', class: 'type-dialog' }, form);
    let now = null;
    let boxes = [];
    let onSaved = null;

    function sum() {
        const n = boxes.filter((box) => box.checked).length;
        all.checked = n === boxes.length;
        all.indeterminate = n > 0 && n < boxes.length;
        setText(note, n === 0 ? 'Choose one at least.' : `${n} of ${plural(boxes.length, 'task')}`);
        return n;
    }

    function chooseAll() {
        for (const box of boxes)
            box.checked = all.checked;
        sum();
    }

    // Only what differs: what is left alone stays as the command line has it.
    function read() {
        const chosen = ownTasks(now).filter((task, i) => boxes[i].checked);
        const out = {};
        if (Number(weight.value) !== now.weight)
            out.weight = Number(weight.value);
        if (Number(fixed.value) !== now.fixed_count)
            out.fixed_count = Number(fixed.value);
        if (host.value.trim() !== (now.host ?? ''))
            out.host = host.value.trim();
        if (chosen.join('\0') !== now.chosen.join('\0'))
            out.tasks = chosen;
        return out;
    }

    async function save() {
        const changed = read();
        if (Object.keys(changed).length > 0) {
            const fields = new URLSearchParams({ user_class_name: now.name });
            for (const [name, value] of Object.entries(changed))
                for (const one of [value].flat())
                    fields.append(name, one);
            const answer = await page.server.post('/user', fields);
            if (answer.success === false) {
                setText(error, plain(answer.message ?? 'The server refused.'));
                return;
            }
            onSaved(changed);
        }
        dialog.close();
    }

    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        setText(error, '');
        if (sum() === 0) {
            boxes[0]?.focus();
            return;
        }
        try {
            await save();
        } catch {
            setText(error, 'The server does not answer.');
        }
    });
    document.body.append(dialog);

    return {
        open(type, then) {
            now = asChanged(type);
            onSaved = then;
            setText(title, `User type ${cut(plain(type.name), 80)}`);
            boxes = ownTasks(type).map((task, i) => el('input', { type: 'checkbox', id: `type-task-${i}`,
                checked: now.chosen.includes(task), on: { change: () => sum() } }));
            list.replaceChildren(...boxes.map((box, i) => el('li', {}, el('label', { class: 'check', for: box.id }, box,
                cut(plain(ownTasks(type)[i]), 200)))));
            weight.value = now.weight;
            fixed.value = now.fixed_count;
            host.value = now.host ?? '';
            setText(error, '');
            sum();
            dialog.showModal();
            boxes[0]?.focus();
        },
    };
}

export function makePicker(page) {
    const dialog = makeTypeDialog(page);

    function share(type) {
        if (type.fixed_count > 0)
            return plural(type.fixed_count, 'user');
        return type.arrival_rate > 0 ? `${type.arrival_rate}/s` : `weight ${type.weight}`;
    }

    // The cells of a type that change with it.
    function makeRow(type) {
        const cells = { share: el('td', { class: 'number' }), host: el('td', { class: 'text' }), tasks: el('td', { class: 'text' }) };
        const mark = el('span', { class: 'hint' }, 'changed');
        function update() {
            const now = asChanged(type);
            setText(cells.share, share(now));
            setText(cells.host, cut(plain(now.host || 'as above'), 120));
            setText(cells.tasks, cut(plain((type.changed?.tasks ?? type.tasks ?? []).join(', ')), 300));
            setHidden(mark, Object.keys(type.changed ?? {}).length === 0);
        }
        const name = cut(plain(type.name), 80);
        const button = el('button', { type: 'button', class: 'quiet icon-button', 'aria-haspopup': 'dialog', title: 'Tasks and weight',
            on: { click: () => dialog.open(type, (changed) => {
                type.changed = { ...(type.changed ?? {}), ...changed };
                update();
            }) } }, icon(gear));
        setAttribute(button, 'aria-label', `Change ${name}`);
        update();
        return (box) => el('tr', {}, el('td', {}, box), el('th', { scope: 'row', class: 'text' }, cut(plain(type.name), 120), ' ', mark),
            cells.share, cells.host, cells.tasks, el('td', {}, button));
    }

    return {
        // Returns: the table of types, and which of them are chosen.
        table(types) {
            const boxes = types.map((type) => el('input', {
                type: 'checkbox', checked: type.is_wanted !== false, 'aria-label': `Use ${cut(plain(type.name), 80)}`,
                on: { change: () => sum() },
            }));
            const all = el('input', { type: 'checkbox', 'aria-label': 'Use all user types', on: {
                change: () => {
                    for (const box of boxes)
                        box.checked = all.checked;
                    sum();
                },
            } });
            const note = el('span', { class: 'hint', role: 'status' });
            function sum() {
                const n = boxes.filter((box) => box.checked).length;
                all.checked = n === boxes.length;
                all.indeterminate = n > 0 && n < boxes.length;
                setText(note, n === 0 ? 'None chosen: all are used.' : `${n} of ${plural(types.length, 'type')}`);
            }
            sum();
            const node = el('fieldset', { class: 'types' }, el('legend', {}, 'User types'), note,
                el('div', { class: 'scroll' }, el('table', { class: 'data small-table' },
                    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, all), ...['Name', 'Share', 'Host', 'Tasks'].map((text) => (
                        el('th', { scope: 'col', class: text === 'Share' ? 'number' : 'text' }, text))),
                    el('th', { scope: 'col' }, el('span', { class: 'unseen' }, 'Change')))),
                    el('tbody', {}, types.map((type, i) => makeRow(type)(boxes[i]))))));
            return { node, read: () => types.filter((type, i) => boxes[i].checked).map((type) => type.name) };
        },
    };
}
