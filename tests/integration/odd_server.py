# SPDX-License-Identifier: MIT
# An HTTP server that behaves oddly, by the path asked for. Counts the heads that it reads, and its connections.
# usage: python3 odd_server.py [CERTIFICATE KEY] : prints its port; or odd_server.py --unix PATH
import base64
import gzip
import os
import signal
import socket
import ssl
import sys
import threading
import zlib

TEXT = b'{"text": "' + b'odd but true. ' * 50 + b'"}'
# The text "hello, brotli" and "hello, zstd".
BROTLI = base64.b64decode('CwaAaGVsbG8sIGJyb3RsaQM=')
ZSTD = base64.b64decode('KLUv/QBYWQAAaGVsbG8sIHpzdGQ=')
WHOLE = (b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n'
         b'5\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n')
heads = 0
open_now = 0
lock = threading.Lock()
closed = {}  # by name of a connection, an event


class Gone(Exception):
    pass


class Connection:
    def __init__(self, s):
        self.s = s
        self.data = b''
        self.drops_next = False
        self.closes = None

    def more(self):
        try:
            piece = self.s.recv(65536)
        except OSError:
            piece = b''
        if not piece:
            raise Gone
        self.data += piece

    def head(self):
        global heads
        while b'\r\n\r\n' not in self.data:
            self.more()
        head, self.data = self.data.split(b'\r\n\r\n', 1)
        with lock:
            heads += 1
        lines = head.decode('latin-1').split('\r\n')
        self.fields = {n.lower(): v.strip() for n, v in (line.split(':', 1) for line in lines[1:])}
        return lines[0].split(' ')[:2]

    def take(self, n):
        while len(self.data) < n:
            self.more()
        piece, self.data = self.data[:n], self.data[n:]
        return piece

    def body(self):
        """Pieces of the request's body."""
        if 'chunked' in self.fields.get('transfer-encoding', ''):
            while True:
                while b'\r\n' not in self.data:
                    self.more()
                size, self.data = self.data.split(b'\r\n', 1)
                piece = self.take(int(size, 16) + 2)[:-2]
                if not piece:
                    return
                yield piece
        left = int(self.fields.get('content-length', '0'))
        while left > 0:
            if not self.data:
                self.more()
            piece, self.data = self.data[:left], self.data[left:]
            left -= len(piece)
            yield piece

    def send(self, data):
        try:
            self.s.sendall(data)
        except OSError:
            raise Gone

    def answer(self, body, status='200 OK', *lines):
        lines = [f'HTTP/1.1 {status}', f'Content-Length: {len(body)}', *lines]
        self.send('\r\n'.join(lines).encode() + b'\r\n\r\n' + body)

    def until_closed(self):
        while True:
            self.data = b''
            self.more()

    def serve(self):
        global open_now
        _, path = self.head()
        if self.drops_next:
            raise Gone
        what = path.split('/')[1]
        if what in ('last', 'closed') and path.count('/') == 2:
            with lock:
                event = closed.setdefault(path.split('/')[2], threading.Event())
        if what == 'cut':
            n = int(path.split('/')[2])
            self.send(WHOLE[:n])
            raise Gone
        if what == 'refuse':  # and neither read on nor close; what is not read hides that the client does
            self.answer(b'too large', '413 Content Too Large')
            with lock:
                open_now -= 1
            threading.Event().wait()
        if what == 'reset':
            self.answer(b'too large', '413 Content Too Large', 'Connection: close')
            raise Gone
        if what == 'early':  # a whole answer, before the body, which is read
            self.answer(b'early')
            self.until_closed()
        if what == 'echo':  # as it comes in
            self.send(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
            for piece in self.body():
                self.send(b'%x\r\n%s\r\n' % (len(piece), piece))
            self.send(b'0\r\n\r\n')
            return
        if what == 'hundred':
            self.send(b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Encoding: gzip\r\n\r\n')
        if what == 'blank':  # a header line that goes on where none has begun
            self.send(b'HTTP/1.1 200 OK\r\n A: b\r\nContent-Length: 2\r\n\r\nab')
            self.until_closed()
        if what == 'blanks':  # and one that may: in lines of any length, behind an interim head
            self.send(b'HTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nA:' + b' ' * 40000 +
                      b'b\r\n\tc\r\nContent-Length: 2\r\n\r\nab')
            return
        if what == 'wide':
            self.send(b'HTTP/1.1 200 OK\r\nA: ' + b'x' * 150000 + b'\r\nContent-Length: 2\r\n\r\nab')
            return
        if what == 'endless':
            self.send(b'HTTP/1.1 200 OK\r\n\r\n')
            while True:
                self.send(b'x' * 1000000)
        n = sum(len(piece) for piece in self.body())
        if what == 'heads':
            self.answer(str(heads - 1).encode())
        elif what == 'open':
            self.answer(str(open_now).encode())
        elif what == 'leave':  # an announced end
            self.answer(TEXT, '200 OK', 'Connection: close')
            raise Gone
        elif what == 'last':  # an unannounced one, at once
            if path.count('/') == 2:
                self.closes = event
            self.answer(TEXT)
            raise Gone
        elif what == 'closed':  # when the connection of that name is
            event.wait()
            self.answer(b'closed')
        elif what == 'unread':  # an unannounced one, of which the client cannot know yet
            self.answer(TEXT)
            self.drops_next = True
        elif what == 'gzip':
            self.answer(gzip.compress(TEXT), '200 OK', 'Content-Encoding: gzip')
        elif what == 'twice':
            self.answer(zlib.compress(gzip.compress(TEXT)), '200 OK', 'Content-Encoding: gzip',
                        'Content-Encoding: deflate')
        elif what == 'deflate':
            self.answer(zlib.compress(TEXT), '200 OK', 'Content-Encoding: deflate')
        elif what == 'raw':
            self.answer(zlib.compress(TEXT)[2:-4], '200 OK', 'Content-Encoding: deflate')
        elif what == 'br':
            self.answer(BROTLI, '200 OK', 'Content-Encoding: br')
        elif what == 'zstd':
            self.answer(ZSTD, '200 OK', 'Content-Encoding: zstd')
        elif what == 'half':
            self.answer(gzip.compress(TEXT)[:-9], '200 OK', 'Content-Encoding: gzip')
        elif what == 'fields':
            self.answer('\n'.join(f'{n}: {v}' for n, v in sorted(self.fields.items())).encode())
        else:
            self.answer(str(n).encode())


def serve(s):
    global open_now
    with lock:
        open_now += 1
    c = None
    try:
        if len(sys.argv) == 3 and sys.argv[1] != '--unix':
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1], sys.argv[2])
            s = context.wrap_socket(s, server_side=True)
        c = Connection(s)
        while True:
            c.serve()
    except (Gone, OSError):
        pass
    s.close()
    if c is not None and c.closes is not None:
        c.closes.set()
    with lock:
        open_now -= 1


if sys.argv[1:2] == ['--unix']:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[2])
    said = sys.argv[2]
else:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # small, so that senders have to wait
    listener.bind(('127.0.0.1', 0))
    said = listener.getsockname()[1]
listener.listen(500)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
print(said, flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
