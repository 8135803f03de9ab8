# SPDX-License-Identifier: MIT
"""What the benchmarks share: building scenarios, servers, clients, /proc, counters, tables."""

import csv
import json
import os
import platform
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))

# A generator that never waits is measured here: that its numbers are not the server's is known.
os.environ["ACRIDA_ALLOW_INVALID"] = "true"


def die(text):
    sys.exit(f"bench: {text}")


# --- the build ---------------------------------------------------------------------------------

class Build:
    """The programs of a build tree of Acrida."""

    def __init__(self, tree):
        self.acrida = os.path.join(tree, "bin", "acrida")
        self.target = os.path.join(tree, "bin", "acrida-target")
        for path in (self.acrida, self.target):
            if not os.access(path, os.X_OK):
                die(f"{path} is not there: build first, or name the build with --build DIR")

    def scenario(self, source):
        """The arguments for a scenario with ticks.c beside it; acrida compiles both."""
        return ["-f", source, "--plugin", os.path.join(HERE, "ticks.c")]


def add_options(parser):
    parser.add_argument("--build", default=os.environ.get("ACRIDA_BUILD", "/tmp/build-bench"),
                        help="build tree of Acrida, RelWithDebInfo [/tmp/build-bench]")
    parser.add_argument("--json", metavar="FILE", help="write the results here too")
    parser.add_argument("--client-cpu", type=int, default=0, help="core of the client [0]")
    parser.add_argument("--server-cpu", type=int, default=1, help="core of the server [1]")
    parser.add_argument("--keep", action="store_true", help="keep the folder of logs and CSV files")


class Work:
    """A temporary folder, and the processes that must not outlive the benchmark."""

    def __init__(self, keep):
        self.path = tempfile.mkdtemp(prefix="acrida-bench-")
        self.keep = keep
        self.processes = []

    def __enter__(self):
        return self

    def end(self, processes):
        for p in reversed(processes):
            if p.poll() is None:
                p.terminate()
                try:
                    p.wait(10)
                except subprocess.TimeoutExpired:
                    p.kill()
                    p.wait()

    def __exit__(self, *_):
        self.end(self.processes)
        if self.keep:
            print(f"logs and CSV files: {self.path}", file=sys.stderr)
        else:
            shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name):
        return os.path.join(self.path, name)

    def start(self, argv, cpu=None, out="/dev/null", err=None, env=None):
        if cpu is not None:
            argv = ["taskset", "-c", str(cpu)] + argv
        with open(out, "wb") as o, open(err or out, "ab") as e:
            p = subprocess.Popen(argv, stdout=o, stderr=e, env=dict(os.environ, **(env or {})))
        self.processes.append(p)
        return p


# --- /proc -------------------------------------------------------------------------------------

def cpu_seconds(pid):
    """User and system time of all threads, in nanosecond steps."""
    total = 0
    for tid in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{tid}/schedstat") as f:
                total += int(f.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total / 1e9


def user_and_system(pid):
    """The split of it, in steps of 10 ms."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def rss_bytes(pid):
    """Resident user-space memory, exact (smaps_rollup)."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        for line in f:
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
    return 0


def page_table_bytes(pid):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith("VmPTE:"):
                return int(line.split()[1]) * 1024
    return 0


def busy_share(cpu, before=None):
    """Share of a core that was not idle since `before`, and the next `before`."""
    with open("/proc/stat") as f:
        for line in f:
            if line.startswith(f"cpu{cpu} "):
                n = [int(x) for x in line.split()[1:]]
    now = (sum(n[:8]), n[3] + n[4])
    if before is None:
        return None, now
    total = now[0] - before[0]
    return (1 - (now[1] - before[1]) / total if total > 0 else 0), now


def others_on(cpu):
    """CPU time of the whole core so far, in seconds: shows who else worked on it."""
    with open("/proc/stat") as f:
        for line in f:
            if line.startswith(f"cpu{cpu} "):
                n = [int(x) for x in line.split()[1:]]
                return (sum(n[:8]) - n[3] - n[4]) / os.sysconf("SC_CLK_TCK")
    return 0


def machine():
    model = "unknown CPU"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cpus": os.cpu_count(), "kernel": platform.release(),
            "date": time.strftime("%Y-%m-%d %H:%M")}


