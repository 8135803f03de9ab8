# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Hosts for acceptance tests: network namespaces on a bridge that has a namespace of its own, so that the
# machine's network is not touched. Sourced; needs root. Names hold the process's number: several may run
# at once.
#   net_up 3            hosts 1, 2, 3 with the addresses 10.77.0.1 to 10.77.0.3
#   net_on 2 COMMAND    runs a command on host 2; `net_exec 2 COMMAND &` starts one whose $! is its own
#   net_cut 2           host 2's packets vanish, both ways, without a word to anybody
#   net_heal 2          and arrive again
#   net_shape 2 delay 50ms loss 1%    what host 2 sends, by tc netem; 1 where the kernel has none
#   net_down            ends what runs on the hosts, and removes them; also when the shell ends

net_hosts=0
net_name=acr$$

# net_usable : whether all this may be done here; says why not
net_usable() {
    command -v ip >/dev/null || { echo 'no ip (iproute2) here'; return 1; }
    if ! ip netns add "$net_name-try" 2>/dev/null; then
        echo 'no network namespaces here: run it as root'
        return 1
    fi
    ip netns del "$net_name-try"
}

net_address() {
    echo "10.77.0.$1"
}

net_up() {
    trap net_down EXIT
    trap 'exit 1' INT TERM
    ip netns add "$net_name-0"
    # Without IPv6 nothing but the test's own packets is on the wire.
    ip netns exec "$net_name-0" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 || true
    ip -n "$net_name-0" link add name hub type bridge
    ip -n "$net_name-0" link set dev hub up
    while [ "$net_hosts" -lt "$1" ]; do
        net_hosts=$((net_hosts + 1))
        ip netns add "$net_name-$net_hosts"
        ip -n "$net_name-0" link add name "host$net_hosts" type veth peer name eth0 netns "$net_name-$net_hosts"
        ip -n "$net_name-0" link set dev "host$net_hosts" master hub up
        ip -n "$net_name-$net_hosts" address add "$(net_address "$net_hosts")/24" dev eth0
        ip -n "$net_name-$net_hosts" link set lo up
        ip -n "$net_name-$net_hosts" link set eth0 up
    done
}

net_on() {
    net_host=$1
    shift
    ip netns exec "$net_name-$net_host" "$@"
}

# Takes the place of the shell that calls it: for background jobs, whose number is then the command's.
net_exec() {
    net_host=$1
    shift
    exec ip netns exec "$net_name-$net_host" "$@"
}

# The link stays up on the host: it is not told.
net_cut() {
    ip -n "$net_name-0" link set dev "host$1" nomaster
}

net_heal() {
    ip -n "$net_name-0" link set dev "host$1" master hub
}

net_shape() {
    net_host=$1
    shift
    ip netns exec "$net_name-$net_host" tc qdisc replace dev eth0 root netem "$@" 2>/dev/null
}

net_unshape() {
    ip netns exec "$net_name-$1" tc qdisc del dev eth0 root 2>/dev/null || true
}

net_down() {
    while [ "$net_hosts" -gt 0 ]; do
        # shellcheck disable=SC2046 # several numbers are meant
        kill -KILL $(ip netns pids "$net_name-$net_hosts" 2>/dev/null) 2>/dev/null || true
        ip netns del "$net_name-$net_hosts" 2>/dev/null || true
        net_hosts=$((net_hosts - 1))
    done
    ip netns del "$net_name-0" 2>/dev/null || true
}
