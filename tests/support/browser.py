# SPDX-License-Identifier: MIT
"""Chromium by its driver's own protocol (WebDriver): no packages of Python are needed."""
import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'


def is_there():
    return bool(shutil.which('chromedriver') and (shutil.which('chromium') or shutil.which('chromium-browser')))


class Failed(Exception):
    pass


class Browser:
    def __init__(self, width=1280, height=900, dark=False, scratch=None):
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            port = s.getsockname()[1]
        self.base = f'http://127.0.0.1:{port}'
        self.driver = subprocess.Popen(['chromedriver', f'--port={port}'], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        self.session = None
        self.wait(self.ready, 'chromedriver answers', 20)
        arguments = ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--hide-scrollbars',
                     '--enable-precise-memory-info', '--js-flags=--expose-gc', f'--window-size={width},{height}']
        if scratch:
            arguments.append(f'--user-data-dir={scratch}')
        if dark:
            arguments.append('--force-dark-mode')
        self.session = self.call('POST', '/session', {'capabilities': {'alwaysMatch': {
            'browserName': 'chrome', 'goog:chromeOptions': {'args': arguments},
            'goog:loggingPrefs': {'browser': 'ALL'}}}})['sessionId']

    def ready(self):
        try:
            return self.call('GET', '/status', None)['ready']
        except (OSError, Failed):
            return False

    def call(self, method, path, body):
        url = self.base + (f'/session/{self.session}' if self.session else '') + path
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data, {'Content-Type': 'application/json'}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)['value']
        except urllib.error.HTTPError as e:
            value = json.load(e)['value']
            raise Failed(f'{value["error"]}: {value["message"].splitlines()[0]}') from None

    def close(self):
        try:
            if self.session:
                self.call('DELETE', '', None)
        finally:
            self.driver.terminate()
            self.driver.wait(10)

    def open(self, url):
        self.call('POST', '/url', {'url': url})

    def js(self, script, *arguments):
        return self.call('POST', '/execute/sync', {'script': script, 'args': list(arguments)})

    def cdp(self, command, **parameters):
        return self.call('POST', '/goog/cdp/execute', {'cmd': command, 'params': parameters})

    def log(self):
        """What the console said since the last call."""
        return [line['message'] for line in self.call('POST', '/se/log', {'type': 'browser'})]

    def find(self, css):
        return self.call('POST', '/element', {'using': 'css selector', 'value': css})[ELEMENT]

    def click(self, css):
        self.call('POST', f'/element/{self.find(css)}/click', {})

    def type(self, css, text, clear=True):
        element = self.find(css)
        if clear:
            self.call('POST', f'/element/{element}/clear', {})
        self.call('POST', f'/element/{element}/value', {'text': text})

    def keys(self, text):
        """To what has the focus."""
        steps = []
        for c in text:
            steps += [{'type': 'keyDown', 'value': c}, {'type': 'keyUp', 'value': c}]
        self.call('POST', '/actions', {'actions': [{'type': 'key', 'id': 'keys', 'actions': steps}]})

    def text(self, css):
        return self.js('return document.querySelector(arguments[0])?.innerText ?? null', css)

    def size(self, width, height, scale=1, mobile=False):
        self.cdp('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=scale, mobile=mobile)

    def scheme(self, name):
        self.cdp('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': name}, {'name': 'prefers-reduced-motion', 'value': 'reduce'}])

    def shot(self, path):
        data = self.cdp('Page.captureScreenshot', format='png')['data']
        with open(path, 'wb') as f:
            f.write(base64.b64decode(data))

    def heap(self):
        """Bytes that are in use after a collection."""
        self.cdp('HeapProfiler.collectGarbage')
        return self.js('return performance.memory.usedJSHeapSize')

    def wait(self, condition, what, seconds=20):
        """Until it is so; a string is a script."""
        end = time.monotonic() + seconds
        while True:
            value = self.js(condition) if isinstance(condition, str) else condition()
            if value:
                return value
            if time.monotonic() > end:
                raise Failed(f'waited {seconds} s in vain until {what}')
            time.sleep(0.02)
