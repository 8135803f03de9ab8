#!/bin/sh
# SPDX-License-Identifier: MIT
# Test data: rows of CSV, JSON and JSON lines, each to as many users as its order says, on any number of threads; where
# files are looked for and which are refused; values that users hand to each other.
# usage: sh 45_data.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

python3 - <<'END'
import csv, json
rows = [{"id": str(i), "name": f'user {i}, "the {i}th"\nof all' if i % 7 == 0 else f"user {i}"} for i in range(300)]
with open("rows.csv", "w", newline="") as f:
    writer = csv.DictWriter(f, ["id", "name"])
    writer.writeheader()
    writer.writerows(rows)
with open("rows.json", "w") as f:
    json.dump(rows, f, indent=1)
with open("rows.jsonl", "w") as f:
    f.writelines(json.dumps(r) + "\n" for r in rows)
END

# data EXIT-CODE OPTION... : a run of data.c that ends with its last user
data() {
    code=$1
    shift
    run "$code" -f "$scenarios/data.c" --headless --only-summary --csv r -r 5000 "$@"
}

# each_row TYPE : every row of every file was told exactly once, with its name
each_row() {
    python3 - "$1" <<'END' 2>differs || fail "$(cat differs)"
import csv, sys
got = {}
with open("r_stats.csv", newline="") as f:
    for row in csv.DictReader(f):
        if row["Type"] == sys.argv[1] and row["Name"] != "none":
            got[row["Name"]] = int(row["Request Count"])
want = {}
for file in "rows.csv", "rows.json", "rows.jsonl":
    for i in range(300):
        name = f'user {i}, "the {i}th"\nof all' if i % 7 == 0 else f"user {i}"
        want[f"{file}:{i}:{name}"] = 1
for name in sorted(set(got) | set(want)):
    if got.get(name, 0) != want.get(name, 0):
        sys.exit(f"{name!r} came {got.get(name, 0)} times, not {want.get(name, 0)}")
END
}

for threads in 1 4; do
    story="each row once, $threads threads"
    data 0 --threads "$threads" -u 20 once
    each_row once
    story="each user its own row, $threads threads"
    data 0 --threads "$threads" -u 303 unique
    each_row unique
    expect 'users beyond the last row' 9 "$(total 'Request Count' none)"
    has err 'a line about them' 'rows.csv: user 30[0-2] gets no row of its own, there are only 300'
done

# told TYPE FILE OPTION... : what one user of the type was dealt, in order, into FILE
told() {
    type=$1
    file=$2
    shift 2
    data 0 -u 1 "$@" "$type"
    sed -n "s/^$type,\([0-9]*:[0-9]*\),1,.*/\1/p" r_stats.csv | sort -n >"$file"
    expect "rows of $type" 10 "$(wc -l <"$file" | tr -d ' ')"
}

story='a seed repeats an order'
for type in shuffled random; do
    told "$type" a1 --seed 7 --threads 1
    told "$type" a4 --seed 7 --threads 4
    told "$type" b1 --seed 8 --threads 1
    cmp -s a1 a4 || fail "$type: 1 and 4 threads differ: $(diff a1 a4 | head -n 4)"
    ! cmp -s a1 b1 || fail "$type: another seed, the same rows"
done
told sequential s1 --seed 7 --threads 4
expect 'rows in order' '0:0 1:0 2:0 3:1 4:1 5:1 6:2 7:2 8:2 9:3' "$(paste -sd ' ' - <s1)"

story='files lie beside the scenario first'
mkdir beside
cp "$scenarios/data.c" beside/near.c
printf 'name\nnear\n' >beside/rows.csv
run 0 -f beside/near.c --headless --only-summary --csv r -u 1 once
expect 'rows of the file beside it' 1 "$(grep -c '^once,rows.csv:' r_stats.csv)"
has r_stats.csv 'its value' '^once,rows.csv:0:near,1,'
expect 'rows of that in the working folder' 300 "$(grep -cE '^once,"?rows[.]json:' r_stats.csv)"

# refused LINE TEXT : rows.csv with this text keeps the run from starting, in one line
refused() {
    printf '%b' "$2" >rows.csv
    data 1 -u 1 once
    expect 'lines that say so' 1 "$(grep -c "^acrida: plugin 'data': rows.csv" err)"
    has err 'the line' "^acrida: plugin 'data': rows.csv$1"
}

story='bad files'
refused ' is empty$' ''
refused ', no row follows the names of the columns$' 'a,b\n'
refused ', line 3: 1 fields, where the first line names 2$' 'a,b\n1,2\n3\n'
refused ", line 1: two columns are named 'a'$" 'a,a\n1,2\n'
refused ', line 2: a NUL byte$' 'a\n\0000\n'
refused ', line 2: the quote that begins here is never closed$' 'a\n"1\n2\n'
rm rows.csv
data 1 -u 1 once
has err 'the line' "^acrida: plugin 'data': rows.csv cannot be read: No such file or directory$"

start_target
story='people from a file log in'
run 0 -f "$source/samples/feed.c" --headless --only-summary --csv r -H "$url" -u 12 -r 1000 -t 1s --threads 2
[ "$(total 'Request Count' '/api/auth/login')" = 12 ] || fail "$(total 'Request Count' '/api/auth/login') log-ins"
expect 'failures' 0 "$(total 'Failure Count')"

story='some make what others use'
run 0 -f "$source/samples/handover.c" --headless --only-summary --csv r -H "$url" -u 20 -r 1000 -t 3s --threads 4
[ "$(total 'Request Count' '/things')" -ge 10 ] || fail 'too few were ordered'
[ "$(total 'Request Count' '/things/[id]')" -gt 0 ] || fail 'nothing was handed over'
expect 'failures' 0 "$(total 'Failure Count')"
stop_target
echo ok
