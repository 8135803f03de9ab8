// SPDX-License-Identifier: MIT
// The page: live with a server behind it, or a report with its document inside.

import { announce, el, setHidden, setText } from './dom.js';
import { Events, KeptHistory, LiveHistory, Server } from './live.js';
import { makeStatistics } from './statistics.js';
import { makeCharts } from './charts.js';
import { makeExceptions, makeFailures, makeRatio, makeWorkers } from './lists.js';
import { makeGoals } from './goals.js';
import { makeDegradation } from './degradation.js';
import { makeLogs } from './logs.js';
import { makeDownloads } from './downloads.js';
import { hostOf, makeSummary } from './summary.js';
import { isGoing, makeHeader } from './header.js';
import { makeEdit, makeStart } from './start.js';
import { makeLogin } from './login.js';
import { Tabs } from './tabs.js';

function readText(id) {
    return document.getElementById(id)?.textContent ?? null;
}

// Seeds are whole numbers of 64 bits, more than numbers here can hold: they stay as they are written.
function parseDocument(text) {
    return JSON.parse(text.replace(/("seed"\s*:\s*)(\d{16,})/, '$1"$2"'));
}

class Page {
    // text: the document as it came
    constructor(boot, doc, text = null) {
        this.mode = boot.mode;
        this.theme = boot.theme ?? null;
        this.doc = doc;
        this.text = text;
        this.setup = null;
        this.isLost = false;
        this.charts = [];
        this.server = new Server(boot.base_path ?? '');
        this.history = this.mode === 'live' ? new LiveHistory(this.server, () => this.points()) : new KeptHistory(doc);
        this.header = makeHeader(this);
        this.makeTabs();
        this.banner = el('div', { class: 'banner', role: 'status', hidden: true });
        this.main = el('main', { id: 'main' });
        document.getElementById('app').append(
            el('a', { class: 'skip', href: '#main', on: { click: (event) => { event.preventDefault(); this.main.focus(); } } },
                'To the content'),
            this.header.node, this.banner, this.main,
            el('div', { id: 'announcer', class: 'unseen', 'aria-live': 'polite' }));
        this.main.tabIndex = -1;
        Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    }

    makeTabs() {
        this.chartTab = makeCharts(this);
        this.degradation = makeDegradation(this);
        const tabs = [makeStatistics(this), this.chartTab, makeFailures(this), makeExceptions(this), makeRatio(this),
            makeWorkers(this), makeGoals(this), this.degradation, makeLogs(this), makeDownloads(this)];
        if (this.mode === 'report')
            tabs.unshift(makeSummary(this));
        this.tabs = new Tabs(tabs, tabs[0].id);
        this.charts = tabs.filter((tab) => tab.paint);
    }

    hostOf(doc) {
        return hostOf(doc) || this.setup?.host || '';
    }

    openEndpoint(entry) {
        this.tabs.choose('charts');
        this.chartTab.show(entry);
    }

    // Colours changed.
    repaint() {
        for (const tab of this.charts ?? [])
            tab.paint();
    }

    show(node) {
        if (this.main.firstChild !== node)
            this.main.replaceChildren(node);
    }

    // New points of the history.
    points() {
        const { chosen } = this.tabs;
        if (!this.doc || document.hidden)
            return;
        if (chosen === this.chartTab)
            this.chartTab.points();
        else if (chosen === this.degradation)
            this.degradation.points(this.doc);
    }

    print() {
        document.body.classList.add('printing');
        document.documentElement.dataset.theme = 'light';
        for (const tab of this.tabs.there())
            tab.panel.hidden = false;
        this.tabs.updateAll(this.doc);
        this.repaint();
    }

    afterPrint(theme) {
        document.body.classList.remove('printing');
        if (theme)
            document.documentElement.dataset.theme = theme;
        else
            delete document.documentElement.dataset.theme;
        for (const tab of this.tabs.tabs)
            tab.panel.hidden = tab !== this.tabs.chosen;
        this.repaint();
    }

    listenToPrinting() {
        let theme;
        window.addEventListener('beforeprint', () => {
            theme = document.documentElement.dataset.theme;
            this.print();
        });
        window.addEventListener('afterprint', () => this.afterPrint(theme));
    }

