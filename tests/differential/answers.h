/* SPDX-License-Identifier: MIT */
/*
 * Odd answers, which the parser of the fast engine and libcurl must read alike. Where they do not,
 * the row says so and why. Clauses are of RFC 9112 unless 9110 is named.
 */
#ifndef ACRIDA_TESTS_ANSWERS_H
#define ACRIDA_TESTS_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

/* How the parser differs from libcurl. */
enum {
    SAME = 0,
    REFUSES = 1, /* what libcurl accepts */
    ACCEPTS = 2, /* what libcurl refuses */
    STATUS = 4,
    BODY = 8,
    CLOSES = 16, /* the connection that libcurl keeps */
    KEEPS = 32,  /* the connection that libcurl closes */
};

struct odd_answer {
    const char *name;
    const char *clause;
    const char *raw; /* the peer closes behind it */
    size_t raw_bytes;
    unsigned differs;
    const char *reason; /* of the difference */
    bool is_head;       /* answers HEAD */
    const char *unit;   /* comes `times` times behind raw, and `after` behind that */
    size_t times;
    const char *after;
};

#define RAW(text) text, sizeof(text) - 1
#define OK "HTTP/1.1 200 OK\r\n"
#define TWO "Content-Length: 2\r\n"
#define TAKES_PARTS "libcurl takes a head that broke off behind the status line for whole"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

