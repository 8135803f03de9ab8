#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes one HTML file of the page: style, chart library and modules inlined, and a policy that lets nothing else
# run. Writes OUT/page.html, and OUT/page_data.c which holds it.
# usage: bundle.sh OUT CHART.js MODULE.js...    (in the folder of index.html)
set -eu

out=${1:?usage: bundle.sh OUT CHART.js MODULE.js...}
chart=${2:?usage: bundle.sh OUT CHART.js MODULE.js...}
shift 2
here=$(dirname "$0")
mkdir -p "$out"

# Reports are compared byte by byte: no locale decides here.
export LC_ALL=C

# hash FILE : as policies name it
hash() {
    sha256sum "$1" | awk '
        {
            digits = "0123456789abcdef"
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            # Three hexadecimal digits are two of base64; 64 of them leave one over, which is padded.
            hex = substr($1, 1, 64) "00"
            for (i = 1; i <= 64; i += 3) {
                n = 0
                for (k = 0; k < 3; k++)
                    n = n * 16 + index(digits, substr(hex, i + k, 1)) - 1
                text = text substr(letters, int(n / 64) + 1, 1) substr(letters, n % 64 + 1, 1)
            }
            print "sha256-" substr(text, 1, 43) "="
        }'
}

# Nothing that is written into a script or a style may end it.
if grep -qi -e '</script' -e '<script' -e '<!--' "$chart" || grep -qi '</style' "$here/style.css"; then
    echo "bundle.sh: the style or $chart holds what would end it in HTML" >&2
    exit 1
fi

awk -f "$here/bundle.awk" "$@" >"$out/script.js"
grep -v '^//# sourceMappingURL' "$chart" | tr -d '\r' >"$out/chart.js"
# The dark colours stand there once, for who has chosen them; here again for whose system is dark.
awk '/^[ \t]*\/\*.*\*\/[ \t]*$/ || /^[ \t]*$/ { next }
    { sub(/^[ \t]+/, ""); print }
    /^:root\[data-theme="dark"\] \{$/ { is_dark = 1; n++; next }
    is_dark && /^\}$/ { is_dark = 0; print "@media (prefers-color-scheme: dark) {\n:root:not([data-theme]) {\n" dark "}\n}" }
    is_dark { dark = dark $0 "\n" }
    END { exit n != 1 }' "$here/style.css" >"$out/style.css" ||
    { echo 'bundle.sh: style.css wants its dark colours once' >&2; exit 1; }

policy="default-src 'none'; script-src '$(hash "$out/chart.js")' '$(hash "$out/script.js")';"
policy="$policy style-src '$(hash "$out/style.css")'; img-src 'self' data: blob:; connect-src 'self';"
policy="$policy form-action 'self'; base-uri 'none'"

{ printf '<style>'; cat "$out/style.css"; echo '</style>'; } >"$out/style.part"
{ printf '<script>'; cat "$out/chart.js"; echo '</script>'; } >"$out/chart.part"
{ printf '<script>'; cat "$out/script.js"; echo '</script>'; } >"$out/script.part"
echo "<meta http-equiv=\"Content-Security-Policy\" content=\"$policy\">" >"$out/policy.part"

sed -e "/^<!--policy-->\$/{r $out/policy.part" -e 'd}' -e "/^<!--style-->\$/{r $out/style.part" -e 'd}' \
    -e "/^<!--chart-->\$/{r $out/chart.part" -e 'd}' -e "/^<!--script-->\$/{r $out/script.part" -e 'd}' \
    "$here/index.html" >"$out/page.html"

if [ "$(grep -c '<!--acrida-data-->' "$out/page.html")" != 1 ] || grep -q '^<!--[a-z]*-->$' "$out/page.html"; then
    echo 'bundle.sh: index.html wants each of its marker lines once' >&2
    exit 1
fi

{
    echo '#include "page.h"'
    echo 'const unsigned char web_page_html[] = {'
    od -An -v -tu1 "$out/page.html" | sed 's/[0-9][0-9]*/&,/g'
    echo '};'
    echo 'const size_t web_page_html_bytes = sizeof web_page_html;'
    echo "const char web_page_policy[] = \"$policy\";"
} >"$out/page_data.c"
