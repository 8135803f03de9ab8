#!/bin/sh
# SPDX-License-Identifier: MIT
# What packaging/test.sh makes of what ctest says: who fails is repeated alone, and counts as failed when it fails again;
# what a sanitizer has found counts at once. With a ctest of its own making.
# usage: repeat.sh SOURCE_DIR
set -eu

source=$(cd "${1:?usage: repeat.sh SOURCE_DIR}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/packaging" "$work/bin"
cp "$source/packaging/test.sh" "$work/packaging/"
ln -s /bin/true "$work/packaging/packages.sh"
ln -s /bin/true "$work/bin/cmake"

# Says what the file "first" has, or the file "again" when it is asked to repeat.
cat >"$work/bin/ctest" <<'END'
#!/bin/sh
case " $* " in *' -j 1 --rerun-failed '*) file=again ;; *) file=first ;; esac
cat "$WORK/$file"
! grep -q FAILED "$WORK/$file"
END
chmod +x "$work/bin/ctest"

first() { cat >"$work/first"; }
again() { cat >"$work/again"; }

# expect EXIT-CODE LINE... : of test.sh, the last of what it says
expect() {
    code=$1
    shift
    printf '%s\n' "$@" >"$work/wanted"
    status=0
    WORK=$work PATH=$work/bin:$PATH sh "$work/packaging/test.sh" "$preset" >"$work/out" 2>&1 || status=$?
    tail -n $# "$work/out" | sed 's/, [0-9]* s$//' >"$work/got"
    if [ "$status" != "$code" ] || ! cmp -s "$work/wanted" "$work/got"; then
        echo "exit code $status, not $code; wanted and got:" >&2
        diff "$work/wanted" "$work/got" >&2 || true
        cat "$work/out" >&2
        exit 1
    fi
}

three_failed() {
    first <<'END'
1/4 Test #1: test_a ....   Passed    0.01 sec
[  FAILED  ] 1 test(s), listed below:
25% tests passed, 3 tests failed out of 4

The following tests FAILED:
	  2 - test_ab (Failed)
	  3 - 77_web (Timeout)
	 14 - test_b (SEGFAULT)
Errors while running CTest
END
}

preset=asan
three_failed
again <<'END'
1/3 Test  #2: test_ab ....   Passed    0.01 sec
2/3 Test  #3: 77_web .....   Passed    0.01 sec
3/3 Test #14: test_b .....***Failed    0.01 sec

66% tests passed, 1 tests failed out of 3

The following tests FAILED:
	 14 - test_b (Failed)
Errors while running CTest
END
expect 1 'asan: 3 passed, 1 failed' 'passed only when repeated alone: test_ab (asan)' \
    'passed only when repeated alone: 77_web (asan)' 'failed: asan:test_b' '' '3 passed, 1 failed'

# All of them pass; the repetition ends too soon to say so of all.
again <<'END'
1/3 Test  #2: test_ab ..........................   Passed    0.01 sec
2/3 Test  #3: 77_web ...........................   Passed    0.01 sec
3/3 Test #14: test_b ...........................   Passed    0.01 sec

100% tests passed, 0 tests failed out of 3
END
expect 0 'passed only when repeated alone: test_b (asan)' '' '4 passed, 0 failed'
echo '1/3 Test  #3: 77_web ....   Passed    0.01 sec' | again
expect 1 'failed: asan:test_ab asan:test_b' '' '2 passed, 2 failed'

# Not repeated: what is no accident.
sed -i '2i SUMMARY: ThreadSanitizer: data race a.c:1 in f' "$work/first"
expect 1 'asan: 1 passed, 3 failed' 'failed: asan:test_ab asan:77_web asan:test_b' '' '1 passed, 3 failed'
preset=fuzz
three_failed
expect 1 'fuzz: 1 passed, 3 failed' 'failed: fuzz:test_ab fuzz:77_web fuzz:test_b' '' '1 passed, 3 failed'

# Without a failure, and without an end.
preset=release
echo '100% tests passed, 0 tests failed out of 4' | first
expect 0 'release: 4 passed, 0 failed' '' '4 passed, 0 failed'
printf '1/4 Test #1: test_a ....   Passed    0.01 sec\nFAILED\n' | first
expect 1 'failed: release:ctest' '' '0 passed, 1 failed'
echo ok