    showReport() {
        this.show(this.tabs.node);
        this.header.update(this.doc);
        this.tabs.update(this.doc);
        this.listenToPrinting();
    }
}

class LivePage extends Page {
    constructor(boot) {
        super(boot, null);
        this.start = makeStart(this);
        this.editor = makeEdit(this);
        this.login = makeLogin(this);
        this.isStarting = false;
        this.events = new Events(this.server, {
            onState: (doc) => this.take(doc),
            onLost: () => this.lost(),
            onFound: () => this.found(),
            onLogin: () => this.askLogin(),
        });
        document.addEventListener('visibilitychange', () => { if (!document.hidden && this.doc) this.take(this.doc); });
        this.listenToPrinting();
    }

    // Returns: false when a login is needed first.
    async enter() {
        try {
            this.setup = await this.server.json('/api/setup');
        } catch (error) {
            if (error.status === 401) {
                this.askLogin();
                return false;
            }
            this.lost();
            setTimeout(() => this.enter(), 2000);
            return true;
        }
        this.found();
        this.start.load(this.setup);
        setHidden(this.header.node, false);
        this.events.open();
        this.askWorkers();
        return true;
    }

    askLogin() {
        this.events.close();
        setHidden(this.header.node, true);
        if (this.main.firstChild !== this.login.node) {
            this.show(this.login.node);
            this.login.focus();
        }
    }

    // A master's start waits for workers.
    async askWorkers() {
        if (this.setup.is_master && this.main.firstChild === this.start.node && !this.isLost) {
            try {
                const setup = await this.server.json('/api/setup');
                this.setup.n_workers = setup.n_workers;
                this.start.wait(this.setup);
            } catch {
                // the banner says that the server is away
            }
        }
        setTimeout(() => this.askWorkers(), 2000);
    }

    lost() {
        this.isLost = true;
        setText(this.banner, 'The server does not answer. What is shown is what it said last; trying again …');
        setHidden(this.banner, false);
        document.title = 'Acrida: no connection';
    }

    found() {
        if (!this.isLost)
            return;
        this.isLost = false;
        setHidden(this.banner, true);
        announce('The server is there again.');
    }

    take(doc) {
        const isNew = this.doc && doc.run_number !== this.doc.run_number;
        this.doc = doc;
        if (isNew)
            this.isStarting = false;
        const hasRun = doc.run_number > 0 || isGoing(doc);
        this.history.begin(doc.run_number ?? 0);
        this.header.update(doc, this.setup, !hasRun || this.isStarting);
        if (!hasRun || this.isStarting) {
            this.showForm(hasRun);
            return;
        }
        this.show(this.tabs.node);
        if (!document.hidden)
            this.tabs.update(doc);
        const { chosen } = this.tabs;
        if (!document.hidden && (chosen === this.chartTab || chosen === this.degradation))
            this.history.ask();
    }

    showForm(hasRun) {
        this.start.setBack(hasRun);
        if (this.main.firstChild === this.start.node)
            return;
        this.show(this.start.node);
        this.start.focus();
    }

    async showStart() {
        this.isStarting = true;
        try {
            this.setup = await this.server.json('/api/setup');
            this.start.load(this.setup);
        } catch {
            // as it was
        }
        this.header.update(this.doc, this.setup, true);
        this.showForm(true);
    }

    showResults() {
        this.isStarting = false;
        this.take(this.doc);
    }

    started() {
        this.isStarting = false;
        announce('The run begins.');
        this.take({ ...this.doc, run_number: Math.max(1, this.doc?.run_number ?? 0) });
    }

    async act(path, said) {
        try {
            await this.server.get(path);
            announce(said);
        } catch (error) {
            if (error.status === 401)
                this.askLogin();
            else
                announce('The server refused.');
        }
    }

    async edit() {
        try {
            this.setup = await this.server.json('/api/setup');
        } catch {
            // as it was
        }
        this.editor.open(this.doc, this.setup);
    }
}

const boot = JSON.parse(readText('acrida-boot') ?? '{"mode": "report"}');
if (boot.mode === 'live') {
    new LivePage(boot).enter();
} else {
    const text = readText('acrida-data');
    if (text)
        new Page(boot, parseDocument(text), text).showReport();
    else
        document.getElementById('app').append(el('p', { class: 'empty' }, 'There are no results in this file.'));
}
