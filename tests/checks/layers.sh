#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include what: the layers of core, the public SDK as the only door for plugins and samples,
# and each third-party header only where it belongs.
# usage: layers.sh SOURCE_DIR
set -eu

cd "${1:?usage: layers.sh SOURCE_DIR}"

folders=
for folder in core plugins samples sdk; do
    [ ! -d "$folder" ] || folders="$folders $folder"
done
[ -n "$folders" ] || { echo "layers.sh: nothing to check in $1" >&2; exit 2; }

# shellcheck disable=SC2086 # several folders are meant
find $folders \( -name '*.[chS]' -o -name '*.cc' \) -exec awk '
function complain(what) {
    printf "%s:%d: %s\n", FILENAME, FNR, what
    bad = 1
}

function words_to_set(words, set, list, n) {
    n = split(words, list, " ")
    for (; n > 0; n--)
        set[list[n]] = 1
}

BEGIN {
    # What a folder of core may include besides itself.
    below["base"] = ""
    below["stats"] = "base sdk"
    below["sched"] = "base sdk"
    below["plugin"] = "base sdk"
    below["engine"] = "base stats sched plugin sdk"
    below["dist"] = "base stats sched sdk"
    below["app"] = "base stats sched plugin engine dist sdk"

    # The headers of libc and the kernel: anything else in angle brackets is third-party, and must be
    # named in third_party() to be allowed anywhere.
    words_to_set("assert.h complex.h ctype.h dirent.h elf.h endian.h errno.h execinfo.h fcntl.h fenv.h " \
        "float.h fnmatch.h ftw.h getopt.h glob.h grp.h inttypes.h libgen.h limits.h link.h locale.h " \
        "malloc.h math.h netdb.h poll.h pwd.h regex.h sched.h search.h setjmp.h signal.h spawn.h " \
        "stdalign.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h " \
        "strings.h syslog.h termios.h time.h uchar.h ucontext.h unistd.h utime.h wchar.h wctype.h " \
        "arpa/inet.h net/if.h netinet/in.h netinet/tcp.h", libc)
}

FNR == 1 {
    n = split(FILENAME, part, "/")
    top = part[1]
    folder = part[2]
    stem = part[n]
    sub(/\.[a-zA-Z]+$/, "", stem)
    here = FILENAME
    sub(/\/[^\/]*$/, "", here)
    if (top == "core" && n > 2 && !(folder in below))
        complain("core/" folder " has no row in the table of layers")
}

# Where a third-party header may be included; "" when it is not known at all.
function third_party(h) {
    if (h == "jansson.h")
        return top == "core" ? "core/(stats|engine|app)/" : "plugins/"
    if (h ~ /^event2\//)
        return top == "core" ? "core/sched/" : "plugins/web/"
    if (h ~ /^openssl\//)
        return top == "core" ? "core/sched/" : "plugins/web/"
    if (h == "crypt.h")
        return "plugins/web/"
    if (h == "emmintrin.h")
        return "plugins/http/fast_"
    # bind.c asks which library calls it.
    if (h == "dlfcn.h")
        return "core/(plugin/|app/bind)"
    # Between main, cluster thread and journal lie queues of their own: they wait with poll, not in loops. Any
    # thread logs.
    if (h == "pthread.h" && folder == "dist")
        return "core/dist/(queue|worker|master|board|journal|log_relay)\\.[ch]$"
    if (h == "pthread.h" && folder == "base")
        return "core/base/log_ring\\.c$"
    # Tests set it while threads run.
    if (h == "stdatomic.h" && folder == "base")
        return "core/base/clock\\.c$"
    if (h == "pthread.h" || h == "stdatomic.h" || h == "threads.h")
        return top == "core" ? "core/sched/(mailbox|thread|fiber|stack)[^/]*$" : "plugins/(web/|results/(side_thread|csv_thread)|metrics/(server|page)\\.c$|request_log/)"
    if (h ~ /^valgrind\// || h ~ /^sanitizer\//)
        return "core/sched/"
    if (h == "zlib.h")
        return "plugins/(http/|request_log/writer|web/gzip)"
    if (h ~ /^curl\// || h == "zstd.h" || h ~ /^brotli\//)
        return "plugins/http/"
    if (h ~ /^nanomsg\// || h == "sodium.h")
        return "core/dist/"
    if (h ~ /^nghttp2\// || h ~ /^protobuf-c\//)
        return "plugins/grpc/"
    if (h ~ /^libxml\// || h ~ /^hiredis\// || h == "libpq-fe.h")
        return "samples/"
    if (h ~ /^wslay\//)
        return "plugins/websocket/"
    return ""
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    h = $0
    sub(/^[^<]*</, "", h)
    sub(/>.*/, "", h)
    if (h ~ /^acrida\//) {
        if (top == "core" && folder != "" && n > 2 && (" " below[folder] " ") !~ / sdk /)
            complain("core/" folder " may not include <" h ">")
        next
    }
    if (h in libc || h ~ /^(sys|linux|asm)\/[a-z0-9_]+\.h$/)
        next
    allowed = third_party(h)
    if (allowed == "")
        complain("unknown header <" h ">")
    else if (FILENAME !~ ("^" allowed))
        complain("<" h "> belongs in " allowed)
    next
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    h = $0
    sub(/^[^"]*"/, "", h)
    sub(/".*/, "", h)
    if (h ~ /(^|\/)\.\.?\//) {
        complain("\"" h "\": no relative paths")
    } else if (top == "core") {
        slash = index(h, "/")
        to = slash ? substr(h, 1, slash - 1) : folder
        if (!(to in below))
            complain("\"" h "\" is not in core")
        else if (to != folder && (" " below[folder] " ") !~ (" " to " "))
            complain("core/" folder " may not include core/" to " (\"" h "\")")
    } else if (top == "sdk") {
        complain("\"" h "\": the SDK includes <acrida/...>")
    } else {
        # plugins/results is a part of all plugins that show results.
        path = top == "plugins" && h ~ /^results\// ? "plugins/" h : here "/" h
        if ((getline line < path) < 0)
            complain("\"" h "\" is not beside the file: plugins and samples see <acrida/...> and their own")
        close(path)
    }
    next
}

/^[ \t]*#[ \t]*include[ \t]*[^ \t<"]/ {
    complain("an include that cannot be checked: " $0)
}

END { exit bad }
' {} +
