// SPDX-License-Identifier: MIT
// What the server says: the state as it changes, histories as they are asked for. Nothing here grows: each answer
// replaces the one before.

import { length, onTimes } from './series.js';

export class Server {
    constructor(base) {
        this.base = base.replace(/\/+$/, '');
    }

    url(path) {
        return this.base + path;
    }

    // Returns: the answer; throws { status } where there is none.
    async get(path) {
        const answer = await fetch(this.url(path), { cache: 'no-store', credentials: 'same-origin' });
        if (!answer.ok)
            throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
        return answer;
    }

    async json(path) {
        return (await this.get(path)).json();
    }

    // Returns: what Locust's /swarm answers: { success, message }.
    async post(path, fields) {
        const answer = await fetch(this.url(path), { method: 'POST', body: fields, credentials: 'same-origin' });
        const text = await answer.text();
        try {
            return JSON.parse(text);
        } catch {
            return { success: answer.ok, message: text.slice(0, 500) || `The server answered ${answer.status}.` };
        }
    }
}

const silence = 15000;
const unseen = 5000;

// Events while the server is there and the page is seen; otherwise asks again, later and later up to five seconds. A browser
// has six connections to a server: tabs behind others must not keep them all.
export class Events {
    constructor(server, { onState, onLost, onFound, onLogin }) {
        Object.assign(this, { server, onState, onLost, onFound, onLogin });
        this.source = null;
        this.isLost = false;
        this.delay = 500;
        this.heard = 0;
        this.timer = null;
        setInterval(() => this.watch(), 5000);
        document.addEventListener('visibilitychange', () => this.turn());
    }

    open() {
        this.close();
        this.heard = Date.now();
        if (document.hidden) {
            this.timer = setTimeout(() => this.ask(), unseen);
            return;
        }
        const source = new EventSource(this.server.url('/api/events'));
        this.source = source;
        source.addEventListener('state', (event) => {
            this.heard = Date.now();
            this.delay = 500;
            this.found();
            this.onState(JSON.parse(event.data));
        });
        source.addEventListener('error', () => this.again());
    }

    close() {
        clearTimeout(this.timer);
        this.source?.close();
        this.source = null;
    }

    // Another tab came before this one, or this one is back.
    turn() {
        if (this.heard === 0)
            return;
        this.close();
        this.ask();
    }

    found() {
        if (this.isLost) {
            this.isLost = false;
            this.onFound();
        }
    }

    // A browser's own second attempts do not say why: ask.
    again() {
        this.close();
        this.timer = setTimeout(() => this.ask(), this.delay);
        this.delay = Math.min(5000, this.delay * 2);
    }

    async ask() {
        try {
            const doc = await this.server.json('/api/state');
            this.found();
            this.onState(doc);
            this.open();
        } catch (error) {
            if (error.status === 401) {
                this.onLogin();
                return;
            }
            if (!this.isLost) {
                this.isLost = true;
                this.onLost();
            }
            this.again();
        }
    }

    // A connection may be dead and nobody told us.
    watch() {
        if (this.source && Date.now() - this.heard > silence) {
            this.heard = Date.now();
            this.close();
            this.ask();
        }
    }
}

// Histories of a live run, of those before it, and of the endpoint that is looked at.
export class LiveHistory {
    constructor(server, onChange) {
        this.server = server;
        this.onChange = onChange;
        this.number = 0;
        this.now = { time_s: [] };
        this.before = []; // { number, history, own, wanted: whose own is }
        this.wanted = null;
        this.own = null;
        this.due = 0;
        this.isAsking = false;
    }

    // Another run: the server keeps those before it, in little.
    begin(number) {
        if (number === this.number)
            return;
        this.before = number > this.number ? this.before : []; // a server that was started again
        this.number = number;
        this.now = { time_s: [] };
        this.own = null;
        this.due = 0;
        this.onChange();
        this.askBefore();
    }

    async askBefore() {
        const { number } = this;
        try {
            const { runs } = number > 1 ? await this.server.json('/api/runs') : { runs: [] };
            const before = await Promise.all(runs.map(async (one) => this.before.find((run) => run.number === one) ?? {
                number: one, history: await this.server.json(`/api/history?run=${one}`),
            }));
            if (number !== this.number)
                return;
            this.before = before;
            await this.askOwnBefore();
            this.onChange();
        } catch {
            // they are left out
        }
    }

    // What the endpoint that is looked at did in them.
    async askOwnBefore() {
        const { wanted, before } = this;
        await Promise.all(before.filter((run) => wanted && run.wanted !== wanted).map(async (run) => {
            const query = new URLSearchParams({ run: run.number, ...wanted });
            const own = await this.server.json(`/api/history?${query}`);
            if (wanted === this.wanted)
                Object.assign(run, { own, wanted });
        }));
    }

    runs(withEarlier) {
        return [...(withEarlier ? this.before : []), { number: this.number, history: this.now }];
    }

    hasEarlier() {
        return this.before.length > 0;
    }

    follow(endpoint) {
        this.wanted = endpoint;
        this.own = null;
        this.due = 0;
        this.ask();
        this.askOwnBefore().then(this.onChange, () => {});
    }

    // In a run, which is one of runs().
    ofEndpoint(run) {
        return (run.number === this.number ? this.own : run.wanted === this.wanted && run.own) || {};
    }

    // The history of an endpoint, once.
    async of(type, name) {
        return onTimes(await this.server.json(`/api/history?${new URLSearchParams({ type, name })}`), this.now.time_s);
    }

    // Asks when new points may be there; long histories less often.
    async ask() {
        if (this.isAsking || Date.now() < this.due)
            return;
        this.isAsking = true;
        const { number, wanted } = this;
        try {
            const [now, own] = await Promise.all([
                this.server.json('/api/history'),
                wanted ? this.of(wanted.type, wanted.name) : null,
            ]);
            if (number === this.number) {
                this.now = now?.time_s ? now : { time_s: [] };
                if (wanted === this.wanted)
                    this.own = own;
                const least = length(this.now) > 600 ? 5000 : 1900;
                this.due = wanted === this.wanted ? Date.now() + Math.max(least, (this.now.interval_s ?? 1) * 900) : 0;
                this.onChange();
            }
        } catch {
            this.due = Date.now() + 2000;
        } finally {
            this.isAsking = false;
        }
    }
}

// The same questions, answered by a document.
export class KeptHistory {
    constructor(doc, onChange) {
        this.doc = doc;
        this.onChange = onChange;
        this.now = doc.history?.time_s ? doc.history : { time_s: [] };
        this.own = null;
    }

    begin() {
        // a report is of one run
    }

    runs() {
        return [{ number: this.doc.run_number ?? 1, history: this.now }];
    }

    hasEarlier() {
        return false;
    }

    find(type, name) {
        const entry = (this.doc.entries ?? []).find((one) => one.type === type && one.name === name);
        return onTimes(entry?.history ?? {}, this.now.time_s);
    }

    follow(endpoint) {
        this.own = endpoint ? this.find(endpoint.type, endpoint.name) : null;
    }

    ofEndpoint() {
        return this.own ?? {};
    }

    async of(type, name) {
        return this.find(type, name);
    }

    async ask() {
        // all of it is here
    }
}