# --- servers -----------------------------------------------------------------------------------

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process, what):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if process.poll() is not None:
            die(f"{what} ended at once")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    die(f"{what} does not listen")


def no_verification():
    """For our own servers, whose certificates nobody signed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def get(url):
    with urllib.request.urlopen(url, timeout=20) as r:
        return r.read().decode()


class Target:
    """acrida-target, which counts the request heads it reads."""
    name = "acrida-target"

    def __init__(self, work, build, cpu, busy, extra=()):
        self.port = free_port()
        argv = [build.target, "--port", str(self.port), *extra] + (["--busy"] if busy else [])
        if busy:
            self.name = "acrida-target --busy"
        self.process = work.start(argv, cpu=cpu, out=work.file("target.log"))
        wait_for_port(self.port, self.process, "acrida-target")
        self.base = f"http://127.0.0.1:{self.port}"

    def counters(self):
        return json.loads(get(self.base + "/_target/counters"))

    def requests(self):
        return self.counters()["heads"]

    def answers(self):
        return self.counters()["answers"]

    def reset(self):
        urllib.request.urlopen(
            urllib.request.Request(self.base + "/_target/reset", method="POST")).read()

    def stop(self):
        self.process.terminate()
        self.process.wait()


NGINX = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {dir}/nginx.pid;
error_log {dir}/error.log warn;
events {{ worker_connections 19900; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
    sendfile on;
    tcp_nodelay on;
    default_type text/plain;
    client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
    uwsgi_temp_path {dir}; scgi_temp_path {dir};
    server {{
        listen 127.0.0.1:{port} backlog=16384{ssl};
        {certificate}
        root {dir}/www;
        location = / {{ return 200 "{body}"; }}
        {shop}
    }}
    server {{
        listen 127.0.0.1:{status_port};
        location = /status {{ stub_status; }}
    }}
}}
"""


# What the shop's server would answer, always the same; every order finds something in the cart.
PRODUCTS = ",".join(r'{\"id\":%d,\"name\":\"Product %d\",\"price\":%d.37}' % (i, i, 1 + i * 7 % 200)
                    for i in range(1, 21))
SHOP_ROUTES = r"""
        location = /api/auth/login { default_type application/json;
            return 200 "{\"token\":\"tok0000009025cc1a0\"}\n"; }
        location = /api/products { default_type application/json;
            return 200 "{\"page\":1,\"limit\":20,\"total\":1000,\"products\":[PRODUCTS]}\n"; }
        location /api/products/ { default_type application/json;
            return 200 "{\"id\":1,\"name\":\"Product 1\",\"price\":8.37}\n"; }
        location = /api/cart/items { default_type application/json;
            return 201 "{\"items\":1}\n"; }
        location = /api/orders { default_type application/json;
            return 201 "{\"order\":1,\"items\":1,\"status\":\"CREATED\"}\n"; }
""".replace("PRODUCTS", PRODUCTS)


class Nginx:
    """nginx with one worker; its stub_status counts the requests it read."""
    name = "nginx"

    def __init__(self, work, cpu, tls=False):
        self.port, self.status_port = free_port(), free_port()
        folder = work.file("nginx-tls" if tls else "nginx")
        os.makedirs(os.path.join(folder, "www"), exist_ok=True)
        os.chmod(work.path, 0o755)
        certificate = ""
        if tls:
            self.name = "nginx, TLS"
            key, pem = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                            "/CN=127.0.0.1", "-keyout", key, "-out", pem],
                           check=True, capture_output=True)
            certificate = f"ssl_certificate {pem}; ssl_certificate_key {key};"
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w") as f:
            f.write(NGINX.format(dir=folder, port=self.port, status_port=self.status_port,
                                 ssl=" ssl" if tls else "", certificate=certificate,
                                 shop=SHOP_ROUTES,
                                 body="nginx answers with a small body. " * 4 + "That is all here."))
        self.process = work.start(["nginx", "-c", config, "-p", folder, "-e",
                                   os.path.join(folder, "error.log")],
                                  cpu=cpu, out=os.path.join(folder, "out.log"))
        wait_for_port(self.status_port, self.process, "nginx")
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.asked = 0
        self.zero = 0
        self.reset()

    def requests(self):
        """Without those for the status itself."""
        self.asked += 1
        text = get(f"http://127.0.0.1:{self.status_port}/status")
        return int(re.search(r"\n +\d+ +\d+ +(\d+)", text).group(1)) - self.asked - self.zero

    answers = requests

    def reset(self):
        self.zero = 0
        self.zero = self.requests()

    def stop(self):
        self.process.terminate()
        self.process.wait()


