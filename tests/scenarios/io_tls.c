/* SPDX-License-Identifier: MIT */
/* What TLS streams do against the servers of 36_io.sh: each thing in turn, exceptions for what is
 * not as it should be. */
#include <acrida/io.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MUCH 1000000u

#define WANT(condition)                                                           \
    do {                                                                          \
        if (!(condition))                                                         \
            return acr_raise(u, "line %d: not so: %s (%s)", __LINE__, #condition, \
                             acr_socket_error(s));                                \
    } while (0)

static const char *at(struct acr_user *u, const char *host, const char *server)
{
    return acr_fmt(u, "tls://%s:%s", host, acr_env(server, ""));
}

static bool says(const struct acr_socket *s, const char *text)
{
    return strstr(acr_socket_error(s), text) != NULL;
}

static int verify(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, at(u, "localhost", "ECHO"));

    WANT(acr_socket_status(s) == -EPROTO);
    WANT(says(s, "tls: the certificate is refused: "));
    s = acr_connect(u, at(u, "127.0.0.1", "ECHO"), .timeout_s = 10, .ca_file = "ca.pem");
    WANT(acr_socket_status(s) == -EPROTO);
    WANT(says(s, "IP address mismatch"));
    s = acr_connect(u, at(u, "127.0.0.1", "ECHO"), .ca_file = "ca.pem", .server_name = "localhost");
    WANT(acr_socket_status(s) == 0);
    s = acr_connect(u, at(u, "127.0.0.1", "ECHO"), .insecure = true);
    WANT(acr_socket_status(s) == 0);
    s = acr_connect(u, at(u, "localhost", "ECHO"), .ca_file = "none.pem");
    WANT(acr_socket_status(s) == -EPROTO);
    WANT(says(s, "tls: certificates of none.pem"));
    return 0;
}

static int write_much(struct acr_user *u, void *arg)
{
    struct acr_socket *s = *(struct acr_socket **)arg;
    char *data = acr_alloc(u, MUCH);

    for (size_t i = 0; i < MUCH; i++)
        data[i] = (char)(i * 7 % 251);
    WANT(acr_write(u, s, data, MUCH) == MUCH);
    return 0;
}

static int exchange(struct acr_user *u)
{
    struct acr_socket *s =
        acr_connect(u, at(u, "localhost", "ECHO"), .ca_file = "ca.pem", .alpn = "other echo/1");
    const char *line;
    char *data = acr_alloc(u, MUCH);

    WANT(acr_socket_status(s) == 0);
    WANT(strcmp(acr_socket_alpn(s), "echo/1") == 0);
    WANT(acr_write(u, s, "hello\r\n", 7) == 7);
    WANT(acr_read_until(u, s, "\r\n", &line) == 7);
    WANT(strcmp(line, "hello") == 0);
    acr_spawn(u, write_much, &s, sizeof(s));
    WANT(acr_read_exact(u, s, data, MUCH) == MUCH);
    for (size_t i = 0; i < MUCH; i++)
        if (data[i] != (char)(i * 7 % 251))
            return acr_raise(u, "byte %zu is another", i);
    if (acr_join_all(u) < 0)
        return ACR_RAISED;
    WANT(acr_shutdown(u, s) == 0);
    WANT(acr_read(u, s, data, 1) == 0);
    acr_close(u, s);
    s = acr_connect(u, at(u, "localhost", "ECHO"), .timeout_s = 10, .ca_file = "ca.pem");
    WANT(acr_socket_status(s) == 0);
    WANT(acr_socket_is_resumed(s));
    WANT(acr_socket_alpn(s)[0] == '\0');
    return 0;
}

static int end(struct acr_user *u)
{
    struct acr_socket *s =
        acr_connect(u, at(u, "localhost", "ECHO"), .timeout_s = 10, .ca_file = "ca.pem");
    char c;

    WANT(acr_write(u, s, "cut\n", 4) == 4);
    WANT(acr_read(u, s, &c, 1) == -ECONNRESET);
    WANT(says(s, "without ending TLS"));
    s = acr_connect(u, at(u, "localhost", "PLAIN"), .timeout_s = 10, .ca_file = "ca.pem");
    WANT(acr_socket_status(s) == -EPROTO);
    s = acr_connect(u, at(u, "localhost", "SILENT"), .connect_timeout_s = 0.02);
    WANT(acr_socket_status(s) == -ETIMEDOUT);
    WANT(says(s, "tls: timed out"));
    return 0;
}

static int show_certificate(struct acr_user *u)
{
    struct acr_socket *s =
        acr_connect(u, at(u, "localhost", "STRICT"), .timeout_s = 10, .ca_file = "ca.pem");
    char text[3];

    /* With TLS 1.3 the server's refusal is read after the handshake. */
    if (acr_socket_status(s) == 0)
        WANT(acr_read(u, s, text, 1) < 0);
    s = acr_connect(u, at(u, "localhost", "STRICT"), .ca_file = "ca.pem", .cert_file = "client.pem",
                    .key_file = "client.key");
    WANT(acr_socket_status(s) == 0);
    WANT(acr_write(u, s, "abc", 3) == 3);
    WANT(acr_read_exact(u, s, text, 3) == 3);
    s = acr_connect(u, at(u, "localhost", "STRICT"), .ca_file = "ca.pem", .cert_file = "client.pem",
                    .key_file = "ca.key");
    WANT(acr_socket_status(s) == -EPROTO);
    WANT(says(s, "tls: the key in ca.key"));
    return 0;
}

static int all(struct acr_user *u)
{
    int (*const each[])(struct acr_user * u) = { verify, exchange, end, show_certificate };

    for (size_t i = 0; i < ACR_LEN(each); i++) {
        int r = each[i](u);

        if (r < 0)
            return r;
    }
    acr_report(u, .type = "TLS", .name = "all", .no_time = true);
    return ACR_STOP_USER;
}

static const struct acr_task tasks[] = { { .name = "all", .run = all } };
static const struct acr_user_type types[] = {
    { .name = "visitor", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};
ACR_PLUGIN(.name = "io_tls", .user_types = types, .n_user_types = ACR_LEN(types));
