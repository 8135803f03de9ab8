# SPDX-License-Identifier: MIT
"""Load generators under one interface: start, watch over a steady window, stop, read what they say."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

import bench

USERS = 100
HTTP = os.path.join(bench.ROOT, "tests", "bench", "http")
HELLO = os.path.join(bench.ROOT, "samples", "hello.c")
SHOP = os.path.join(HTTP, "shop.c")
UNIT_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
ENGINES = ("curl", "fast")


def time_ms(text):
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()
    return float(number) * UNIT_MS[unit]


def found(pattern, text, what):
    m = re.search(pattern, text)
    if m is None:
        bench.die(f"{what} does not say '{pattern}':\n{text[-2000:]}")
    return m.group(1)


def program(name, *others):
    """The path of a peer: of PATH, or where `go install` puts it; None without it."""
    places = os.environ.get("PATH", "") + ":" + os.path.expanduser("~/go/bin")
    for n in (name, *others):
        path = shutil.which(n, path=places)
        if path:
            return path
    return None


def engine_refused(work, build, engine):
    """Why the binary does not have this HTTP engine; None when it has it."""
    p = subprocess.run([build.acrida, "-f", HELLO, "--headless", "--only-summary", "-u", "1", "-i",
                        "1", "--http-timeout", "1", "--http-engine", engine, "-H",
                        f"http://127.0.0.1:{bench.free_port()}"],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    for line in p.stdout.splitlines():
        if "http-engine" in line:
            return re.sub(r"^\[[^]]*\] \S+ ", "", line)
    return None


def window(process, server, seconds):
    """CPU and requests of the steady part, both read from outside while all run."""
    requests, cpu, at = server.requests(), bench.cpu_seconds(process.pid), time.monotonic()
    user, system = bench.user_and_system(process.pid)
    time.sleep(seconds)
    if process.poll() is not None:
        bench.die(f"{' '.join(process.args)} ended before it was measured")
    cpu_end, end = bench.cpu_seconds(process.pid), time.monotonic()
    user_end, system_end = bench.user_and_system(process.pid)
    n = server.requests() - requests
    used = cpu_end - cpu
    if n <= 0:
        bench.die(f"{' '.join(process.args)}: no requests")
    system_share = (system_end - system) / max(user_end - user + system_end - system, 1e-9)
    return {"rate": n / (end - at), "cpu_us": used / n * 1e6, "cpu_share": used / (end - at),
            "system_us": used / n * 1e6 * system_share}


def wait_for_requests(server, process, n, seconds=60):
    first, end = server.requests(), time.monotonic() + seconds
    while server.requests() - first < n:
        if process.poll() is not None or time.monotonic() > end:
            bench.die(f"{' '.join(process.args)}: no {n} requests within {seconds} s")
        time.sleep(0.2)


def token_of(server):
    request = urllib.request.Request(
        server.base + "/api/auth/login", method="POST",
        headers={"Content-Type": "application/json"},
        data=b'{"email": "loadtest@example.com", "password": "test-password-123"}')
    with urllib.request.urlopen(request, timeout=20, context=bench.no_verification()) as r:
        return json.load(r)["token"]


def read(path):
    with open(path, errors="replace") as f:
        return f.read()


# --- each of them: run(work, build, server, scenario, o, prefix) -> a row ----------------------

def wrk_latencies(text):
    row = {"p50_ms": time_ms(found(r"(?m)^ +50(?:\.000)?% +(\S+)", text, "wrk")),
           "p99_ms": time_ms(found(r"(?m)^ +99(?:\.000)?% +(\S+)", text, "wrk")),
           "mean_ms": time_ms(found(r"Latency\s+(\S+)", text, "wrk"))}
    row["errors"] = sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))
    return row


# What ours says beside Host, so that requests are as long as ours.
OUR_HEADERS = ("Accept: */*", "Accept-Encoding: gzip, deflate, br", "User-Agent: acrida/0.1.0")


def run_wrk(work, build, server, scenario, o, prefix, extra=()):
    log, env = prefix + ".log", {}
    argv = [program("wrk"), "-t1", f"-c{USERS}", "-d600s", "--latency", *extra]
    if scenario == "shop":
        argv += ["-s", os.path.join(HTTP, "shop.lua")]
        env = {"BENCH_TOKEN": token_of(server), "BENCH_HOST": server.base.split("//")[1],
               "BENCH_HEADERS": "".join(h + "\r\n" for h in OUR_HEADERS)}
    p = work.start(argv + [server.base + "/"], cpu=o.client_cpu, out=log, env=env)
    time.sleep(o.settle)
    row = window(p, server, o.seconds)
    bench.stop(p, bench.SIGINT)
    text = read(log)
    row.update(wrk_latencies(text))
    if scenario != "shop":  # there 409 is part of it
        row["errors"] += sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    return row


def run_h2load(work, build, server, scenario, o, prefix):
    log = prefix + ".log"
    p = work.start([program("h2load"), "--h1", "-t1", f"-c{USERS}", "-D",
                    str(round(o.settle + o.seconds + 2)), server.base + "/"],
                   cpu=o.client_cpu, out=log)
    time.sleep(o.settle)
    row = window(p, server, o.seconds)
    text = finish(p, log)
    # min, max, mean: it has no percentiles.
    row["mean_ms"] = time_ms(re.search(r"time for request:\s+\S+\s+\S+\s+(\S+)", text).group(1))
    row["p50_ms"] = row["p99_ms"] = None
    row["errors"] = int(found(r"(\d+) errored", text, "h2load")) + int(
        found(r"(\d+) failed", text, "h2load"))
    return row


def run_hey(work, build, server, scenario, o, prefix):
    log = prefix + ".log"
    p = work.start([program("hey"), "-z", f"{o.settle + o.seconds + 2:.0f}s", "-c", str(USERS),
                    "-cpus", "1", server.base + "/"], cpu=o.client_cpu, out=log)
    time.sleep(o.settle)
    row = window(p, server, o.seconds)
    text = finish(p, log)
    row["mean_ms"] = float(found(r"Average:\s+([\d.]+)", text, "hey")) * 1000
    row["p50_ms"] = float(found(r"50%+ in ([\d.]+)", text, "hey")) * 1000
    row["p99_ms"] = float(found(r"99%+ in ([\d.]+)", text, "hey")) * 1000
    row["errors"] = sum(int(n) for n in re.findall(r"(?m)^\s+\[(\d+)\]\s+(?:Get|Post|http)", text))
    return row


def run_k6(work, build, server, scenario, o, prefix):
    out = prefix + ".json"
    seconds = max(o.seconds, 5)
    # 3 s more: it takes its time to compile the script and to make its users.
    p = work.start([program("k6"), "run", "--quiet", "--no-usage-report",
                    os.path.join(HTTP, "k6.js")], cpu=o.client_cpu, out=prefix + ".log",
                   env={"GOMAXPROCS": "1", "BENCH_SCENARIO": scenario, "BENCH_BASE": server.base,
                        "BENCH_SECONDS": str(round(o.settle + seconds + 5)), "BENCH_OUT": out})
    time.sleep(o.settle + 3)
    row = window(p, server, seconds)
    finish(p, prefix + ".log")
    with open(out) as f:
        metrics = json.load(f)["metrics"]
    times = metrics["http_req_duration"]["values"]
    row["p50_ms"], row["p99_ms"], row["mean_ms"] = times["med"], times["p(99)"], times["avg"]
    row["errors"] = metrics["http_req_failed"]["values"]["passes"]
    return row


def run_locust(kind):
    def run(work, build, server, scenario, o, prefix):
        log = prefix + ".log"
        p = work.start(["/usr/bin/python3", "-W", "ignore", "-m", "locust", "-f",
                        os.path.join(HTTP, "locustfile.py"), "--headless", "-u", str(USERS), "-r",
                        str(USERS), "-H", server.base, "--csv", prefix, "--reset-stats",
                        "--only-summary", kind + scenario.capitalize()],
                       cpu=o.client_cpu, out=log)
        bench.wait_for_text(log, "All users spawned", p, 120)
        wait_for_requests(server, p, 5 * USERS)  # with TLS its users need seconds to connect
        time.sleep(o.settle)
        row = window(p, server, max(o.seconds, 5))
        time.sleep(1.5)  # its CSV is written once a second
        bench.stop(p, bench.SIGTERM)
        stats = bench.read_stats(prefix)
        total = stats[("", "Aggregated")]
        row["p50_ms"], row["p99_ms"] = float(total["50%"]), float(total["99%"])
        row["mean_ms"] = float(total["Average Response Time"])
        row["errors"] = int(total["Failure Count"]) - empty_carts(prefix)
        return row
    return run


def empty_carts(prefix):
    """Orders that failed with an empty cart, as half of them must (409)."""
    with open(prefix + "_failures.csv", newline="") as f:
        return sum(int(row["Occurrences"]) for row in csv.DictReader(f)
                   if "Cart was empty" in row["Error"])


def our_argv(build, source, server, engine, prefix, users=USERS):
    return [build.acrida, *build.scenario(source), "-H", server.base, "-u", str(users),
            "--headless", "--only-summary", "--threads", "1", "--csv", prefix,
            "--http-engine", engine] + (["--http-insecure"] if "https" in server.base else [])


def our_numbers(row, prefix, ticks, status, server):
    """What our own reports say, Little's law and both ledgers."""
    metrics, stats = bench.read_metrics(prefix), bench.read_stats(prefix)
    total, sums = metrics[("", "Aggregated")], stats[("", "Aggregated")]
    for short, key in (("p50_ms", "response_time_p50_ms"), ("p99_ms", "response_time_p99_ms"),
                       ("mean_ms", "response_time_avg_ms"),
                       ("corrected_p50_ms", "corrected_p50_ms"),
                       ("corrected_p99_ms", "corrected_p99_ms"),
                       ("corrected_mean_ms", "corrected_avg_ms"),
                       ("lateness_p50_ms", "lateness_p50_ms"),
                       ("lateness_p99_ms", "lateness_p99_ms")):
        row[short] = total[key]
    row["exit"] = status
    row["errors"] = int(sums["Failure Count"]) - empty_carts(prefix)
    row["open"] = bench.read_ticks(ticks)[-1]["open"]
    row["little"] = row["mean_ms"] / 1000 * float(sums["Requests/s"])
    row["little_error"] = (row["little"] / row["open"] - 1) if row["open"] > 0 else None
    row["ledgers"], row["ledgers_hold"] = bench.check_ledgers(metrics, server.requests())