/* clang-format off */
static const struct odd_answer answers[] = {
    /* The status line. */
    { "plain", "4", RAW(OK TWO "\r\nab"), SAME, NULL },
    { "no reason", "4", RAW("HTTP/1.1 200 \r\n" TWO "\r\nab"), SAME, NULL },
    { "no space behind the code", "4", RAW("HTTP/1.1 200\r\n" TWO "\r\nab"), SAME, NULL },
    { "reason in Latin-1", "4", RAW("HTTP/1.1 200 \xc4\r\n" TWO "\r\nab"), SAME, NULL },
    { "tab in the reason", "4", RAW("HTTP/1.1 200 a\tb\r\n" TWO "\r\nab"), SAME, NULL },
    { "control byte in the reason", "4", RAW("HTTP/1.1 200 a\001b\r\n" TWO "\r\nab"), REFUSES, "control bytes end up in logs and other headers; 9110 5.5 calls them invalid" },
    { "NUL in the reason", "4", RAW("HTTP/1.1 200 a\0b\r\n" TWO "\r\nab"), SAME, NULL },
    { "two spaces before the code", "4", RAW("HTTP/1.1  200 OK\r\n" TWO "\r\nab"), REFUSES, "one space it is; nobody sends two" },
    { "tab before the code", "4", RAW("HTTP/1.1\t200 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "tab behind the code", "4", RAW("HTTP/1.1 200\tOK\r\n" TWO "\r\nab"), REFUSES, "one space it is; nobody sends a tab" },
    { "blank before the version", "2.2", RAW(" " OK TWO "\r\nab"), SAME, NULL },
    { "empty line before", "2.2", RAW("\r\n" OK TWO "\r\nab"), SAME, NULL },
    { "two digits", "4", RAW("HTTP/1.1 20 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "four digits", "4", RAW("HTTP/1.1 2000 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "code 000", "9110 15", RAW("HTTP/1.1 000 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "code 099", "9110 15", RAW("HTTP/1.1 099 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "code 600", "9110 15", RAW("HTTP/1.1 600 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "code 999", "9110 15", RAW("HTTP/1.1 999 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "negative code", "4", RAW("HTTP/1.1 -20 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "letters for a code", "4", RAW("HTTP/1.1 abc OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "letter behind the code", "4", RAW("HTTP/1.1 200OK\r\n" TWO "\r\nab"), REFUSES, "three digits stand alone" },
    { "version alone", "4", RAW("HTTP/1.1\r\n" TWO "\r\nab"), SAME, NULL },
    { "lower case", "2.3", RAW("http/1.1 200 OK\r\n" TWO "\r\nab"), REFUSES, "the name of the protocol has a case (2.3)" },
    { "version 1.0", "2.3", RAW("HTTP/1.0 200 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "version 1.2", "9110 2.5", RAW("HTTP/1.2 200 OK\r\n" TWO "\r\nab"), ACCEPTS, "a minor version may not change what an answer means" },
    { "version 1.9", "9110 2.5", RAW("HTTP/1.9 200 OK\r\n" TWO "\r\nab"), ACCEPTS, "a minor version may not change what an answer means" },
    { "version 1.10", "2.3", RAW("HTTP/1.10 200 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "version 0.9", "2.3", RAW("HTTP/0.9 200 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "version 2.0", "2.3", RAW("HTTP/2.0 200 OK\r\n" TWO "\r\nab"), REFUSES, "HTTP/2 has no status line" },
    { "version 2", "2.3", RAW("HTTP/2 200 OK\r\n" TWO "\r\nab"), REFUSES, "HTTP/2 has no status line" },
    { "version 3", "2.3", RAW("HTTP/3 200 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "no version", "2.3", RAW("HTTP 200 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "another protocol", "2.3", RAW("ICY 200 OK\r\n" TWO "\r\nab"), SAME, NULL },
    { "HTTP/0.9: a body alone", "2.3", RAW("<html>hello</html>\r\n"), SAME, NULL },
    { "preface of HTTP/2", "2.3", RAW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), SAME, NULL },
    { "frame of HTTP/2", "2.3", RAW("\0\0\0\004\0\0\0\0\0"), SAME, NULL },
    { "a request", "2.1", RAW("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), SAME, NULL },
    { "folded status line", "4", RAW("HTTP/1.1 200 OK\r\n x\r\n" TWO "\r\nab"), SAME, NULL },

    /* Line ends. */
    { "bare LF everywhere", "2.2", RAW("HTTP/1.1 200 OK\nContent-Length: 2\n\nab"), SAME, NULL },
    { "bare LF behind the status line", "2.2", RAW("HTTP/1.1 200 OK\n" TWO "\r\nab"), SAME, NULL },
    { "bare LF for the empty line", "2.2", RAW(OK TWO "\nab"), SAME, NULL },
    { "CR CR LF behind a line", "2.2", RAW(OK "Content-Length: 2\r\r\n\r\nab"), REFUSES, "a CR alone is no line end: others may end the line there" },
    { "CR CR LF for the empty line", "2.2", RAW(OK TWO "\r\r\nab"), REFUSES, "a CR alone is no line end: others may end the line there" },
    { "bare CR behind a line", "2.2", RAW(OK "A: b\rContent-Length: 2\r\n\r\nab"), REFUSES, "a CR alone is no line end: others may end the line there" },
    { "bare CR in a value", "2.2", RAW(OK "A: b\rc\r\n" TWO "\r\nab"), REFUSES, "a CR alone is no line end: others may end the line there" },
    { "CR for all line ends", "2.2", RAW("HTTP/1.1 200 OK\rContent-Length: 2\r\rab"), SAME, NULL },
    { "LF CR", "2.2", RAW("HTTP/1.1 200 OK\n\rContent-Length: 2\n\r\n\rab"), REFUSES, "a CR alone is no line end: others may end the line there" },

    /* Header lines. */
    { "no header", "6.3 (8)", RAW(OK "\r\nabc"), SAME, NULL },
    { "no value", "9110 5.5", RAW(OK "A:\r\n" TWO "\r\nab"), SAME, NULL },
    { "blanks around a value", "5", RAW(OK "Content-Length: \t 2\t \r\n\r\nab"), SAME, NULL },
    { "no blank before a value", "5", RAW(OK "Content-Length:2\r\n\r\nab"), SAME, NULL },
    { "name in upper case", "9110 5.1", RAW(OK "CONTENT-LENGTH: 2\r\n\r\nab"), SAME, NULL },
    { "all of a token", "9110 5.6.2", RAW(OK "!#$%&'*+-.^_`|~: 1\r\n" TWO "\r\nab"), SAME, NULL },
    { "blank before the colon", "5.1", RAW(OK "Content-Length : 2\r\n\r\nab"), REFUSES, "a name is a token: what is none may have been another header for others" },
    { "tab before the colon", "5.1", RAW(OK "A\t: b\r\n" TWO "\r\nab"), REFUSES, "a name is a token: what is none may have been another header for others" },
    { "blank within a name", "5.1", RAW(OK "A b: c\r\n" TWO "\r\nab"), REFUSES, "a name is a token: what is none may have been another header for others" },
    { "no name", "5.1", RAW(OK ": b\r\n" TWO "\r\nab"), REFUSES, "a name is a token: what is none may have been another header for others" },
    { "no colon", "5.1", RAW(OK "Ab\r\n" TWO "\r\nab"), SAME, NULL },
    { "separator in a name", "9110 5.6.2", RAW(OK "A(b): c\r\n" TWO "\r\nab"), REFUSES, "a name is a token: what is none may have been another header for others" },
    { "UTF-8 in a name", "9110 5.6.2", RAW(OK "\xc3\xa4: c\r\n" TWO "\r\nab"), REFUSES, "a name is a token: what is none may have been another header for others" },
    { "bytes above 127 in a value", "9110 5.5", RAW(OK "A: \x80\xff\r\n" TWO "\r\nab"), SAME, NULL },
    { "control byte in a value", "9110 5.5", RAW(OK "A: b\001c\r\n" TWO "\r\nab"), REFUSES, "control bytes end up in logs and other headers; 9110 5.5 calls them invalid" },
    { "DEL in a value", "9110 5.5", RAW(OK "A: b\x7f\r\n" TWO "\r\nab"), REFUSES, "control bytes end up in logs and other headers; 9110 5.5 calls them invalid" },
    { "NUL in a value", "9110 5.5", RAW(OK "A: b\0c\r\n" TWO "\r\nab"), SAME, NULL },
    { "NUL in a name", "9110 5.6.2", RAW(OK "A\0b: c\r\n" TWO "\r\nab"), SAME, NULL },
    { "NUL in a length", "9110 8.6", RAW(OK "Content-Length: 2\0\r\n\r\nab"), SAME, NULL },
    { "status line among the headers", "5", RAW(OK "HTTP/1.1 404 No\r\n" TWO "\r\nab"), SAME, NULL },
    { "status line as a header", "5", RAW(OK "HTTP/1.1 404 No: x\r\n" TWO "\r\nab"), REFUSES, "a name is a token: what is none may have been another header for others" },
    { "fold", "5.2", RAW(OK "A: b\r\n c\r\n" TWO "\r\nab"), SAME, NULL },
    { "fold with a tab and bare LF", "5.2", RAW(OK "A: b\n\tc\n" TWO "\r\nab"), SAME, NULL },
    { "fold before a length", "5.2", RAW(OK "Content-Length:\r\n 2\r\n\r\nab"), ACCEPTS, "a fold is a space, for lengths too" },
    { "fold within a length", "5.2", RAW(OK "Content-Length: 1\r\n 2\r\n\r\nabcdefghijkl"), REFUSES, "a fold is a space, and \"1 2\" no number" },
    { "fold that is a header", "5.2", RAW(OK "A: b\r\n Content-Length: 1\r\n" TWO "\r\nab"), SAME, NULL },
    { "fold of blanks", "5.2", RAW(OK TWO "A: b\r\n \r\n\r\nab"), SAME, NULL },
    { "blank before the first name", "2.2", RAW(OK " A: b\r\n" TWO "\r\nab"), SAME, NULL },
    { "tab before the first name", "2.2", RAW(OK "\tA: b\r\n" TWO "\r\nab"), SAME, NULL },
    { "blanks for the first line", "2.2", RAW(OK " \r\n" TWO "\r\nab"), SAME, NULL },
    { "blank before the first name behind 103", "2.2", RAW("HTTP/1.1 103 a\r\nLink: b\r\n\r\n" OK " A: b\r\n" TWO "\r\nab"), REFUSES, "libcurl appends it to the interim head" },
    { "blank before the only name", "2.2", RAW(OK " Content-Length: 2\r\n\r\nab"), SAME, NULL },

    /* Content-Length. */
    { "length 0", "6.3 (6)", RAW(OK "Content-Length: 0\r\n\r\n"), SAME, NULL },
    { "length 0 and bytes", "6.3 (6)", RAW(OK "Content-Length: 0\r\n\r\nab"), CLOSES, "what is sent behind the end would be taken for the next answer" },
    { "leading zeros", "9110 8.6", RAW(OK "Content-Length: 0002\r\n\r\nab"), SAME, NULL },
    { "more than the length", "9.3", RAW(OK TWO "\r\nabc"), SAME, NULL },
    { "another answer behind", "9.3", RAW(OK TWO "\r\nab" OK TWO "\r\ncd"), SAME, NULL },
    { "less than the length", "8", RAW(OK "Content-Length: 3\r\n\r\nab"), SAME, NULL },
    { "equal lengths", "6.3 (5)", RAW(OK TWO TWO "\r\nab"), SAME, NULL },
    { "lengths 2 and 02", "6.3 (5)", RAW(OK TWO "Content-Length: 02\r\n\r\nab"), SAME, NULL },
    { "lengths 2 and 3", "6.3 (5)", RAW(OK TWO "Content-Length: 3\r\n\r\nabc"), REFUSES, "unrecoverable, says the clause" },
    { "lengths 3 and 2", "6.3 (5)", RAW(OK "Content-Length: 3\r\n" TWO "\r\nabc"), REFUSES, "unrecoverable, says the clause" },
    { "list of equal lengths", "6.3 (5)", RAW(OK "Content-Length: 2, 2\r\n\r\nab"), SAME, NULL },
    { "list of lengths", "6.3 (5)", RAW(OK "Content-Length: 2, 3\r\n\r\nabc"), REFUSES, "unrecoverable, says the clause" },
    { "empty element", "6.3 (5)", RAW(OK "Content-Length: 2,\r\n\r\nab"), REFUSES, "a length is digits and nothing else: others may read another number" },
    { "empty length", "9110 8.6", RAW(OK "Content-Length:\r\n\r\nab"), SAME, NULL },
    { "negative length", "9110 8.6", RAW(OK "Content-Length: -2\r\n\r\nab"), SAME, NULL },
    { "length with a plus", "9110 8.6", RAW(OK "Content-Length: +2\r\n\r\nab"), REFUSES, "a length is digits and nothing else: others may read another number" },
    { "hexadecimal length", "9110 8.6", RAW(OK "Content-Length: 0x2\r\n\r\nab"), REFUSES, "a length is digits and nothing else: others may read another number" },
    { "length with a fraction", "9110 8.6", RAW(OK "Content-Length: 2.0\r\n\r\nab"), REFUSES, "a length is digits and nothing else: others may read another number" },
    { "length with a unit", "9110 8.6", RAW(OK "Content-Length: 2B\r\n\r\nab"), REFUSES, "a length is digits and nothing else: others may read another number" },
    { "two numbers", "9110 8.6", RAW(OK "Content-Length: 2 3\r\n\r\nabc"), REFUSES, "a length is digits and nothing else: others may read another number" },
    { "quoted length", "9110 8.6", RAW(OK "Content-Length: \"2\"\r\n\r\nab"), SAME, NULL },
    { "a word for a length", "9110 8.6", RAW(OK "Content-Length: two\r\n\r\nab"), SAME, NULL },
    { "length of 2^63 - 1", "9110 8.6", RAW(OK "Content-Length: 9223372036854775807\r\n\r\nab"), SAME, NULL },
    { "length of 2^63", "9110 8.6", RAW(OK "Content-Length: 9223372036854775808\r\n\r\nab"), REFUSES, "libcurl reads until the peer closes; an answer of 8 EiB is an error" },
    { "length of 2^64 + 2", "9110 8.6", RAW(OK "Content-Length: 18446744073709551618\r\n\r\nab"), REFUSES, "libcurl reads until the peer closes; an answer of 16 EiB is an error" },

    /* Transfer-Encoding. */
    { "chunks", "7.1", RAW(CHUNKED "2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "chunks in upper case", "7", RAW(OK "TRANSFER-ENCODING: CHUNKED\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "chunks and a length", "6.3 (3)", RAW(OK TWO "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), CLOSES, "the clause wants the connection closed" },
    { "a length behind chunks", "6.3 (3)", RAW(OK "Transfer-Encoding: chunked\r\n" TWO "\r\n3\r\nabc\r\n0\r\n\r\n"), CLOSES, "the clause wants the connection closed" },
    { "chunks in HTTP/1.0", "6.1", RAW("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "chunks in HTTP/1.0, kept alive", "6.1", RAW("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), CLOSES, "the clause calls the framing faulty" },
    { "identity", "7", RAW(OK "Transfer-Encoding: identity\r\n\r\nab"), SAME, NULL },
    { "identity and a length", "7", RAW(OK "Transfer-Encoding: identity\r\n" TWO "\r\nab"), SAME, NULL },
    { "identity, chunked", "7", RAW(OK "Transfer-Encoding: identity, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "chunked, identity", "6.1", RAW(OK "Transfer-Encoding: chunked, identity\r\n\r\n2\r\nab\r\n0\r\n\r\n"), REFUSES, "chunked comes last" },
    { "gzip, chunked", "6.1", RAW(OK "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "gzip", "6.3 (4)", RAW(OK "Transfer-Encoding: gzip\r\n\r\nab"), SAME, NULL },
    { "unknown coding", "6.1", RAW(OK "Transfer-Encoding: x\r\n\r\nab"), SAME, NULL },
    { "unknown coding and a length", "6.1", RAW(OK "Transfer-Encoding: x\r\n" TWO "\r\nab"), SAME, NULL },
    { "chunked twice in a list", "6.1", RAW(OK "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), REFUSES, "chunked comes once" },
    { "chunked in two lines", "6.1", RAW(OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), REFUSES, "chunked comes once" },
    { "chunked with a parameter", "7.1", RAW(OK "Transfer-Encoding: chunked;a=b\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "xchunked", "6.1", RAW(OK "Transfer-Encoding: xchunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "chunkedx", "6.1", RAW(OK "Transfer-Encoding: chunkedx\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "quoted chunked", "6.1", RAW(OK "Transfer-Encoding: \"chunked\"\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "no coding", "9110 5.6.1", RAW(OK "Transfer-Encoding:\r\n" TWO "\r\nab"), SAME, NULL },
    { "empty elements", "9110 5.6.1", RAW(OK "Transfer-Encoding: , chunked ,\r\n\r\n2\r\nab\r\n0\r\n\r\n"), SAME, NULL },

    /* Chunks. */
    { "last chunk alone", "7.1", RAW(CHUNKED "0\r\n\r\n"), SAME, NULL },
    { "several zeros", "7.1", RAW(CHUNKED "2\r\nab\r\n0000\r\n\r\n"), SAME, NULL },
    { "leading zeros in a size", "7.1", RAW(CHUNKED "0002\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "17 digits of a size", "7.1", RAW(CHUNKED "00000000000000002\r\nab\r\n0\r\n\r\n"), ACCEPTS, "zeros do not make a number larger; the line has a limit" },
    { "hexadecimal in both cases", "7.1", RAW(CHUNKED "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), SAME, NULL },
    { "bare LF around chunks", "7.1", RAW(CHUNKED "2\nab\n0\n\n"), SAME, NULL },
    { "CR CR LF behind a size", "7.1", RAW(CHUNKED "2\r\r\nab\r\n0\r\n\r\n"), REFUSES, "a size is hexadecimal digits, then an extension or the end of the line" },
    { "CR CR LF behind a chunk", "7.1", RAW(CHUNKED "2\r\nab\r\r\n0\r\n\r\n"), REFUSES, "a chunk is followed by a line end" },
    { "bare CR behind a size", "7.1", RAW(CHUNKED "2\rab\r\n0\r\n\r\n"), SAME, NULL },
    { "no size", "7.1", RAW(CHUNKED "\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "no hexadecimal size", "7.1", RAW(CHUNKED "g\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "negative size", "7.1", RAW(CHUNKED "-2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "size with a plus", "7.1", RAW(CHUNKED "+2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "size with 0x", "7.1", RAW(CHUNKED "0x2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "blank before a size", "7.1", RAW(CHUNKED " 2\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "blanks behind a size", "7.1.1", RAW(CHUNKED "2 \t \r\nab\r\n0  \r\n\r\n"), SAME, NULL },
    { "two sizes", "7.1", RAW(CHUNKED "2 2\r\nab\r\n0\r\n\r\n"), REFUSES, "a size is hexadecimal digits, then an extension or the end of the line" },
    { "letter behind a size", "7.1", RAW(CHUNKED "2g\r\nab\r\n0\r\n\r\n"), REFUSES, "a size is hexadecimal digits, then an extension or the end of the line" },
    { "size of 2^63 - 1", "7.1", RAW(CHUNKED "7fffffffffffffff\r\nab"), SAME, NULL },
    { "size of 2^63", "7.1", RAW(CHUNKED "8000000000000000\r\nab"), SAME, NULL },
    { "size of 2^64 + 2", "7.1", RAW(CHUNKED "10000000000000002\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "chunk longer than its size", "7.1", RAW(CHUNKED "2\r\nabc\r\n0\r\n\r\n"), SAME, NULL },
    { "chunk shorter than its size", "7.1", RAW(CHUNKED "3\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "no line end behind a chunk", "7.1", RAW(CHUNKED "2\r\nab0\r\n\r\n"), SAME, NULL },
    { "no last chunk", "8", RAW(CHUNKED "2\r\nab\r\n"), SAME, NULL },
    { "no end of the trailer", "8", RAW(CHUNKED "2\r\nab\r\n0\r\n"), SAME, NULL },
    { "bytes behind the last chunk", "9.3", RAW(CHUNKED "2\r\nab\r\n0\r\n\r\nmore"), CLOSES, "what is sent behind the end would be taken for the next answer" },
    { "extension", "7.1.1", RAW(CHUNKED "2;a\r\nab\r\n0;b=c\r\n\r\n"), SAME, NULL },
    { "quoted extension", "7.1.1", RAW(CHUNKED "2 ; a = \"x;y\"\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "semicolon alone", "7.1.1", RAW(CHUNKED "2;\r\nab\r\n0\r\n\r\n"), SAME, NULL },
    { "bare CR in an extension", "7.1.1", RAW(CHUNKED "2;a\rb\r\nab\r\n0\r\n\r\n"), REFUSES, "a CR alone is no line end: others may end the line there" },
    { "NUL in an extension", "7.1.1", RAW(CHUNKED "2;\0\r\nab\r\n0\r\n\r\n"), REFUSES, "control bytes end up in logs and other headers; 9110 5.5 calls them invalid" },
    { "extension of 4,000 bytes", "7.1.1", RAW(CHUNKED "2;"), SAME, NULL, false, "x", 4000, "\r\nab\r\n0\r\n\r\n" },
    { "extension of 64 KiB", "7.1.1", RAW(CHUNKED "2;"), REFUSES, "extensions have a limit, as the clause wants", false, "x", 64 << 10, "\r\nab\r\n0\r\n\r\n" },
    { "many chunks", "7.1", RAW(CHUNKED), SAME, NULL, false, "1\r\na\r\n", 5000, "0\r\n\r\n" },
    { "trailer", "7.1.2", RAW(CHUNKED "2\r\nab\r\n0\r\nA: b\r\n\r\n"), SAME, NULL },
    { "trailers with bare LF", "7.1.2", RAW(CHUNKED "2\r\nab\r\n0\nA: b\nC: d\n\n"), SAME, NULL },
    { "folded trailer", "7.1.2", RAW(CHUNKED "2\r\nab\r\n0\r\nA: b\r\n c\r\n\r\n"), SAME, NULL },
    { "trailer without a colon", "7.1.2", RAW(CHUNKED "2\r\nab\r\n0\r\nAb\r\n\r\n"), SAME, NULL },
    { "trailer with a length", "9110 6.5.1", RAW(CHUNKED "2\r\nab\r\n0\r\nContent-Length: 9\r\n\r\n"), SAME, NULL },
    { "trailer that closes", "9110 6.5.1", RAW(CHUNKED "2\r\nab\r\n0\r\nConnection: close\r\n\r\n"), SAME, NULL },
    { "NUL in a trailer", "7.1.2", RAW(CHUNKED "2\r\nab\r\n0\r\nA: \0\r\n\r\n"), SAME, NULL },
    { "trailer that is cut", "8", RAW(CHUNKED "2\r\nab\r\n0\r\nA: b\r\n"), SAME, NULL },

    /* Answers without a body. */
    { "204", "6.3 (1)", RAW("HTTP/1.1 204 No Content\r\n\r\n"), SAME, NULL },
    { "204 with a length", "9110 8.6", RAW("HTTP/1.1 204 No Content\r\n" TWO "\r\n"), CLOSES, "who announces a body may send it" },
    { "204 with a length of 0", "9110 8.6", RAW("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"), SAME, NULL },
    { "204 with a body", "6.3 (1)", RAW("HTTP/1.1 204 No Content\r\n" TWO "\r\nab"), CLOSES, "what is sent behind the end would be taken for the next answer" },
    { "204 with chunks", "6.1", RAW("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), CLOSES, "who announces a body may send it" },
    { "205 without a length", "9110 15.3.6", RAW("HTTP/1.1 205 Reset Content\r\n\r\n"), SAME, NULL },
    { "304", "6.3 (1)", RAW("HTTP/1.1 304 Not Modified\r\n\r\n"), SAME, NULL },
    { "304 with a length", "9110 8.6", RAW("HTTP/1.1 304 Not Modified\r\n" TWO "\r\n"), SAME, NULL },
    { "304 with a body", "6.3 (1)", RAW("HTTP/1.1 304 Not Modified\r\n" TWO "\r\nab"), CLOSES, "what is sent behind the end would be taken for the next answer" },
    { "304 with a coding", "6.1", RAW("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"), SAME, NULL },
    { "HEAD", "6.3 (1)", RAW(OK "\r\n"), SAME, NULL, true },
    { "HEAD with a length", "9110 9.3.2", RAW(OK TWO "\r\n"), SAME, NULL, true },
    { "HEAD with a body", "6.3 (1)", RAW(OK TWO "\r\nab"), CLOSES, "what is sent behind the end would be taken for the next answer", true },
    { "HEAD with a coding", "9110 9.3.2", RAW(CHUNKED), SAME, NULL, true },
    { "HEAD with two lengths", "6.3 (5)", RAW(OK TWO "Content-Length: 3\r\n\r\n"), REFUSES, "a contradiction, even where no body comes", true },
    { "HEAD that closes", "9.3", RAW(OK TWO "Connection: close\r\n\r\n"), SAME, NULL, true },
    { "HEAD with 404", "9110 9.3.2", RAW("HTTP/1.1 404 Not Found\r\n" TWO "\r\n"), SAME, NULL, true },

    /* Interim answers. */
    { "100", "9110 15.2.1", RAW("HTTP/1.1 100 Continue\r\n\r\n" OK TWO "\r\nab"), SAME, NULL },
    { "100, 102 and 103", "9110 15.2", RAW("HTTP/1.1 100 a\r\n\r\nHTTP/1.1 102 b\r\n\r\nHTTP/1.1 103 c\r\nLink: </a>\r\n\r\n" OK TWO "\r\nab"), SAME, NULL },
    { "199", "9110 15.2", RAW("HTTP/1.1 199 a\r\n\r\n" OK TWO "\r\nab"), SAME, NULL },
    { "100 with a length", "9110 8.6", RAW("HTTP/1.1 100 a\r\nContent-Length: 5\r\n\r\n" OK TWO "\r\nab"), SAME, NULL },
    { "100 with a coding", "6.1", RAW("HTTP/1.1 100 a\r\nTransfer-Encoding: chunked\r\n\r\n" OK TWO "\r\nab"), SAME, NULL },
    { "100 that closes", "9.3", RAW("HTTP/1.1 100 a\r\nConnection: close\r\n\r\n" OK TWO "\r\nab"), SAME, NULL },
    { "100 alone", "8", RAW("HTTP/1.1 100 Continue\r\n\r\n"), SAME, NULL },
    { "100 in HTTP/1.0", "9110 15.2", RAW("HTTP/1.0 100 Continue\r\n\r\n" OK TWO "\r\nab"), KEEPS, "the final head has the say" },
    { "100 before junk", "9110 15.2", RAW("HTTP/1.1 100 Continue\r\n\r\njunk\r\n\r\n"), SAME, NULL },
    { "101", "9110 15.2.2", RAW("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), SAME, NULL },
    { "101 and an answer", "9110 15.2.2", RAW("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" OK TWO "\r\nab"), REFUSES, "the connection speaks another protocol from there" },
    { "hundred interim answers", "9110 15.2", RAW(""), SAME, NULL, false, "HTTP/1.1 102 a\r\n\r\n", 100, OK TWO "\r\nab" },

    /* What becomes of the connection. */
    { "close", "9.3", RAW(OK TWO "Connection: close\r\n\r\nab"), SAME, NULL },
    { "close in upper case", "9.3", RAW(OK TWO "CONNECTION: CLOSE\r\n\r\nab"), SAME, NULL },
    { "close in a list", "9.3", RAW(OK TWO "Connection: x, close\r\n\r\nab"), SAME, NULL },
    { "closed", "9.3", RAW(OK TWO "Connection: closed\r\n\r\nab"), KEEPS, "\"closed\" is another token than \"close\"" },
    { "keep-alive", "9.3", RAW(OK TWO "Connection: keep-alive\r\n\r\nab"), SAME, NULL },
    { "close and keep-alive", "9.3", RAW(OK TWO "Connection: close, keep-alive\r\n\r\nab"), SAME, NULL },
    { "keep-alive and close", "9.3", RAW(OK TWO "Connection: keep-alive, close\r\n\r\nab"), SAME, NULL },
    { "close, then keep-alive", "9.3", RAW(OK TWO "Connection: close\r\nConnection: keep-alive\r\n\r\nab"), SAME, NULL },
    { "HTTP/1.0 and keep-alive", "9.3", RAW("HTTP/1.0 200 OK\r\n" TWO "Connection: keep-alive\r\n\r\nab"), SAME, NULL },
    { "HTTP/1.0, a list", "9.3", RAW("HTTP/1.0 200 OK\r\n" TWO "Connection: x, Keep-Alive\r\n\r\nab"), SAME, NULL },
    { "HTTP/1.0, both", "9.3", RAW("HTTP/1.0 200 OK\r\n" TWO "Connection: keep-alive, close\r\n\r\nab"), CLOSES, "close wins, says the clause" },
    { "HTTP/1.0, kept alive until close", "6.3 (8)", RAW("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nab"), CLOSES, "the body ends when the connection does" },
    { "kept alive until close", "6.3 (8)", RAW(OK "Connection: keep-alive\r\n\r\nab"), SAME, NULL },
    { "Keep-Alive without Connection", "9.3", RAW("HTTP/1.0 200 OK\r\n" TWO "Keep-Alive: timeout=5\r\n\r\nab"), SAME, NULL },
    { "Proxy-Connection", "C.2.2", RAW(OK TWO "Proxy-Connection: close\r\n\r\nab"), SAME, NULL },
    { "version 1.2, kept", "9.3", RAW("HTTP/1.2 200 OK\r\n" TWO "\r\nab"), ACCEPTS, "a minor version may not change what an answer means" },

    /* Sizes. */
    { "line of 64 KiB", "2.2", RAW(OK TWO "A: "), SAME, NULL, false, "x", 64 << 10, "\r\n\r\nab" },
    { "line of 150 KiB", "9110 5.4", RAW(OK TWO "A: "), ACCEPTS, "libcurl refuses lines over 100 KiB; here all lines together have 256 KiB", false, "x", 150 << 10, "\r\n\r\nab" },
    { "line of 300 KiB", "9110 5.4", RAW(OK TWO "A: "), SAME, NULL, false, "x", 300 << 10, "\r\n\r\nab" },
    { "header of 200 KiB", "9110 5.4", RAW(OK TWO), SAME, NULL, false, "A: bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz01\r\n", 900, "\r\nab" },
    { "header of 280 KiB", "9110 5.4", RAW(OK TWO), REFUSES, "256 KiB, as exchange.h has it; libcurl only looks at each line", false, "A: bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789bcdefghijklmnopqrstuvwxyz0123456789\r\n", 930, "\r\nab" },
    { "900 header lines", "9110 5.4", RAW(OK TWO), SAME, NULL, false, "A: b\r\n", 900, "\r\nab" },
    { "1,100 header lines", "9110 5.4", RAW(OK TWO), REFUSES, "a limit that libcurl does not have", false, "A: b\r\n", 1100, "\r\nab" },
    { "1,100 trailers", "9110 5.4", RAW(CHUNKED "0\r\n"), REFUSES, "a limit that libcurl does not have", false, "A: b\r\n", 1100, "\r\n" },
    { "reason of 64 KiB", "4", RAW("HTTP/1.1 200 "), SAME, NULL, false, "x", 64 << 10, "\r\n" TWO "\r\nab" },

    /* Nothing, or almost. */
    { "nothing", "8", RAW(""), SAME, NULL },
    { "one byte", "8", RAW("H"), SAME, NULL },
    { "line end", "8", RAW("\r\n"), SAME, NULL },
    { "NUL", "2.2", RAW("\0"), SAME, NULL },
};
/* clang-format on */

/* Answers that are cut at every offset, which is as clause 8 has it; differences for the offsets
 * from `from` to before `to`. */
struct cut_answer {
    const char *name;
    const char *raw;
    size_t raw_bytes;
    bool is_head;
    struct {
        size_t from, to;
        unsigned differs;
        const char *reason;
    } differences[4];
};

static const struct cut_answer cut_answers[] = {
    { "a length",
      RAW(OK "Server: x\r\n" TWO "\r\nab"),
      false,
      { { 17, 47, REFUSES, TAKES_PARTS } } },
    { "chunks",
      RAW(CHUNKED "2\r\nab\r\na;x=y\r\n0123456789\r\n0\r\n\r\n"),
      false,
      { { 17, 45, REFUSES, TAKES_PARTS },
        { 77, 78, REFUSES, "libcurl does without the last LF" } } },
    { "trailers",
      RAW(CHUNKED "2\r\nab\r\n0\r\nA: b\r\nC: d\r\n\r\n"),
      false,
      { { 17, 45, REFUSES, TAKES_PARTS },
        { 70, 71, REFUSES, "libcurl does without the last LF" } } },
    { "interim",
      RAW("HTTP/1.1 103 Hints\r\nLink: a\r\n\r\n" OK TWO "\r\nab"),
      false,
      { { 20, 31, REFUSES, TAKES_PARTS }, { 48, 67, REFUSES, TAKES_PARTS } } },
    { "until close", RAW(OK "A: b\r\n\r\nabc"), false, { { 17, 25, REFUSES, TAKES_PARTS } } },
    { "no content",
      RAW("HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"),
      false,
      { { 25, 33, REFUSES, TAKES_PARTS } } },
    { "head", RAW(OK TWO "\r\n"), true, { { 17, 38, REFUSES, TAKES_PARTS } } },
};

#endif
