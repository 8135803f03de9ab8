// SPDX-License-Identifier: MIT
// Tabs, of which the chosen one stands in the address: #tab=charts.

import { el, setHidden, setText } from './dom.js';

export class Tabs {
    // tabs: { id, title, node, update(doc), shown(), hidden(), isThere(doc), badge(doc) }
    constructor(tabs, start) {
        this.tabs = tabs;
        this.chosen = null;
        this.start = start;
        this.list = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Results' });
        this.panels = el('div', { class: 'panels' });
        for (const tab of tabs)
            this.add(tab);
        this.node = el('div', { class: 'results' }, el('div', { class: 'tab-bar' }, this.list), this.panels);
        this.list.addEventListener('keydown', (event) => this.onKey(event));
        window.addEventListener('hashchange', () => this.fromAddress());
    }

    add(tab) {
        tab.mark = el('span', { class: 'badge', hidden: true, title: 'something went wrong here' },
            el('span', { 'aria-hidden': 'true' }, '!'), el('span', { class: 'unseen' }, ', something went wrong'));
        tab.button = el('button', {
            type: 'button', role: 'tab', id: `tab-${tab.id}`, 'aria-controls': `panel-${tab.id}`,
            'aria-selected': 'false', tabindex: '-1', on: { click: () => this.choose(tab.id) },
        }, tab.title, tab.mark);
        tab.panel = el('section', {
            role: 'tabpanel', id: `panel-${tab.id}`, 'aria-labelledby': `tab-${tab.id}`, hidden: true,
        }, el('h2', { class: 'print-only' }, tab.title), tab.node);
        this.list.append(tab.button);
        this.panels.append(tab.panel);
    }

    there() {
        return this.tabs.filter((tab) => !tab.button.hidden);
    }

    fromAddress() {
        const wanted = new URLSearchParams(location.hash.slice(1)).get('tab');
        const tab = this.there().find((one) => one.id === wanted);
        if (tab)
            this.choose(tab.id, false);
        else if (!this.chosen)
            this.choose(this.start, false);
    }

    choose(id, isSaid = true) {
        const tab = this.tabs.find((one) => one.id === id);
        if (!tab || tab === this.chosen)
            return;
        const before = this.chosen;
        this.chosen = tab;
        for (const one of this.tabs) {
            const isChosen = one === tab;
            one.button.setAttribute('aria-selected', String(isChosen));
            one.button.tabIndex = isChosen ? 0 : -1;
            one.panel.hidden = !isChosen;
        }
        before?.hidden?.();
        if (isSaid)
            history.replaceState(null, '', `#tab=${id}`);
        const list = this.list;
        const button = tab.button;
        if (button.offsetLeft < list.scrollLeft || button.offsetLeft + button.offsetWidth > list.scrollLeft + list.clientWidth)
            list.scrollLeft = Math.max(0, button.offsetLeft - 24);
        if (this.doc)
            tab.update?.(this.doc);
        tab.shown?.();
    }

    onKey(event) {
        const there = this.there();
        const at = there.indexOf(this.chosen);
        const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: there.length - 1 }[event.key];
        if (to === undefined)
            return;
        event.preventDefault();
        const tab = there[(to + there.length) % there.length];
        this.choose(tab.id);
        tab.button.focus();
    }

    // Only what is seen is drawn.
    update(doc) {
        this.doc = doc;
        for (const tab of this.tabs) {
            setHidden(tab.button, tab.isThere ? !tab.isThere(doc) : false);
            setHidden(tab.mark, !tab.badge?.(doc));
            setText(tab.button.firstChild, tab.title);
        }
        if (this.chosen?.button.hidden)
            this.choose(this.start);
        if (!this.chosen)
            this.fromAddress();
        else if (!document.hidden)
            this.chosen.update?.(doc);
    }

    // For paper: all of them.
    updateAll(doc) {
        for (const tab of this.there()) {
            tab.update?.(doc);
            tab.shown?.();
        }
    }
}
