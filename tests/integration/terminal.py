# SPDX-License-Identifier: MIT
"""Plays the terminal for 77_terminal.sh: terminal.py STORY COMMAND... ; says what went wrong."""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE_S = 20


class Terminal:
    def __init__(self, command, background=False):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self.resize(24, 100, 0)
            if background:
                self.be_a_shell(command)
            os.execv(command[0], command)

    @staticmethod
    def be_a_shell(command):
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os.execv(command[0], command)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    def resize(self, rows, columns, fd=None):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.fd if fd is None else fd, termios.TIOCSWINSZ, size)

    def is_as_it_was(self):
        both = termios.ICANON | termios.ECHO
        return termios.tcgetattr(self.fd)[3] & both == both

    def read(self):
        if not select.select([self.fd], [], [], 0.05)[0]:
            return True
        try:
            some = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += some
        return some != b""

    def until(self, what, is_so):
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > end:
                self.fail(what)
            self.read()

    def shows(self, text):
        self.until("it does not show '%s'" % text, lambda: text.encode() in self.seen)
        self.seen = self.seen[self.seen.index(text.encode()) + len(text):]

    def press(self, keys):
        os.write(self.fd, keys)

    def stops(self):
        self.until("it does not stop", lambda: os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)[0])

    def ends(self, wanted):
        status = []

        def is_over():
            pid, word = os.waitpid(self.pid, os.WNOHANG)
            status.append(word)
            return pid != 0

        self.until("it does not end", is_over)
        while self.read() and select.select([self.fd], [], [], 0)[0]:
            pass
        code = os.waitstatus_to_exitcode(status[-1])
        if code != wanted:
            self.fail("exit code %d instead of %d" % (code, wanted))
        if not self.is_as_it_was():
            self.fail("the terminal is not as it was")

    def fail(self, text):
        sys.exit("%s; it said:\n%s" % (text, self.seen.decode(errors="replace").replace("\33", "^[")))


def keys(command):
    t = Terminal(command)
    t.shows("2/2 users")
    if t.is_as_it_was():
        t.fail("keys are not taken one by one")
    for key, users in ((b"w", "3/3"), (b"W", "13/13"), (b"s", "12/12"), (b"SS", "0 users"), (b"w", "1/1")):
        t.press(key)
        t.shows(users)
    t.press(b"\n")
    t.shows("the page is at http://127.0.0.1:8089/x")
    t.press(b"\x1a")
    t.stops()
    if not t.is_as_it_was():
        t.fail("stopped, the terminal is not as it was")
    os.kill(t.pid, signal.SIGCONT)
    t.until("after it went on, keys are not taken", lambda: not t.is_as_it_was())
    t.press(b"w")
    t.shows("2/2 users")
    t.press(b"\x03")
    t.shows("got Ctrl-C")
    t.ends(0)


def narrow(command):
    t = Terminal(command)
    t.shows("\33[5A")
    t.resize(24, 30)
    t.shows("\33[5A")
    t.until("no picture", lambda: b"\33[5A" in t.seen)
    picture = t.seen.split(b"\33[5A")[0].split(b"\33[J")[-1].decode().split("\r\n")
    if len(picture) != 6:
        t.fail("%d lines" % len(picture))
    for line in picture:
        if len(line) >= 30:
            t.fail("'%s' is too wide" % line)
    t.press(b"\x03")
    t.ends(0)


def refused(command):
    t = Terminal(command)
    t.shows("users")
    t.press(b"w")
    t.shows("this key has no effect: the shape or the stages decide")
    t.press(b"\n")
    t.shows("there is no page to open")
    t.press(b"\x1c")
    t.ends(-signal.SIGQUIT)


def crash(command):
    t = Terminal(command)
    t.ends(5)


def plain(command):
    t = Terminal(command)
    t.shows("Type ")
    t.ends(0)
    if b"\33" in t.seen:
        t.fail("there are control characters")


def background(command):
    t = Terminal(command, True)
    t.until("it does not come up", lambda: b"spawned" in t.seen)
    if not t.is_as_it_was():
        t.fail("in the background, the terminal was taken")
    t.press(b"w\n")
    t.ends(0)
    if b"are wanted" in t.seen:
        t.fail("it read a key that was not meant for it")


globals()[sys.argv[1]](sys.argv[2:])
