#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Serves the page with results that are made up: many entries, odd names, a history with a knee. For tests of the
page alone, and to look at it.

usage: page_server.py PAGE.html [--entries N] [--every SECONDS] [--fresh] [--login] [--master] [--points N]
       page_server.py PAGE.html --report FILE [--entries N]     writes a report instead
"""
import argparse
import http.server
import json
import os
import random
import sys
import threading
import time
import urllib.parse

EPOCH = 1767225600
ODD = [
    '<script>window.hacked = 1</script>',
    '"><img src=x onerror="window.hacked = 2">',
    '/api/\u202egnp.exe/\u2066x\u2069',
    '/long/' + 'x' * 10234,
    '/emoji/\U0001f997/\u2603?q=\u00e4\u00f6',
    "=HYPERLINK(\"http://x\", 'y')",
    '</script><b>bold</b>\u2028\0',
    '__proto__',
]
CLOCK = ['50', '66', '75', '80', '90', '95', '98', '99', '99.9', '99.99', '100']


def clock(n, middle, seed, live):
    rnd = random.Random(seed)
    p, at = {}, middle
    for name in CLOCK:
        p[name] = round(at, 6)
        at *= 1.12 + rnd.random() * 0.5
    out = {'count': n, 'sum_ms': n * middle * 1.2, 'min_ms': round(middle * 0.2, 6), 'mean_ms': middle * 1.2,
           'max_ms': p['100'], 'percentiles_ms': p}
    if not live:
        out['histogram'] = [[round(middle * (0.2 + i * 0.04), 6), 1 + (i * 37) % 90] for i in range(60)]
    return out


def wave(history, scale, i):
    rates = [None if v is None else round(v * scale, 3) for v in history['requests_per_s']]
    return {'requests_per_s': rates, 'failures_per_s': [round(v * scale * (0.02 if i % 7 == 0 else 0), 3) for v in
                                                        history['requests_per_s']],
            **{k: [None if v is None else round(v * (0.5 + i % 9 / 6), 3) for v in history[k]]
               for k in ('average_ms', 'p50_ms', 'p95_ms', 'p99_ms')}}


class World:
    """A run that began when it was started; its numbers are functions of time."""

    def __init__(self, options):
        self.o = options
        self.lock = threading.Lock()
        self.run = 0 if options.fresh else options.run
        self.state = 'ready' if options.fresh else 'running'
        self.users, self.rate, self.beat = 500, 10.0, 0
        self.seen = []
        self.changed = {}

    def history(self):
        n = self.o.points
        rnd = random.Random(self.run)
        h = {k: [] for k in ('time_s', 'users', 'target_users', 'arrivals_per_s', 'requests_per_s', 'failures_per_s',
                             'average_ms', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms', 'open_requests', 'lateness_ms',
                             'cpu_percent')}
        for i in range(n):
            users = min(self.users, round(self.users * (i + 1) / (n * 0.8)))
            over = max(0, users - self.users * 0.6) / self.users
            rps = (users - over * self.users * 0.85) * 4 * (1 + 0.03 * rnd.random())
            p50 = 12 + 300 * over ** 2 + rnd.random() * 2
            for key, value in (('time_s', i + 1), ('users', users), ('target_users', self.users), ('arrivals_per_s', 0),
                               ('requests_per_s', rps), ('failures_per_s', rps * over * 0.08), ('average_ms', p50 * 1.3),
                               ('p50_ms', p50), ('p95_ms', p50 * 3), ('p99_ms', p50 * 5 + rnd.random() * 9),
                               ('max_ms', p50 * 9), ('open_requests', rps * p50 / 1000),
                               ('lateness_ms', 0.1 + rnd.random() * 0.05), ('cpu_percent', 20 + 60 * users / self.users)):
                h[key].append(round(value, 3))
            if i == n // 3:
                for key in ('average_ms', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms'):
                    h[key][-1] = None
        return {'interval_s': 1, **h}

    def entry(self, i, live=True):
        kind = ['GET', 'POST', 'PUT', 'DELETE', 'WS'][i % 5]
        name = ODD[i] if i < len(ODD) else f'/api/v1/{["products", "orders", "users", "search"][i % 4]}/{i}'
        n = (i * 7919) % 5000 + 10 + self.beat * (i % 4 + 1)
        bad = n // 50 if i % 7 == 0 else 0
        e = {'type': kind, 'name': name, 'requests': n, 'failures': bad, 'attempts': n, 'cancelled': 0, 'untimed': 0,
             'bytes': n * (200 + i * 13), 'requests_per_s': n / 300, 'failures_per_s': bad / 300,
             'response_time': clock(n, 3 + (i * 31) % 400 / 3 + self.beat % 5, i, live),
             'corrected': clock(n, 3 + (i * 31) % 400 / 2.9, i, live), 'lateness': clock(n, 0.01, i, live)}
        if live:
            e['current'] = {'requests_per_s': n / 300 + self.beat % 7, 'failures_per_s': bad / 300, 'p50_ms': 5, 'p95_ms': 9,
                            'p99_ms': 12}
        return e

    def total(self, entries, live):
        n = sum(e['requests'] for e in entries)
        bad = sum(e['failures'] for e in entries)
        t = {**self.entry(11, live), 'type': '', 'name': 'Aggregated', 'requests': n, 'failures': bad, 'attempts': n,
             'bytes': sum(e['bytes'] for e in entries), 'requests_per_s': n / 300, 'failures_per_s': bad / 300}
        if live:
            t['current'] = {'requests_per_s': n / 300 + self.beat % 13, 'failures_per_s': bad / 300, 'p50_ms': 13.2,
                            'p95_ms': 88, 'p99_ms': 213}
        return t

    def document(self, live=True):
        n = 0 if self.run == 0 else self.o.entries
        entries = [self.entry(i, live) for i in range(n)]
        total = self.total(entries, live)
        over = self.state == 'stopped'
        doc = {
            'schema': 1, 'run_number': self.run, 'n_entries': n if n < 1000 else n + 234 * live, 'scenario': 'shop.c',
            'run': {'start_time': EPOCH, 'reset_time': EPOCH, 'last_request_time': EPOCH + 300,
                    'duration_s': 0 if self.run == 0 else 300 + self.beat, 'state': self.state, 'seed': 42,
                    'exit_code': 3 if over else 0, 'users': 0 if over or self.run == 0 else self.users,
                    'target_users': self.users, 'arrivals_per_s': 0, 'stage': 2, 'n_stages': 5,
                    'user_types': [{'name': 'shopper', 'users': self.users}]},
            'ledger': {'started': total['requests'] + 12, 'succeeded': total['requests'] - total['failures'],
                       'failed': total['failures'], 'cancelled': 9, 'in_flight': 3, 'lost': 0,
                       'attempts': total['requests'] + 12},
            'load': {}, 'total': total, 'entries': entries,
            'failures': [{'type': e['type'], 'name': e['name'], 'count': e['failures'], 'first_seen': EPOCH + i,
                          'last_seen': EPOCH + 200 + i, 'error': ODD[i % 8] if i < 40 else f'HTTP 503 from {e["name"]}'}
                         for i, e in enumerate(entries) if e['failures']],
            'exceptions': [{'message': 'total is no number: ' + ODD[0], 'traceback':
                            'shop.c:41 check_out\nshop.c:88 visit\n' + ODD[1], 'count': 3, 'nodes': ['local', 'w-2']}]
            if n else [],
            'metrics': [{'kind': 'counter', 'name': 'orders', 'count': 41, 'sum': 1290, 'per_s': 4.3},
                        {'kind': 'check', 'name': 'price is right', 'count': 1200, 'failures': 7},
                        {'kind': 'trend', 'name': 'basket ' + ODD[0], 'count': 9, 'sum': 1, 'min': 1, 'mean': 2, 'max': 9,
                         'percentiles': {'50': 3, '95': 7, '99': 8.8}}] if n else [],
            'verdict': {'state': 'fail' if n else 'none', 'reasons': [
                'GET /api/v1/orders: 99 % of the response times are 1,204 ms; the goal is less than 1 s.'] if n else []},
            'goals': [
                {'text': 'p95 < 500ms', 'wanted': '< 500 ms', 'measured': '88.2 ms', 'state': 'met'},
                {'text': 'GET /api/v1/orders: p99 < 1s over 10s', 'wanted': '< 1000 ms', 'measured': '1,204 ms', 'state': 'missed'},
                {'text': 'GET /users: p50 < 20ms at 100 rps for 30m', 'wanted': '< 20 ms', 'measured':
                 'the load was never 100 rps', 'state': 'not tested'},
                {'text': ODD[1], 'wanted': '< 1 %', 'measured': '', 'state': 'waiting'}] if n else [],
            'workers': self.workers(),
            'environment': {'acrida': '0.1.0', 'abi': '1.3', 'time': '2026-01-01T00:00:00Z', 'host': 'build-7',
                            'os': 'Debian GNU/Linux 12', 'kernel': '6.1.0-18-amd64', 'cpu': 'AMD EPYC 7763', 'n_cpus': 8,
                            'memory_bytes': 33554432000},
            'options': [{'name': 'host', 'value': 'https://shop.example.com'}, {'name': 'users', 'value': '500'},
                        {'name': 'spawn-rate', 'value': '10'}, {'name': 'run-time', 'value': '5m'}],
            'patterns': self.patterns() if n else [],
        }
        if not live:
            doc['history'] = self.history()
            for i, e in enumerate(entries[:50]):
                e['history'] = wave(doc['history'], 1 / 300, i)
            del doc['run_number'], doc['n_entries']
        return doc

    def patterns(self):
        knee = round(self.users * 0.6)
        return [
            {'pattern': 'cliff', 'title': f'Response times rise steeply from {knee} users on', 'type': '', 'name': '',
             'evidence': 'Up to there 95 % were answered within 45 ms and the rate grew with the users; beyond it the rate '
             'stays while times grow by 2.9 ms for each further user.', 'is_broken': True, 'from_s': self.o.points * 0.48,
             'to_s': self.o.points, 'at': {'what': 'users', 'value': knee}, 'period_s': None, 'slope': 2.9,
             'recovery_s': None, 'causes': ['A pool of connections or threads is exhausted.', 'One CPU is full.'],
             'fixes': ['Find the resource that is full at the knee, and widen it.', 'Refuse early what cannot be served.']},
            {'pattern': 'spike', 'title': 'One endpoint stalls: ' + ODD[0], 'type': 'GET', 'name': ODD[0], 'evidence':
             'At 1:40 its times were 14 times the usual for 12 s; the others did not change.', 'is_broken': False,
             'from_s': 100, 'to_s': 112, 'at': {'what': 'time_s', 'value': 100}, 'period_s': None, 'slope': None,
             'recovery_s': 12, 'causes': ['A cache ran out all at once.'], 'fixes': ['Let it expire at different times.']}]

    def workers(self):
        if not self.o.master:
            return []
        return [{'index': i, 'name': f'w-{i}', 'host': '10.0.0.%d' % i, 'labels': 'region=eu' if i % 2 else '',
                 'state': 'missing' if i == 3 else self.state, 'users': 125, 'users_max': 125, 'threads': 8,
                 'cpu_percent': 41.5 + i, 'loop_percent': 93.2 if i == 2 else 51, 'memory_bytes': 81234567,
                 'lateness_ms': 0.21, 'lateness_recent_ms': 0.34, 'silent_s': 14 if i == 3 else 0.4, 'clock_offset_ms': 0.02, 'reports': 310,
                 'ledger': {'started': 30211, 'failed': 12}} for i in range(4)]

    def setup(self):
        return {'version': '0.1.0', 'scenario': 'shop.c', 'host': 'https://shop.example.com', 'users': self.users,
                'spawn_rate': self.rate, 'run_time_s': 5400, 'arrival_rate': 0, 'stages': '', 'has_shape': False,
                'is_master': self.o.master, 'n_workers': 4 if self.o.master else 0, 'has_login': self.o.login,
                'has_class_picker': True, 'has_full_history': True, 'user_types': [
                    {'name': 'shopper', 'host': '', 'weight': 9, 'fixed_count': 0, 'arrival_rate': 0, 'is_wanted': True,
                     'tasks': ['browse', 'view', 'check_out', 'check_out/' + ODD[1]],
                     'own_tasks': ['browse', 'view', 'check_out'], 'changed': self.changed},
                    {'name': 'admin ' + ODD[0], 'host': 'https://admin.example.com', 'weight': 1, 'fixed_count': 2,
                     'arrival_rate': 0, 'is_wanted': True, 'tasks': ['report']}], 'options': [
                    {'name': 'token', 'plugin': 'shop', 'help': 'Who we are', 'value': '', 'default_value': '', 'choices': [],
                     'kind': 'string', 'is_secret': True, 'is_required': False, 'is_of_scenario': True},
                    {'name': 'region', 'plugin': 'shop', 'help': 'Whose prices', 'value': 'eu', 'default_value': 'eu',
                     'choices': ['eu', 'us', ODD[1]], 'kind': 'string', 'is_secret': False, 'is_required': False,
                     'is_of_scenario': True},
                    {'name': 'basket-size', 'plugin': 'shop', 'help': 'Things bought at a time', 'value': '3',
                     'default_value': '3', 'choices': [], 'kind': 'int', 'is_secret': False, 'is_required': True,
                     'is_of_scenario': True},
                    {'name': 'pay', 'plugin': 'shop', 'help': 'Pay for it, too', 'value': 'true', 'default_value': 'false',
                     'choices': [], 'kind': 'flag', 'is_secret': False, 'is_required': False, 'is_of_scenario': True},
                    {'name': 'csv', 'plugin': 'report', 'help': '', 'value': '', 'default_value': '', 'choices': [],
                     'kind': 'string', 'is_secret': False, 'is_required': False, 'is_of_scenario': False}]}

    def user(self, fields):
        with self.lock:
            self.seen.append(fields)
            if fields.get('weight') == ['13']:
                return {'success': False, 'message': '13 is unlucky <b>here</b>'}
            self.changed.update({k: v if k == 'tasks' else v[0] if k == 'host' else float(v[0]) for k, v in fields.items()
                                 if k != 'user_class_name'})
        return {}

    def swarm(self, fields):
        with self.lock:
            self.seen.append(fields)
            users = fields.get('user_count', ['0'])[0]
            if users == '13':
                return {'success': False, 'message': '13 users are unlucky <b>here</b>', 'host': None}
            self.users = int(users)
            if self.state not in ('running', 'spawning'):
                self.run += 1
                self.beat = 0
            self.state = 'running'
        return {'success': True, 'message': 'Swarming started', 'host': None}


RATIO = {'per_class': {'shopper': {'ratio': 0.9, 'tasks': {'browse': {'ratio': 0.556}, 'view': {'ratio': 0.333},
                                                          'check_out': {'ratio': 0.111}}},
                       'admin ' + ODD[0]: {'ratio': 0.1, 'tasks': {'report': {'ratio': 1.0}}}},
         'total': {'shopper': {'ratio': 0.9, 'tasks': {'browse': {'ratio': 0.5}, 'view': {'ratio': 0.3}, 'check_out':
                                                       {'ratio': 0.1}}}, 'admin': {'ratio': 0.1, 'tasks': {'report':
                                                                                                          {'ratio': 0.1}}}}}


def with_data(page, boot, doc=None):
    def script(name, value):
        text = json.dumps(value)
        for c in '<>&\u2028\u2029':
            text = text.replace(c, '\\u%04x' % ord(c))
        return f'<script id="{name}" type="application/json">{text}</script>'
    data = script('acrida-boot', boot) + ('\n' + script('acrida-data', doc) if doc else '')
    return page.replace('<!--acrida-data-->', data)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    world = None
    page = ''

    def log_message(self, *args):
        pass

    def answer(self, body, kind='application/json', status=200, headers=()):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', kind + '; charset=utf-8')
        self.send_header('Content-Length', str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def is_in(self):
        return not self.world.o.login or 'session=1' in self.headers.get('Cookie', '')

    def events(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.send_header('Connection', 'close')
        self.end_headers()
        while True:
            self.wfile.write(f'event: state\ndata: {json.dumps(self.world.document())}\n\n'.encode())
            self.wfile.flush()
            time.sleep(self.world.o.every)
            if self.world.state == 'running':
                self.world.beat += 1

    def do_GET(self):
        try:
            self.get()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def get(self):
        w = self.world
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == '/':
            return self.answer(with_data(self.page, {'mode': 'live', 'base_path': ''}), 'text/html')
        if url.path.startswith('/modules/') and w.o.modules:
            name = url.path[9:]
            if name == '':
                return self.answer('<!doctype html>', 'text/html')
            with open(f'{os.path.dirname(__file__) if name.endswith(".mjs") else w.o.modules}/{os.path.basename(name)}',
                      encoding='utf-8') as f:
                return self.answer(f.read(), 'text/javascript')
        if url.path == '/favicon.ico':
            return self.answer('', 'image/png')
        if url.path == '/seen':
            return self.answer(w.seen)
        if not self.is_in():
            return self.answer({'message': 'log in first'}, status=401)
        if url.path == '/api/events':
            return self.events()
        if url.path == '/stop':
            w.state = 'stopped'
            return self.answer({'success': True, 'message': 'Test stopped'})
        if url.path == '/stats/reset':
            w.beat = 0
            return self.answer('ok', 'text/plain')
        if url.path == '/api/runs':
            return self.answer({'runs': list(range(max(1, w.run - 4), w.run))})
        if url.path == '/api/history':
            h = w.history()
            return self.answer({'interval_s': 1, 'time_s': h['time_s'], **wave(h, 1 / 300, 3)} if 'name' in query else h)
        if url.path == '/api/logs':
            after = int(query['after'][0])
            lines = [{'n': i, 'time': EPOCH + i, 'level': ['DEBUG', 'INFO', 'INFO', 'WARNING', 'ERROR'][i % 5],
                      'source': 'acrida' if i % 3 else 'w-2', 'text': f'line {i}: ' + (ODD[i % 8] if i < 9 else 'all is well')}
                     for i in range(after, 60 + w.beat)]
            return self.answer({'lines': lines, 'next': max(after, 60 + w.beat)})
        plain = {'/api/setup': w.setup, '/api/state': w.document, '/tasks': lambda: RATIO}
        if url.path in plain:
            return self.answer(plain[url.path]())
        return self.answer('no such page', 'text/plain', 404)

    def do_POST(self):
        fields = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get('Content-Length', 0))).decode(), True)
        if self.path == '/login':
            good = fields.get('username') == ['ada'] and fields.get('password') == ['secret']
            return self.answer('', 'text/plain', 303, [('Location', '/')] + ([('Set-Cookie', 'session=1')] if good else []))
        if not self.is_in():
            return self.answer({'message': 'log in first'}, status=401)
        if self.path == '/user':
            return self.answer(self.world.user(fields))
        return self.answer(self.world.swarm(fields) if self.path == '/swarm' else {'success': False})


def main():
    p = argparse.ArgumentParser()
    p.add_argument('page')
    p.add_argument('--port', type=int, default=0)
    p.add_argument('--entries', type=int, default=40)
    p.add_argument('--points', type=int, default=300)
    p.add_argument('--every', type=float, default=1.0)
    p.add_argument('--fresh', action='store_true')
    p.add_argument('--run', type=int, default=1)
    p.add_argument('--login', action='store_true')
    p.add_argument('--master', action='store_true')
    p.add_argument('--modules')
    p.add_argument('--report')
    o = p.parse_args()
    with open(o.page, encoding='utf-8') as f:
        Handler.page = f.read()
    Handler.world = World(o)
    if o.report:
        Handler.world.state = 'stopped'
        with open(o.report, 'w', encoding='utf-8') as f:
            f.write(with_data(Handler.page, {'mode': 'report'}, Handler.world.document(False)))
        return
    http.server.ThreadingHTTPServer.allow_reuse_address = True
    http.server.ThreadingHTTPServer.daemon_threads = True
    server = http.server.ThreadingHTTPServer(('127.0.0.1', o.port), Handler)
    print(f'listening on http://127.0.0.1:{server.server_address[1]}', flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == '__main__':
    main()
