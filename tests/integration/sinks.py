#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes what is pushed and reads it strictly: StatsD and Influx lines, OTLP's JSON.

usage: sinks.py RESULTS [FAILURES]: prints "HTTP_PORT UDP_PORT"; the first FAILURES posts get a 503; at SIGTERM
RESULTS gets what was read: the last value of each series, counters of StatsD added up.
"""
import http.server
import json
import re
import signal
import socket
import sys
import threading

results, failures = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
seen = {"statsd": {}, "influx": {}, "otlp": {}, "posts": 0, "refused": 0, "errors": [], "headers": {}}
times = {}  # of what is seen: what was late comes late
lock = threading.Lock()
NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"


def statsd(data):
    if len(data) > 1432:
        seen["errors"].append(f"a datagram of {len(data)} bytes")
    for line in data.decode("utf-8").split("\n"):
        m = re.fullmatch(rf"([A-Za-z0-9_.-]+):({NUMBER})\|(c|g)(?:\|#([^|]+))?", line)
        if not m:
            seen["errors"].append(f"no StatsD: {line!r}")
            continue
        key = m[1] + ("#" + m[4] if m[4] else "")
        before = seen["statsd"].get(key, 0)
        change = m[3] == "c" or (m[2].startswith("-") and key in seen["statsd"])
        seen["statsd"][key] = before + float(m[2]) if change else float(m[2])


def influx(data):
    word = r"(?:[^\\,= \n]|\\[,= ])+"
    field = rf'{word}=(?:{NUMBER}i?|"(?:[^"\\\n]|\\["\\])*")'
    for line in data.decode("utf-8").splitlines():
        m = re.fullmatch(rf"({word}(?:,{word}={word})*) ({field}(?:,{field})*) (\d{{19}})", line)
        if not m or "\r" in line or "\x1b" in line:
            seen["errors"].append(f"no line of Influx: {line!r}")
            continue
        fields = {}
        for f in re.findall(field, m[2]):
            name, value = f.split("=", 1)
            fields[name] = value[1:-1] if value[0] == '"' else float(value.rstrip("i"))
        if int(m[3]) >= times.get(m[1], 0):
            seen["influx"][m[1]], times[m[1]] = fields, int(m[3])


def otlp(data):
    def attributes(of):
        return ",".join(f"{a['key']}={a['value']['stringValue']}" for a in of)
    resource, = json.loads(data)["resourceMetrics"]
    seen["otlp"]["resource"] = attributes(resource["resource"]["attributes"])
    for m in resource["scopeMetrics"][0]["metrics"]:
        kind, = set(m) & {"sum", "gauge", "histogram"}
        if kind != "gauge" and m[kind]["aggregationTemporality"] != 2:
            seen["errors"].append(f"{m['name']}: {m[kind]}")
        for p in m[kind]["dataPoints"]:
            if int(p["startTimeUnixNano"]) > int(p["timeUnixNano"]):
                seen["errors"].append(f"{m['name']}: times of {p}")
            key = m["name"] + "{" + attributes(p["attributes"]) + "}"
            if int(p["timeUnixNano"]) < times.get(key, 0):
                continue
            times[key] = int(p["timeUnixNano"])
            if kind == "histogram":
                counts = [int(n) for n in p["bucketCounts"]]
                if sum(counts) != int(p["count"]) or len(counts) != len(p["explicitBounds"]) + 1:
                    seen["errors"].append(f"{key}: {p}")
                seen["otlp"][key] = [int(p["count"]), p["sum"]]
            else:
                seen["otlp"][key] = int(p["asInt"]) if "asInt" in p else p["asDouble"]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            seen["posts"] += 1
            seen["headers"][self.path] = dict(self.headers)
            status = 503 if seen["posts"] <= failures else 400 if "bad" in self.path else 204
            seen["refused"] += status != 204
            if status == 204:
                (otlp if "v1/metrics" in self.path else influx)(body)
        self.send_response(status)
        answer = b"" if status == 204 else b"partial write: \x1b[31mno\n"
        if status != 204:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def datagrams():
    while True:
        data = udp.recv(65536)
        with lock:
            (influx if data.startswith(b"acrida_") else statsd)(data)


def end(*_):
    with lock, open(results, "w") as f:
        json.dump(seen, f)
    raise SystemExit


udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
udp.bind(("127.0.0.1", 0))
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
threading.Thread(target=datagrams, daemon=True).start()
print(server.server_port, udp.getsockname()[1], flush=True)
server.serve_forever()
end()
