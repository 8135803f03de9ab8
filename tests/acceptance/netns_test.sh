#!/bin/sh
# SPDX-License-Identifier: MIT
# What netns.sh promises: hosts hear one another, but not through a cut; nothing is left behind.
# usage: sh netns_test.sh
set -eu
# shellcheck source-path=SCRIPTDIR source=netns.sh
. "$(dirname "$0")/netns.sh"

if ! why=$(net_usable); then
    echo "ok (skipped: $why)"
    exit 0
fi

# talk FROM TO : whether a line gets from one host to another, by UDP, within half a second
talk() {
    net_on "$2" timeout 5 python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7000))
s.settimeout(0.5)
print("bound", flush=True)
try:
    sys.exit(s.recv(10) != b"hello")
except TimeoutError:
    sys.exit(1)' "$(net_address "$2")" >"$work/pipe" &
    listener=$!
    read -r _ <"$work/pipe"
    net_on "$1" python3 -c '
import socket, sys
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", (sys.argv[1], 7000))' "$(net_address "$2")"
    wait "$listener"
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

work=$(mktemp -d)
mkfifo "$work/pipe"
net_up 3
trap 'net_down; rm -rf "$work"' EXIT
talk 1 2 || fail 'host 2 does not hear host 1'
talk 3 1 || fail 'host 1 does not hear host 3'
net_cut 2
! talk 1 2 || fail 'host 2 hears host 1 through a cut'
! talk 2 3 || fail 'host 3 hears host 2 through a cut'
talk 1 3 || fail 'host 3 does not hear host 1'
net_heal 2
talk 1 2 || fail 'host 2 does not hear host 1 after the cut'
shaped='no netem in this kernel'
if net_shape 1 loss 100%; then
    ! talk 1 2 || fail 'nothing is lost'
    net_unshape 1
    talk 1 2 || fail 'all is lost'
    shaped='netem works'
fi
net_exec 1 sleep 1000 &
net_down
! ip netns list | grep -q "^$net_name-" || fail 'namespaces are left'
! wait $! || fail 'what ran on a host still runs'
echo "ok ($shaped)"
