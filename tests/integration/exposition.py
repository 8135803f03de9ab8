#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads pages of --metrics-port strictly, by the grammar of OpenMetrics 1.0 and of the text format 0.0.4.

usage: exposition.py om|classic FILE [JSON]: complains of what is wrong; with JSON the numbers are those of this
file of --json-file.
"""
import json
import re
import sys

kind, path = sys.argv[1], sys.argv[2]
SUFFIXES = {"om": {"counter": {"_total"}, "gauge": {""}, "info": {"_info"}, "stateset": {""},
                   "histogram": {"_bucket", "_count", "_sum"}, "summary": {"", "_count", "_sum"}},
            "classic": {"counter": {""}, "gauge": {""}, "histogram": {"_bucket", "_count", "_sum"},
                        "summary": {"", "_count", "_sum"}}}[kind]
NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[n"\\])*)"'


def die(what):
    sys.exit(f"{path}: {what}")


def read(text):
    lines, types, units, seen, family = text.split("\n"), {}, {}, {}, None
    if lines.pop() != "" or (kind == "om") != (lines[-1] == "# EOF"):
        die("the end")
    for at, line in enumerate(lines[:-1] if kind == "om" else lines, 1):
        if any(ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 for c in line):
            die(f"line {at} has control characters: {line!r}")
        m = re.fullmatch(rf"# (TYPE|HELP|UNIT) ({NAME}) (.*)", line)
        if m and m[1] == "TYPE":
            if m[2] in types or m[3] not in SUFFIXES:
                die(f"line {at}: {line}")
            family, types[m[2]] = m[2], m[3]
            continue
        if m and m[1] == "UNIT" and not m[2].endswith("_" + m[3]):
            die(f"line {at}: the name does not end in its unit: {line}")
        if m and m[2] != family:
            die(f"line {at} is not of {family}: {line}")
        if m:
            continue
        m = re.fullmatch(rf"({NAME})(?:{{({LABEL}(?:,{LABEL})*)}})? (\S+)", line)
        if not m or not m[1].startswith(family):
            die(f"line {at}: {line}")
        suffix, value = m[1][len(family):], float(m[7])
        labels = re.findall(LABEL, m[2] or "")
        names = [n for n, _ in labels]
        if suffix not in SUFFIXES[types[family]] or len(set(names)) != len(names):
            die(f"line {at}: {line}")
        if types[family] in ("counter", "histogram", "summary") and not value >= 0:
            die(f"line {at}: below zero: {line}")
        key = (m[1], tuple(sorted(labels)))
        if key in seen:
            die(f"line {at} is there twice: {line}")
        seen[key] = value
    return types, seen


def check_histograms(types, seen):
    groups = {}
    for (name, labels), value in seen.items():
        if name.endswith("_bucket"):
            rest = tuple(l for l in labels if l[0] != "le")
            groups.setdefault((name[:-7], rest), []).append((float(dict(labels)["le"]), value))
    for (name, rest), buckets in groups.items():
        if buckets != sorted(buckets) or [v for _, v in buckets] != sorted(v for _, v in buckets) or \
                buckets[-1][0] != float("inf") or buckets[-1][1] != seen[name + "_count", rest]:
            die(f"the histogram {name} {rest}: {buckets}")


def compare(seen, r):
    def get(name, /, **labels):
        escaped = {k: clean(v).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for k, v in labels.items()}
        return seen.get((name, tuple(sorted(escaped.items()))))

    def clean(text):
        return re.sub(r"[\0-\x09\x0b-\x1f\x7f]", lambda m: "\ufffd%02x" % ord(m[0]), text)

    def same(what, a, b):
        if a != b:
            die(f"{what}: {a} in the page, {b} in the file")
    same("state", get("acrida_state", acrida_state="stopped"), 1)
    for e in r["entries"]:
        who = {"method": e["type"], "name": e["name"]}
        t = e["response_time"]
        same(f"successes {who}", get("acrida_requests_total", status="success", **who), e["requests"] - e["failures"])
        same(f"failures {who}", get("acrida_requests_total", status="failure", **who), e["failures"])
        same(f"attempts {who}", get("acrida_attempts_total", **who), e["attempts"])
        same(f"cancelled {who}", get("acrida_cancelled_requests_total", **who), e["cancelled"])
        same(f"bytes {who}", get("acrida_response_bytes_total", **who), e["bytes"])
        same(f"times {who}", get("acrida_response_time_seconds_count", **who), t["count"])
        same(f"sum {who}", get("acrida_response_time_seconds_sum", **who), t["sum_ms"] / 1e3)
        for (name, labels), value in seen.items():
            if name == "acrida_response_time_seconds_bucket" and {k: v for k, v in labels if k != "le"} == who:
                le = float(dict(labels)["le"]) * 1e3
                same(f"bucket {labels}", value, sum(n for ms, n in t["histogram"] if ms <= le))
    for f in r["failures"]:
        same(f"error {f}", get("acrida_errors_total", method=f["type"], name=f["name"], error=f["error"]), f["count"])
    same("entries", sum(name == "acrida_attempts_total" for name, _ in seen), len(r["entries"]))
    same("started", get("acrida_started_requests_total"), r["ledger"]["started"])
    for status, column in ("success", "succeeded"), ("failure", "failed"), ("cancelled", "cancelled"), ("lost", "lost"):
        same(status, get("acrida_ended_requests_total", status=status), r["ledger"][column])
    for clock, name in ("response_time", "response_times"), ("corrected", "corrected_times"), ("lateness", "latenesses"):
        same(clock, get(f"acrida_all_{name}_seconds_sum"), r["total"][clock]["sum_ms"] / 1e3)
        for q in "50", "99":
            ms = r["total"][clock]["percentiles_ms"][q]
            same(f"{clock} {q}", get(f"acrida_all_{name}_seconds", quantile=str(int(q) / 100)),
                 None if ms is None else ms / 1e3)
    for m in r["metrics"]:
        own = {"counter": ("acrida_custom_total", "sum"), "gauge": ("acrida_custom_value", "last"),
               "trend": ("acrida_custom_trend_sum", "sum")}.get(m["kind"])
        if own:
            same(m["name"], get(own[0], name=m["name"]), m[own[1]])
        if m["kind"] == "check":
            same(m["name"], get("acrida_checks_total", name=m["name"], status="failed"), m["failures"])
    for w in r.get("workers") or []:
        same(f"worker {w['index']}", get("acrida_worker_requests_total", worker=str(w["index"]),
                                         worker_name=w["name"], status="success"), w["ledger"]["succeeded"])


with open(path, "rb") as f:
    types, seen = read(f.read().decode("utf-8", "strict"))
check_histograms(types, seen)
if len(sys.argv) > 3:
    with open(sys.argv[3]) as f:
        compare(seen, json.load(f))
