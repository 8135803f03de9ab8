// SPDX-License-Identifier: MIT
// Who may in: a form, where the server wants one. Without scripts between it would work, too.

import { el, icon, setText } from './dom.js';

export function makeLogin(page) {
    const error = el('p', { class: 'alert bad-text', role: 'alert' });
    const name = el('input', { id: 'username', name: 'username', autocomplete: 'username', required: true });
    const password = el('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password',
        required: true });
    const form = el('form', { class: 'card login', method: 'post', action: page.server.url('/login'), 'aria-labelledby': 'login-title' },
        el('h1', { id: 'login-title' }, icon('M3 18 10 6l4 8 7-7'), 'Acrida'),
        el('div', { class: 'field' }, el('label', { for: 'username' }, 'User name'), name),
        el('div', { class: 'field' }, el('label', { for: 'password' }, 'Password'), password), error,
        el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, 'Log in')),
        el('a', { class: 'hint', href: page.server.url('/login') }, 'Log in with a token'));

    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        setText(error, '');
        try {
            const answer = await fetch(page.server.url('/login'), {
                method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin',
            });
            if (answer.status === 429) {
                setText(error, 'Too many attempts: wait a minute.');
                return;
            }
            password.value = '';
            if (!await page.enter())
                setText(error, 'User name or password is wrong.');
        } catch {
            setText(error, 'The server does not answer.');
        }
        password.focus();
    });

    return { node: el('div', { class: 'start-page' }, form), focus: () => name.focus() };
}
