// SPDX-License-Identifier: MIT
// A table: sorted by its headings, filtered, with a choice of columns, its total pinned. Rows are reused, and only
// cells that changed are written.

import { count, cut, plain, plural } from './format.js';
import { el, recall, remember, setAttribute, setClass, setHidden, setText } from './dom.js';
import { sortRows } from './series.js';

const mostRows = 100;

// Names that are longer are cut on screen; the tooltip has more of them.
function cellText(column, row) {
    const text = column.text ? column.text(row) : column.value(row);
    return column.kind === 'number' ? text : cut(plain(text), 300);
}

export class Table {
    // columns: { key, title, help, kind: 'number' or 'text', value(row), text(row), mark(row), isOff, open(row) }
    constructor({ id, caption, columns, sort, empty, total, hasFilter = true, hasChoice = false, filterText, hint }) {
        this.id = id;
        this.all = columns;
        this.sortKey = sort?.key ?? null;
        this.isDescending = sort?.isDescending ?? false;
        this.filterText = filterText;
        this.rows = [];
        this.lines = [];
        this.order = [];
        this.isWhole = false;
        this.total = total ?? null;
        this.chosen = this.readChoice();
        this.filter = el('input', {
            type: 'search', class: 'filter', placeholder: 'Filter', 'aria-label': `Filter ${caption}`,
            on: { input: () => this.draw() },
        });
        this.shownCount = el('span', { class: 'hint', role: 'status' });
        this.more = el('button', { type: 'button', class: 'quiet', on: { click: () => this.showAll() } });
        this.head = el('tr');
        this.body = el('tbody');
        this.totalLine = el('tr', { class: 'total' });
        this.foot = el('tbody', { class: 'pinned' }, this.totalLine);
        this.table = el('table', { class: 'data' }, el('caption', { class: 'unseen' }, caption),
            el('thead', {}, this.head), this.foot, this.body);
        this.waiting = false;
        this.turn = 0;
        this.scroll = el('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption }, this.table);
        this.empty = el('p', { class: 'empty' }, empty ?? 'Nothing yet.');
        this.tools = el('div', { class: 'tools' }, hasFilter && this.filter, this.shownCount, hint && el('span', { class: 'hint' }, hint),
            el('span', { class: 'spring' }), hasChoice && this.columnChoice());
        this.node = el('div', { class: 'table-box' }, this.tools, this.scroll, this.empty,
            el('p', { class: 'more' }, this.more));
        this.hasChoice = hasChoice;
        this.scroll.addEventListener('scroll', () => this.soon(), { passive: true });
        this.layOut();
    }

    readChoice() {
        let kept = null;
        try {
            kept = JSON.parse(recall(`columns.${this.id}`) ?? 'null');
        } catch {
            kept = null;
        }
        const chosen = new Set();
        for (const column of this.all)
            if (Array.isArray(kept) ? kept.includes(column.key) : !column.isOff)
                chosen.add(column.key);
        return chosen;
    }

    columnChoice() {
        const boxes = this.all.map((column, i) => el('label', { class: 'check' },
            el('input', {
                type: 'checkbox', checked: this.chosen.has(column.key), disabled: i === 0,
                on: { change: (event) => this.choose(column.key, event.target.checked) },
            }), column.help ?? column.title));
        this.menu = el('details', { class: 'menu' }, el('summary', {}, 'Columns'),
            el('fieldset', { class: 'menu-body' }, el('legend', { class: 'unseen' }, 'Columns to show'), boxes));
        this.menu.addEventListener('keydown', (event) => {
            if (event.key === 'Escape') {
                this.menu.open = false;
                this.menu.querySelector('summary').focus();
            }
        });
        this.menu.addEventListener('focusout', (event) => {
            if (event.relatedTarget && !this.menu.contains(event.relatedTarget))
                this.menu.open = false;
        });
        return this.menu;
    }

    choose(key, isOn) {
        if (isOn)
            this.chosen.add(key);
        else
            this.chosen.delete(key);
        remember(`columns.${this.id}`, JSON.stringify([...this.chosen]));
        this.layOut();
        this.draw();
    }

    // Headings anew; lines are made again as they are drawn.
    layOut() {
        this.columns = this.all.filter((column) => this.chosen.has(column.key));
        this.head.replaceChildren(...this.columns.map((column) => el('th',
            { scope: 'col', class: column.kind === 'number' ? 'number' : 'text' },
            el('button', {
                type: 'button', class: 'sort', title: column.help, on: { click: () => this.sortBy(column) },
            }, column.title))));
        this.body.replaceChildren();
        this.totalLine.replaceChildren();
        this.totalLine.cells_ = null;
        this.lines = [];
        this.markSort();
    }

    // First the direction one looks for, then the other, then the order of the run.
    sortBy(column) {
        const first = column.kind === 'number';
        if (this.sortKey !== column.key) {
            this.sortKey = column.key;
            this.isDescending = first;
        } else if (this.isDescending === first) {
            this.isDescending = !first;
        } else {
            this.sortKey = null;
        }
        this.markSort();
        this.draw();
    }

    markSort() {
        this.columns.forEach((column, i) => {
            setAttribute(this.head.children[i], 'aria-sort', column.key !== this.sortKey
                ? 'none' : this.isDescending ? 'descending' : 'ascending');
        });
    }

    showAll() {
        this.isWhole = true;
        this.draw();
    }

    update(rows, total = null) {
        this.rows = rows;
        this.total = total;
        this.draw(true);
    }

    filtered() {
        const wanted = this.filter.value.trim().toLowerCase();
        if (wanted === '' || !this.filterText)
            return this.rows;
        return this.rows.filter((row) => this.filterText(row).toLowerCase().includes(wanted));
    }

    sorted(rows) {
        const column = this.all.find((c) => c.key === this.sortKey);
        return column ? sortRows(rows, column.value, this.isDescending) : rows;
    }

    makeLine(tr, isTotal) {
        const cells = this.columns.map((column) => {
            const cell = el('td', { class: column.kind === 'number' ? 'number' : 'text' });
            if (column.open && !isTotal) {
                const button = el('button', {
                    type: 'button', class: 'link', title: column.openHelp,
                    on: { click: () => column.open(tr.row_) },
                });
                cell.append(button);
                cell.inner_ = button;
            }
            return cell;
        });
        tr.replaceChildren(...cells);
        tr.cells_ = cells;
    }

    fill(tr, row, isTotal) {
        if (!tr.cells_)
            this.makeLine(tr, isTotal);
        tr.row_ = row;
        for (let i = 0; i < this.columns.length; i++) {
            const column = this.columns[i];
            const cell = tr.cells_[i];
            setText(cell.inner_ ?? cell, cellText(column, row));
            const mark = column.mark?.(row);
            setClass(cell, (column.kind === 'number' ? 'number' : 'text') + (mark ? ` ${mark}` : ''));
            if (column.tip)
                setAttribute(cell, 'title', cut(plain(column.tip(row)), 1000));
        }
    }

    // Which lines are in sight, with some before and after.
    inSight() {
        const n = this.lines.length;
        const high = this.lines[0]?.offsetHeight ?? 0;
        if (n <= mostRows || high === 0 || document.body.classList.contains('printing'))
            return [0, n];
        const first = Math.floor(this.scroll.scrollTop / high) - 20;
        return [Math.max(0, first), Math.min(n, first + 60 + Math.ceil(this.scroll.clientHeight / high))];
    }

    fillLines(from, to) {
        for (let i = from; i < Math.min(to, this.lines.length); i++)
            this.fill(this.lines[i], this.order[i], false);
    }

    // Of many lines those in sight are always up to date; of the others an eighth at a time.
    refill() {
        const part = Math.ceil(this.lines.length / 8);
        this.turn = (this.turn + 1) % 8;
        this.fillLines(...this.inSight());
        if (this.lines.length > mostRows)
            this.fillLines(this.turn * part, (this.turn + 1) * part);
    }

    soon() {
        if (this.waiting || this.lines.length <= mostRows)
            return;
        this.waiting = true;
        requestAnimationFrame(() => {
            this.waiting = false;
            this.fillLines(...this.inSight());
        });
    }

    // isNews: other numbers of the same table, so that not all of it need be drawn.
    draw(isNews = false) {
        const rows = this.sorted(this.filtered());
        const isPaper = document.body.classList.contains('printing');
        const n = this.isWhole || isPaper ? rows.length : Math.min(rows.length, mostRows);
        this.order = rows;
        while (this.lines.length < n) {
            const tr = el('tr');
            this.lines.push(tr);
            this.fill(tr, rows[this.lines.length - 1], false);
            this.body.append(tr);
        }
        while (this.lines.length > n)
            this.lines.pop().remove();
        if (isNews)
            this.refill();
        else
            this.fillLines(0, n);
        setHidden(this.foot, !this.total);
        if (this.total)
            this.fill(this.totalLine, this.total, true);
        this.note(rows.length, n);
    }

    note(found, n) {
        const all = this.rows.length;
        setHidden(this.scroll, all === 0 && !this.total);
        setHidden(this.empty, all > 0);
        setHidden(this.tools, all === 0 && !this.hasChoice);
        setHidden(this.filter, all < 2);
        setText(this.shownCount, found < all ? `${count(found)} of ${plural(all, 'row')}` : '');
        setHidden(this.more, n >= found);
        setText(this.more, `Show all ${count(found)}`);
        setHidden(this.more.parentNode, n >= found);
    }
}