def run_acrida(engine):
    def run(work, build, server, scenario, o, prefix, extra=()):
        log, ticks = prefix + ".log", prefix + ".ticks"
        server.reset()
        p = work.start(our_argv(build, SHOP if scenario == "shop" else HELLO, server, engine,
                                prefix) + ["-r", "1000", "--reset-stats", *extra],
                       cpu=o.client_cpu, out=log, env={"BENCH_TICKS": ticks})
        bench.wait_for_text(log, f"all {USERS} users are spawned", p, 30)
        time.sleep(o.settle)
        row = window(p, server, o.seconds)
        status = bench.stop(p, bench.SIGTERM)
        our_numbers(row, prefix, ticks, status, server)
        if scenario == "shop" and status == 1 and row["errors"] == 0:
            row["exit"] = 0  # that of failed requests: the empty carts
        return row
    return run


def finish(process, log, seconds=120):
    """Waits for a client that ends by itself; what it said."""
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        bench.die(f"{' '.join(process.args)} does not end")
    if status != 0:
        bench.die(f"{' '.join(process.args)} failed:\n{read(log)[-2000:]}")
    return read(log)


def interleaved(work, title, runs, rounds):
    """
    Each of runs, {key: (name, function of the round's number)}, once in each round. Returns
    {key: rows} of those that never failed, and how many did: they are left out from then on.
    """
    rows = {key: [] for key in runs}
    failed = set()
    for n in range(rounds):
        for key, (name, run) in runs.items():
            if key in failed:
                continue
            started = len(work.processes)
            try:
                row = run(n)
            except SystemExit as why:
                failed.add(key)
                print(f"BROKEN: {title}: {name} is left out: {why}")
                work.end(work.processes[started:])
                continue
            rows[key].append(row)
            print(f"  {title}, round {n + 1}, {name}: {row['rate']:,.0f}/s, "
                  f"{row['cpu_us']:.2f} us", file=sys.stderr)
    return {key: r for key, r in rows.items() if key not in failed}, len(failed)