# --- clients -----------------------------------------------------------------------------------

def wait_for_text(path, pattern, process, seconds):
    """The first match of a pattern in a growing file."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with open(path, errors="replace") as f:
            found = re.search(pattern, f.read())
        if found:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.05)
    with open(path, errors="replace") as f:
        die(f"waited in vain for '{pattern}' in {path}:\n{f.read()[-2000:]}")


def stop(process, with_signal, seconds=60):
    process.send_signal(with_signal)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        die(f"{process.args} did not stop within {seconds} s")


def read_metrics(prefix):
    """PREFIX_metrics.csv as {(type, name): {metric: number or None}}."""
    rows = {}
    with open(prefix + "_metrics.csv", newline="") as f:
        for row in csv.DictReader(f):
            try:
                value = float(row["Value"])
            except ValueError:
                value = None
            rows.setdefault((row["Type"], row["Name"]), {})[row["Metric"]] = value
    return rows


def read_stats(prefix):
    """PREFIX_stats.csv as {(type, name): row}."""
    with open(prefix + "_stats.csv", newline="") as f:
        return {(row["Type"], row["Name"]): row for row in csv.DictReader(f)}


def read_ticks(path):
    """What ticks.c wrote: a list of rows of numbers."""
    with open(path, newline="") as f:
        return [{k: (v if k == "what" else float(v)) for k, v in row.items()}
                for row in csv.DictReader(f)]


def check_ledgers(metrics, heads):
    """Both conservation laws; returns (lines, all held)."""
    m = metrics[("", "")]
    ends = sum(m["ledger_" + k] for k in ("succeeded", "failed", "cancelled", "in_flight", "lost"))
    ok = m["ledger_started"] == ends and m["ledger_attempts"] == heads
    lines = [
        "requests: started {:.0f} = succeeded {:.0f} + failed {:.0f} + cancelled {:.0f} + "
        "in flight {:.0f} + lost {:.0f}".format(*(m["ledger_" + k] for k in (
            "started", "succeeded", "failed", "cancelled", "in_flight", "lost"))) +
        ("" if m["ledger_started"] == ends else "   DOES NOT HOLD"),
        f"attempts: {m['ledger_attempts']:.0f}, heads the server read: {heads:.0f}" +
        ("" if m["ledger_attempts"] == heads else "   DIFFER"),
    ]
    return lines, ok


# --- tables ------------------------------------------------------------------------------------

def table(head, rows):
    """A Markdown table that is aligned for the eye."""
    cells = [[str(c) for c in r] for r in [head] + rows]
    widths = [max(len(r[i]) for r in cells) for i in range(len(head))]

    def line(r):
        return "| " + " | ".join(
            c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))) + " |"

    return "\n".join([line(cells[0]), "|" + "|".join("-" * (w + 2) for w in widths) + "|"] +
                     [line(r) for r in cells[1:]])


def median(values):
    values = sorted(v for v in values if v is not None)
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def number(value, digits=2):
    return "-" if value is None else f"{value:,.{digits}f}"


SIGINT, SIGTERM = signal.SIGINT, signal.SIGTERM


# --- a benchmark's beginning and end -----------------------------------------------------------

def need_two_cores():
    if (os.cpu_count() or 1) < 2:
        die("two cores are needed: one for the client, one for the server")


def only(what, given, known):
    for word in given:
        if word not in known:
            die(f"no {what} '{word}'; there are {', '.join(known)}")


def finish(options, results, remark="", broken=0):
    """The machine's line and the JSON file. Fails for a broken run, never for a missed goal."""
    m = machine()
    print(f"\n{m['date']}, {m['cpus']} x {m['cpu']}, Linux {m['kernel']}" +
          (f"; {remark}" if remark else ""))
    if options.json:
        with open(options.json, "w") as f:
            json.dump({"machine": m, **results}, f, indent=1)
    if broken:
        die(f"{broken} runs are broken: see above")
