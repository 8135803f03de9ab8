#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page in a browser, with made-up results (page_server.py).

usage: page_test.py PAGE.html SCRATCH_DIR [CASE...]      exit code 1 and a line for each case that fails
"""
import json
import os
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, Failed  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = {'left': '\ue012', 'right': '\ue014', 'end': '\ue010', 'home': '\ue011', 'enter': '\ue007', 'escape': '\ue00c'}

# Everything that is read must stand out from what is behind it (WCAG AA), and everything that is used must have a name.
LOOK = r'''
const rgb = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
};
const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a), a: 1 });
const behind = (node) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement)
        layers.push(rgb(getComputedStyle(n).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
};
const light = ({ r, g, b }) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const bad = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const isOff = node.closest(':disabled, [hidden], script, style, noscript, .unseen, .skip');
    if (walker.currentNode.data.trim() === '' || isOff || node.getClientRects().length === 0)
        continue;
    const back = behind(node);
    const style = getComputedStyle(node);
    const [a, b] = [light(over(rgb(style.color), back)), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5))
        bad.push(`contrast ${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 30)} (${node.className})`);
}
for (const node of document.querySelectorAll('button, a[href], input, select, canvas, summary')) {
    const name = node.getAttribute('aria-label') || node.innerText?.trim() || node.labels?.[0]?.textContent.trim() ||
        node.textContent.trim();
    if (!name && node.getClientRects().length > 0)
        bad.push(`no name: ${node.outerHTML.slice(0, 80)}`);
}
const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
bad.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two of ${id}`));
if (document.documentElement.scrollWidth > innerWidth)
    bad.push(`wider than the window: ${document.documentElement.scrollWidth} of ${innerWidth}`);
return [...new Set(bad)];
'''


def same(what, got, wanted):
    if got != wanted:
        raise Failed(f'{what}: expected {wanted!r}, got {got!r}')


def true(what, value):
    if not value:
        raise Failed(what)


class Server:
    def __init__(self, page, *options):
        self.args = [sys.executable, f'{HERE}/page_server.py', page, '--every', '0.1', *options]
        self.start()

    def start(self, *more):
        self.process = subprocess.Popen([*self.args, *more], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def again(self):
        self.start('--port', self.url.rsplit(':', 1)[1])

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def json(self, path):
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return json.load(answer)


class Tests:
    def __init__(self, page, scratch):
        self.page, self.scratch = page, scratch
        self.b = Browser(scratch=f'{scratch}/profile')
        self.servers = []

    def serve(self, *options):
        server = Server(self.page, *options)
        self.servers.append(server)
        return server

    def done(self):
        self.b.open('about:blank')
        self.b.log()
        for server in self.servers:
            server.process.kill()
            server.process.wait(10)
        self.servers = []

    def open(self, server, tab=''):
        self.b.open('about:blank')
        self.b.open(f'{server.url}/{tab and "#tab=" + tab}')
        self.b.wait('return document.querySelector("main").childElementCount > 0', 'the page shows something')

    def is_quiet(self, ours=()):
        """Nothing odd ran, and the console is empty but for these."""
        same('what odd names did', self.b.js('return window.hacked ?? null'), None)
        same('made of odd names', self.b.js('return document.querySelectorAll("main img, main script, main b").length'), 0)
        same('console', [line for line in self.b.log() if not any(word in line for word in ours)], [])

    def header(self, name):
        return self.b.js('''for (const one of document.querySelectorAll(".fact"))
            if (one.firstChild.textContent === arguments[0]) return one.lastChild.innerText;''', name)

    def case_start(self):
        """A run is started, changed, stopped and begun anew; what is wrong is said."""
        b, server = self.b, self.serve('--fresh')
        self.open(server)
        value = 'return document.querySelector(arguments[0]).value'
        same('users', b.js(value, '[name=user_count]'), '500')
        same('host', b.js(value, '[name=host]'), 'https://shop.example.com')
        same('run time', b.js(value, '[name=run_time]'), '1h30m')
        same('secrets', b.js('return document.querySelectorAll(".start input[type=password]").length'), 1)
        same('choices', b.js('return document.querySelectorAll(".start select option").length'), 3)
        same('form', b.js(LOOK), [])
        b.click('.advanced summary')
        b.click('.types [aria-label="Use all user types"]')
        same('none', b.js('return document.querySelectorAll(".types tbody :checked").length'), 0)
        b.click('.types tbody tr input')
        b.type('[name=user_count]', '13')
        b.click('.start [type=submit]')
        b.wait('return document.querySelector(".start [role=alert]").textContent !== ""', 'a refusal is shown')
        same('refusal', b.text('.start [role=alert]'), '13 users are unlucky <b>here</b>')
        b.type('[name=user_count]', '250')
        b.click('.start [type=submit]')
        b.wait('return !!document.querySelector("[role=tabpanel] tbody tr")', 'results are shown')
        seen = server.json('/seen')[-1]
        same('types', seen['user_classes'], ['shopper'])
        same('options', [seen['region'], seen['basket-size'], seen['pay'], seen['run_time'], seen['spawn_rate']],
             [['eu'], ['3'], ['true'], ['1h30m'], ['10']])
        true('a secret that was not typed is not sent', 'token' not in seen)
        b.wait(lambda: self.header('Users') == '250', 'the header says 250')
        same('state', self.header('State'), 'running')
        same('stage', self.header('Stage'), '2 of 5')
        b.click('.buttons button:nth-of-type(1)')
        b.wait('return document.querySelector(".edit-dialog").open', 'the dialog is open')
        b.type('.edit-dialog [name=user_count]', '300')
        b.keys(KEYS['enter'])
        b.wait(lambda: self.header('Users') == '300', 'the header says 300')
        same('edit', server.json('/seen')[-1]['user_count'], ['300'])
        b.click('.buttons .danger')
        b.wait(lambda: self.header('State') == 'stopped', 'it is stopped')
        true('said aloud', 'The run is over' in b.js('return document.getElementById("announcer").textContent'))
        b.click('.buttons .primary')
        b.wait('return !!document.querySelector(".start")', 'the form is back')
        b.click('.start .actions .quiet')
        b.wait('return !!document.querySelector("[role=tablist]")', 'the results are back')
        self.is_quiet()

    def case_picker(self):
        """What a user type does is chosen by keyboard alone, shown, and kept by the server; a refusal is said."""
        b, server = self.b, self.serve('--fresh')
        self.open(server)
        cells = 'return [...document.querySelectorAll(".types tbody tr:first-child > *")].slice(1, 5).map((cell) => cell.innerText)'
        gear = '[aria-label="Change shopper"]'
        b.click('.advanced summary')
        same('before', b.js(cells)[:3], ['shopper', 'weight 9', 'as above'])
        b.js('document.querySelector(arguments[0]).focus()', gear)
        b.keys(KEYS['enter'])
        b.wait('return document.querySelector(".type-dialog").open', 'the dialog is open')
        same('dialog', b.js(LOOK), [])
        same('tasks', b.js('return [...document.querySelectorAll(".task-list label")].map((one) => one.innerText.trim())'),
             ['browse', 'view', 'check_out'])
        same('focus', b.js('return document.activeElement.id'), 'type-task-0')
        b.click('#type-all')
        b.click('.type-dialog [type=submit]')
        same('without a task', b.text('.type-dialog [role=status]'), 'Choose one at least.')
        b.js('document.getElementById("type-task-1").focus()')
        b.keys(' ')
        b.type('#type-weight', '13')
        b.keys(KEYS['enter'])
        b.wait('return document.querySelector(".type-dialog [role=alert]").textContent !== ""', 'a refusal is shown')
        same('refusal', b.text('.type-dialog [role=alert]'), '13 is unlucky <b>here</b>')
        b.type('#type-weight', '4')
        b.keys(KEYS['enter'])
        b.wait('return !document.querySelector(".type-dialog").open', 'the dialog is closed')
        same('sent', server.json('/seen')[-1], {'user_class_name': ['shopper'], 'weight': ['4'], 'tasks': ['view']})
        same('after', b.js(cells), ['shopper changed', 'weight 4', 'as above', 'view'])
        same('focus again', b.js('return document.activeElement.getAttribute("aria-label")'), 'Change shopper')
        b.keys(KEYS['enter'])
        b.type('#type-host', 'https://other.example.com')
        b.keys(KEYS['escape'])
        b.wait('return !document.querySelector(".type-dialog").open', 'the dialog is closed')
        same('what was not saved', len(server.json('/seen')), 2)
        self.open(server)
        b.click('.advanced summary')
        same('a page opened later', b.js(cells), ['shopper changed', 'weight 4', 'as above', 'view'])
        b.size(390, 800, mobile=True)
        b.click(gear)
        same('on a phone', b.js(LOOK), [])
        b.shot(f'{self.scratch}/picker.png')
        b.size(1280, 900)
        self.is_quiet()

    def case_numbers(self):
        """What is read is what the server says; sorting, filter and columns."""
        b, server = self.b, self.serve('--entries', '130')
        urllib.request.urlopen(server.url + '/stop').close()
        doc = server.json('/api/state')
        self.open(server, 'stats')
        b.wait('return document.querySelectorAll("#panel-stats .table-box:first-child tbody tr").length === 101', '100 rows and a sum')
        cells = '''return [...document.querySelectorAll("#panel-stats .table-box:first-child tbody tr")].map((tr) =>
            [...tr.children].map((td) => td.innerText))'''
        table = b.js(cells)
        plain = [row for row in table if row[0].startswith('/api/v1/')]
        wanted = {e['name']: e for e in doc['entries']}
        for row in plain + [['Aggregated', '', *table[0][2:]]]:
            e = doc['total'] if row[0] == 'Aggregated' else wanted[row[0]]
            same(f'requests and failures of {row[0]}', row[2:4], [f'{e["requests"]:,}', f'{e["failures"]:,}'])
        true('rows', len(plain) > 90)
        b.click('#panel-stats .more button')
        same('all of them', len(b.js(cells)), 131)
        b.js('document.querySelector("#panel-stats th:nth-child(3) button").focus()')
        b.keys(KEYS['enter'])
        table = b.js(cells)
        counts = [int(row[2].replace(',', '')) for row in table[1:]]
        same('by requests', counts, sorted(counts, reverse=True))
        same('the sum stays first', table[0][0], 'Aggregated')
        same('aria-sort', b.js('return document.querySelector("#panel-stats th:nth-child(3)").ariaSort'), 'descending')
        b.type('#panel-stats .filter', 'search/1')
        true('filtered', all('search/1' in row[0] for row in b.js(cells)[1:]))
        b.click('#panel-stats .menu summary')
        b.js('document.querySelectorAll("#panel-stats .menu input")[1].click()')
        same('without types', b.js('return document.querySelector("#panel-stats th:nth-child(2)").innerText'), '# Requests')
        self.open(server, 'stats')
        b.wait('return !!document.querySelector("#panel-stats tbody tr")', 'rows')
        same('kept', b.js('return document.querySelector("#panel-stats th:nth-child(2)").innerText'), '# Requests')
        b.js('localStorage.clear()')
        self.is_quiet()

    def case_charts(self):
        """Read and zoomed by keys and by pointer, for all and for one endpoint."""
        b, server = self.b, self.serve()
        self.open(server, 'charts')
        b.wait('return /1,[0-9]{3}/.test(document.querySelector(".key .value")?.innerText ?? "")', 'a rate is read')
        b.js('document.querySelector("#panel-charts canvas").focus()')
        b.keys(KEYS['home'] + KEYS['right'])
        b.wait('return document.querySelectorAll(".when")[3].innerText === "at 0:02"', 'all charts read the same time')
        b.keys('+')
        b.wait('return !document.querySelector("#panel-charts .tools .quiet").hidden', 'it is zoomed')
        b.keys(KEYS['escape'])
        b.wait('return document.querySelector("#panel-charts .tools .quiet").hidden', 'it is whole again')
        box = b.js('''const c = document.querySelector("#panel-charts canvas").getBoundingClientRect();
            return [Math.round(c.x), Math.round(c.y), Math.round(c.width)]''')
        at = [{'type': 'pointerMove', 'x': box[0] + box[2] // 3, 'y': box[1] + 60}, {'type': 'pointerDown', 'button': 0},
              {'type': 'pointerMove', 'x': box[0] + box[2] // 2, 'y': box[1] + 60, 'duration': 50}, {'type': 'pointerUp', 'button': 0}]
        b.call('POST', '/actions', {'actions': [{'type': 'pointer', 'id': 'mouse', 'actions': at}]})
        b.wait('return !document.querySelector("#panel-charts .tools .quiet").hidden', 'dragging zooms')
        b.click('#panel-charts .tools .quiet')
        b.js('''const select = document.getElementById("endpoint");
            select.selectedIndex = 3;
            select.dispatchEvent(new Event("change"))''')
        b.wait(lambda: 0 < float((b.text('.key .value') or '0').replace(',', '')) < 10, 'the rate is that of the endpoint')
        self.is_quiet()

    def case_earlier(self):
        """Earlier runs stand beside this one, for all and for one endpoint."""
        b, server = self.b, self.serve('--run', '3')
        self.open(server, 'charts')
        b.wait('return document.querySelector("#panel-charts .check").offsetWidth > 0', 'there are earlier runs')
        for at in (0, 3):
            b.js('''const select = document.getElementById("endpoint");
                select.selectedIndex = arguments[0];
                select.dispatchEvent(new Event("change"));
                document.querySelector("#panel-charts canvas").focus()''', at)
            b.keys(KEYS['home'])
            b.wait('return [...document.querySelectorAll(".when")].every((one) => one.innerText === "at run 1, 0:01")', 'run 1')
            b.wait('return document.querySelectorAll(".key .value")[2].innerText.endsWith(" ms")', 'it has times')
        b.click('#panel-charts .check')
        b.keys(KEYS['home'])
        b.wait('return document.querySelector(".when").innerText !== "at run 1, 0:01"', 'this run alone')
        self.is_quiet()

    def case_tabs(self):
        """Each tab in both colours and on a phone: readable, named, no wider than the window; by keys."""
        b, server = self.b, self.serve('--master', '--entries', '20')
        self.open(server)
        b.wait('return !!document.querySelector("[role=tab][aria-selected=true]")', 'tabs')
        b.js('document.querySelector("[role=tab]").focus()')
        names = []
        for _ in range(10):
            name = b.js('return document.activeElement.id.slice(4)')
            names.append(name)
            b.wait(f'return !document.getElementById("panel-{name}").hidden', f'the tab {name}')
            same('address', b.js('return document.activeElement.id.slice(4)'), name)
            for scheme in ('light', 'dark'):
                b.scheme(scheme)
                for width in (1280, 360):
                    b.size(width, 800)
                    same(f'{name}, {scheme}, {width}', b.js(LOOK), [])
            b.keys(KEYS['right'])
        same('tabs', names, ['stats', 'charts', 'failures', 'exceptions', 'ratios', 'workers', 'goals', 'degradation', 'logs',
                             'downloads'])
        same('round', b.js('return location.hash'), '#tab=stats')
        b.cdp('Emulation.clearDeviceMetricsOverride')
        b.click('.icon-button')
        same('dark or light', b.js('return document.documentElement.dataset.theme'), 'light')
        b.scheme('light')
        b.js('localStorage.clear()')
        self.is_quiet()

    def case_away(self):
        """The server goes and comes back."""
        b, server = self.b, self.serve()
        self.open(server)
        b.wait('return !!document.querySelector("[role=tab]")', 'tabs')
        server.stop()
        b.wait('return !document.querySelector(".banner").hidden', 'the banner is shown')
        server.again()
        b.wait('return document.querySelector(".banner").hidden', 'the banner is gone')
        first = self.header('Time')
        b.wait(lambda: self.header('Time') != first, 'time goes on')
        self.is_quiet(['ERR_CONNECTION_REFUSED', 'ERR_INCOMPLETE_CHUNKED', 'ERR_EMPTY_RESPONSE', 'ERR_CONNECTION_RESET'])

    def case_login(self):
        """Only who may, and what is wrong is said."""
        b, server = self.b, self.serve('--login')
        self.open(server)
        b.wait('return !!document.querySelector("#password")', 'the login is shown')
        same('login', b.js(LOOK), [])
        for password, is_good in (('guess', False), ('secret', True)):
            b.type('#username', 'ada')
            b.type('#password', password)
            b.click('.login [type=submit]')
            if is_good:
                b.wait('return !!document.querySelector("[role=tab]")', 'tabs')
            else:
                b.wait('return /wrong/.test(document.querySelector(".login [role=alert]").innerText)', 'a refusal')
        b.cdp('Network.clearBrowserCookies')
        self.is_quiet(['401'])

    def case_report(self):
        """From disk, without a network; all of it on paper."""
        b, name = self.b, f'{self.scratch}/report.html'
        subprocess.run([sys.executable, f'{HERE}/page_server.py', self.page, '--report', name, '--entries', '30'], check=True)
        b.open('file://' + name)
        true('verdict', b.text('.summary h1').startswith('Failed: 1 of 4 goals was missed'))
        true('story', 'up to 500 users' in b.text('.story'))
        for scheme in ('light', 'dark'):
            b.scheme(scheme)
            same(f'summary, {scheme}', b.js(LOOK), [])
        b.scheme('light')
        for tab in ('stats', 'charts', 'failures', 'goals', 'degradation', 'downloads'):
            b.click(f'#tab-{tab}')
            true(tab, b.js('return document.querySelector("[role=tabpanel]:not([hidden])").innerText.length > 40'))
        same('asked for', b.js('return performance.getEntriesByType("resource").length'), 0)
        paper = b.cdp('Page.printToPDF', printBackground=True)['data']
        true('printed', len(paper) > 100000)
        same('after printing', b.js('return document.querySelectorAll("[role=tabpanel]:not([hidden])").length'), 1)
        self.is_quiet()

    def case_functions(self):
        """The pure functions."""
        server = self.serve('--modules', f'{HERE}/../../plugins/web/page')
        self.b.open(server.url + '/modules/')
        same('functions', self.b.js('return import("/modules/page_units.mjs").then((m) => m.wrong)'), [])


def main():
    tests = Tests(sys.argv[1], os.path.abspath(sys.argv[2]))
    bad = 0
    try:
        for name in sys.argv[3:] or [n[5:] for n in dir(Tests) if n.startswith('case_')]:
            try:
                getattr(tests, 'case_' + name)()
            except (Failed, OSError) as e:
                bad += 1
                print(f'FAILED: {name}: {e}', flush=True)
            finally:
                tests.done()
    finally:
        tests.b.close()
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