class Client:
    def __init__(self, key, name, run, needs=None, scenarios=("hello", "shop"), how=""):
        self.key, self.name, self.run, self.needs = key, name, run, needs
        self.scenarios, self.how = scenarios, how

    def missing(self, work, build):
        """Why it cannot take part; None when it can."""
        if self.key in ENGINES:
            return engine_refused(work, build, self.key)
        if self.key in ("locust", "fasthttp"):
            done = subprocess.run(["/usr/bin/python3", "-c", "import locust"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return None if done.returncode == 0 else f"not installed ({self.how})"
        return None if program(self.needs) else f"{self.needs} is not installed ({self.how})"


CLIENTS = [
    Client("wrk", "wrk", run_wrk, "wrk", how="apt-get install wrk"),
    Client("h2load", "h2load --h1", run_h2load, "h2load", ("hello",),
           "apt-get install nghttp2-client"),
    Client("hey", "hey", run_hey, "hey", ("hello",), "apt-get install hey"),
    Client("k6", "k6", run_k6, "k6", how="go install go.k6.io/k6@v1.0.0"),
    Client("locust", "Locust HttpUser", run_locust("Http"), how="apt-get install python3-locust"),
    Client("fasthttp", "Locust FastHttpUser", run_locust("Fast"),
           how="apt-get install python3-locust"),
    Client("curl", "acrida, curl", run_acrida("curl")),
    Client("fast", "acrida, fast", run_acrida("fast")),
]


def engine_or_curl(work, build, engine):
    """The engine asked for; curl, with a line that says so, where the binary has no other."""
    why = engine_refused(work, build, engine)
    if why is None:
        return engine
    if engine == "curl":
        bench.die(why)
    print(f"{why}: measured with curl instead")
    return "curl"


def choose(keys, work, build):
    """Those of CLIENTS that were asked for and can run; says which cannot, and why."""
    known = {c.key: c for c in CLIENTS}
    chosen = []
    for key in keys.split(","):
        if key not in known:
            bench.die(f"no client '{key}'; there are {', '.join(known)}")
        why = known[key].missing(work, build)
        if why:
            print(f"left out: {known[key].name}: {why}")
        else:
            chosen.append(known[key])
    return chosen
