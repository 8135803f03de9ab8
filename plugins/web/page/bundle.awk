# SPDX-License-Identifier: MIT
# The modules of the page, given in order of dependency, as one script: imports and "export" fall away. What would
# go wrong by that is refused: names that two modules declare, imports of what comes later or is not
# exported, forms of import and export that are not understood.
# usage: awk -f bundle.awk MODULE.js...

function complain(what) {
    printf "%s:%d: %s\n", FILENAME, FNR, what >"/dev/stderr"
    bad = 1
}

# text: a whole import, on one line
function check_import(text, names, list, n, from) {
    if (text !~ /^import \{[A-Za-z0-9_$, ]*\} from '\.\/[a-z_]+\.js';$/) {
        complain("an import must read: import { a, b } from './module.js';")
        return
    }
    from = text
    sub(/^.*'\.\//, "", from)
    sub(/'.*$/, "", from)
    if (!(from in seen))
        complain(from " is not among the modules before this one")
    names = text
    sub(/^import \{/, "", names)
    sub(/\}.*$/, "", names)
    gsub(/ /, "", names)
    n = split(names, list, ",")
    for (; n > 0; n--)
        if (list[n] != "" && !((from SUBSEP list[n]) in exported))
            complain(from " does not export " list[n])
}

function declare(line, is_exported, name) {
    name = line
    sub(/^(async )?(function\*? |class |const |let |var )/, "", name)
    if (match(name, /^[A-Za-z_$][A-Za-z0-9_$]*/) == 0) {
        complain("a declaration must name one thing: " line)
        return
    }
    name = substr(name, 1, RLENGTH)
    if (name in owner)
        complain(name " is declared in " owner[name] " too")
    owner[name] = module
    if (is_exported)
        exported[module, name] = 1
}

BEGIN { print "(() => {\n'use strict';" }

FNR == 1 {
    if (module != "")
        seen[module] = 1
    module = FILENAME
    sub(/.*\//, "", module)
    pending = ""
    in_comment = 0
}

/\r|<\/script|<script|<!--/ { complain("this would end the script in HTML") }

in_comment {
    if (/\*\//)
        in_comment = 0
    next
}

pending != "" || /^import / {
    line = $0
    sub(/^ +/, "", line)
    pending = pending == "" ? line : pending " " line
    if (pending ~ /;$/) {
        gsub(/,? +\}/, " }", pending)
        check_import(pending)
        pending = ""
    }
    next
}

/^[ \t]*\/\// { next }
/^[ \t]*\/\*/ {
    if (!/\*\//)
        in_comment = 1
    next
}
/^[ \t]*$/ { next }

/(^|[^A-Za-z0-9_.])import *\(/ { complain("no dynamic imports") }

/^export / {
    line = $0
    sub(/^export /, "", line)
    if (line !~ /^(async function|function|class|const|let) /)
        complain("an export must be a declaration")
    else
        declare(line, 1)
    print line
    next
}

/^(async function|function\*?|class|const|let|var) / { declare($0, 0) }

{
    sub(/^[ \t]+/, "")
    print
}

END {
    print "})();"
    exit bad
}
