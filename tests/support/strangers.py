#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Who else may come to a master's port.
usage: strangers.py noise HOST PORT UNTIL_FILE SEED     noise of all kinds until the file is there
       strangers.py version HOST PORT VERSION           a worker of another wire version, without a key
The second prints what the master answered: the kind of its frame, or "nothing".
"""
import ctypes
import ctypes.util
import hashlib
import os
import random
import socket
import struct
import sys
import time

REQ = b"\0SP\0\0\x30\0\0"  # what a nanomsg REQ socket says first
BOTTOM = b"\x80\0\0\0"
HELLO, DATA = 0, 2
NONCE, TAG = 24, 16


def connect(host, port):
    s = socket.create_connection((host, port), 5)
    s.settimeout(0.2)
    return s


def frame(body):
    body = BOTTOM + body
    return struct.pack(">Q", len(body)) + body


def head(version, kind, session=0, counter=0):
    return struct.pack("<BBHQQ", version, kind, 0, session, counter)


def read(s, n):
    data = b""
    while len(data) < n:
        part = s.recv(n - len(data))
        if not part:
            return None
        data += part
    return data


# --- noise -----------------------------------------------------------------------------------------


def kinds(r):
    some = r.randbytes
    return [
        lambda: b"",  # a scanner's connect and close
        lambda: b"GET / HTTP/1.1\r\nHost: master\r\nUser-Agent: curl/8\r\n\r\n",
        lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + some(500),  # a TLS hello
        lambda: b"SSH-2.0-OpenSSH_9.2\r\n",
        lambda: some(r.randrange(1, 5000)),
        lambda: REQ,
        lambda: REQ[:4] + some(4),
        lambda: REQ + some(r.randrange(1, 5000)),
        lambda: REQ + struct.pack(">Q", 1 << 46) + some(100),  # announces too much
        lambda: REQ + struct.pack(">Q", 200000) + some(100),  # and too little comes
        lambda: REQ + b"".join(frame(some(r.randrange(0, 300))) for _ in range(20)),
        lambda: REQ + b"".join(frame(head(1, r.randrange(256), r.getrandbits(64)) +
                                     some(r.randrange(0, 300))) for _ in range(20)),
        lambda: REQ + frame(head(1, HELLO) + some(200)) + frame(head(9, HELLO) + some(200)),
        lambda: REQ + frame(head(1, DATA, r.getrandbits(64), 1) + some(400)),
        lambda: REQ + struct.pack(">Q", 4) + some(4),  # no mark of the bottom
        lambda: REQ + struct.pack(">Q", 0),
    ]


def noise(host, port, until, seed):
    r = random.Random(seed)
    held = []
    n = 0
    while not os.path.exists(until):
        try:
            s = connect(host, port)
            s.sendall(r.choice(kinds(r))())
            n += 1
            if r.random() < 0.2:
                held.append(s)  # half open
            elif r.random() < 0.5:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.close()  # by a reset
            else:
                s.close()
        except OSError:
            pass
        if len(held) > 50:
            held.pop(r.randrange(len(held))).close()
        time.sleep(0.005)
    print(n)


# --- another version ---------------------------------------------------------------------------------


def seal(key, ad, plain):
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    if sodium.sodium_init() < 0:
        sys.exit("libsodium cannot be used")
    nonce = os.urandom(NONCE)
    key = hashlib.blake2b(b"acrida 1 hello\0", key=key, digest_size=32).digest()
    out = ctypes.create_string_buffer(len(plain) + TAG)
    long = ctypes.c_ulonglong
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        out, None, plain, long(len(plain)), ad, long(len(ad)), None, nonce, key)
    return nonce + out.raw


def version(host, port, number):
    s = connect(host, port)
    ad = head(number, HELLO)
    # The nonce of the handshake, then the version; what follows is not for this master to know.
    plain = os.urandom(16) + bytes([number]) + b"what another version says"
    s.sendall(REQ + frame(ad + seal(bytes(32), ad, plain)))
    s.settimeout(5)
    try:
        read(s, 8)
        (n,) = struct.unpack(">Q", read(s, 8))
        print(read(s, n)[len(BOTTOM) + 1])
    except (OSError, TypeError, struct.error):
        print("nothing")


if __name__ == "__main__":
    if len(sys.argv) == 6 and sys.argv[1] == "noise":
        noise(sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
    elif len(sys.argv) == 5 and sys.argv[1] == "version":
        version(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(__doc__)
