#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A run started, changed and stopped in a browser; what the page shows is what the API says.

usage: page_live.py URL SCRATCH_DIR
"""
import json
import os
import sys
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, Failed  # noqa: E402

# The page goes behind another one, and comes back.
HIDE = '''Object.defineProperty(document, "hidden", { configurable: true, value: arguments[0] });
    if (!window.nClosed) {
        window.nClosed = 0;
        window.nOpened = 0;
        const Base = window.EventSource;
        const close = Base.prototype.close;
        Base.prototype.close = function () { window.nClosed++; close.call(this); };
        window.EventSource = class extends Base {
            constructor(url) { super(url); window.nOpened++; }
        };
    }
    document.dispatchEvent(new Event("visibilitychange"));'''
ROWS = '''return [...document.querySelectorAll("#panel-stats .table-box:first-child tbody tr")].map((tr) =>
    [...tr.children].slice(0, 4).map((cell) => cell.innerText))'''


def api(path):
    with urllib.request.urlopen(sys.argv[1] + path, timeout=20) as answer:
        return json.load(answer)


def story(b):
    b.open(sys.argv[1] + '/')
    b.wait('return !!document.querySelector(".start [type=submit]")', 'the form is shown')
    b.type('[name=user_count]', '7')
    b.type('[name=spawn_rate]', '50')
    b.click('.start [type=submit]')
    b.wait(lambda: (api('/api/state')['run']['users'] == 7), 'there are 7 users')
    b.wait('return !!document.querySelector("#panel-stats tbody:last-child tr")', 'entries are shown')
    b.click('.buttons button:nth-of-type(1)')
    b.type('.edit-dialog [name=user_count]', '12')
    b.type('.edit-dialog [name=spawn_rate]', '50')
    b.click('.edit-dialog [type=submit]')
    b.wait(lambda: (api('/api/state')['run']['users'] == 12), 'there are 12 users')
    b.click('.buttons .danger')
    b.wait(lambda: api('/api/state')['run']['state'] == 'stopped', 'the run is over')
    doc = api('/api/state')
    wanted = [['Aggregated', '', f'{doc["total"]["requests"]:,}', f'{doc["total"]["failures"]:,}'],
              *[[e['name'], e['type'], f'{e["requests"]:,}', f'{e["failures"]:,}'] for e in doc['entries']]]
    b.wait(lambda: b.js(ROWS) == wanted, f'the page shows {wanted}')
    b.click('#tab-charts')
    b.wait('return document.querySelector("#panel-charts .key .value").innerText !== ""', 'charts are drawn')
    if len(api('/api/history')['time_s']) == 0:
        raise Failed('no history')
    for name in ('failures', 'exceptions', 'ratios', 'goals', 'degradation', 'logs', 'downloads'):
        b.click(f'#tab-{name}')
        b.wait(f'return document.getElementById("panel-{name}").innerText.length > 5', f'{name} says something')
    b.js(HIDE, True)
    b.wait('return window.nClosed > 0', 'a page that nobody sees lets go of its stream')
    b.js(HIDE, False)
    b.wait('return window.nOpened > 0', 'a page that is seen has one again')
    said = b.log()
    if said:
        raise Failed(f'the console says {said}')
    with urllib.request.urlopen(sys.argv[1] + '/stats/report', timeout=20) as answer, \
            open(f'{sys.argv[2]}/real.html', 'wb') as f:
        f.write(answer.read())
    b.open(f'file://{sys.argv[2]}/real.html')
    b.wait(f'return document.querySelector(".story").innerText.includes("{doc["total"]["requests"]:,} request")',
           'the report counts the same')


def main():
    b = Browser(scratch=f'{sys.argv[2]}/live')
    try:
        story(b)
    except (Failed, OSError) as e:
        print(f'FAILED: {e}')
        return 1
    finally:
        b.close()
    return 0


if __name__ == '__main__':
    sys.exit(main())
