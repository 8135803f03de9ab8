/* SPDX-License-Identifier: MIT */
/*
 * postgres.c: PostgreSQL by libpq, in coroutines. Run it with -H postgresql://me@127.0.0.1/db,
 * where CREATE TABLE visits (id serial, who integer, note text) has been run.
 *
 * libpq has calls that never block, and says after each what it waits for; acr_wait_fd waits, and
 * other users run meanwhile. Each user has a connection of its own, as in redis.c.
 */
/* acrida: pkg libpq */
#include <acrida/acrida.h>
#include <acrida/client.h>
#include <acrida/io.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#define TIMEOUT_S 5

struct me {
    PGconn *db; /* NULL = not connected */
};

static void hang_up(struct me *me)
{
    PQfinish(me->db);
    me->db = NULL;
}

/* The server is given by number or path in the URL: libpq would hold the loop to look a name up. */
static int dial(struct acr_user *u, struct me *me)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;

    me->db = PQconnectStart(acr_host(u));
    if (PQstatus(me->db) == CONNECTION_BAD)
        return -EIO;
    while (status != PGRES_POLLING_OK) {
        /* The descriptor may be another one each time. */
        int r = acr_wait_fd(u, PQsocket(me->db),
                            status == PGRES_POLLING_READING ? ACR_READ : ACR_WRITE, TIMEOUT_S);

        if (r < 0)
            return r;
        status = PQconnectPoll(me->db);
        if (status == PGRES_POLLING_FAILED)
            return -EIO;
    }
    return PQsetnonblocking(me->db, 1) == 0 ? 0 : -EIO;
}

/* What libpq has to write. It may have to read for it. */
static int flush(struct acr_user *u, PGconn *db)
{
    int is_left;

    while ((is_left = PQflush(db)) > 0) {
        int r = acr_wait_fd(u, PQsocket(db), ACR_READ | ACR_WRITE, TIMEOUT_S);

        if (r < 0)
            return r;
        if ((r & (int)ACR_READ) != 0 && !PQconsumeInput(db))
            return -EIO;
    }
    return is_left == 0 ? 0 : -EIO;
}

/* The one result of a query. Returns: 0 or a negative errno. */
static int exchange(struct acr_user *u, PGconn *db, const char *sql, const char *const *values,
                    int n, PGresult **ret_result)
{
    PGresult *next;
    int r;

    if (!PQsendQueryParams(db, sql, n, NULL, values, NULL, NULL, 0))
        return -EIO;
    r = flush(u, db);
    while (r >= 0) {
        while (r >= 0 && PQisBusy(db)) {
            r = acr_wait_fd(u, PQsocket(db), ACR_READ, TIMEOUT_S);
            if (r >= 0 && !PQconsumeInput(db))
                r = -EIO;
        }
        if (r < 0 || (next = PQgetResult(db)) == NULL)
            break;
        PQclear(*ret_result);
        *ret_result = next;
    }
    return r < 0 ? r : 0;
}

/* The first line of what went wrong. */
static const char *why(struct acr_user *u, const char *text)
{
    return acr_fmt(u, "%.*s", (int)strcspn(text, "\n"), text);
}

static void query(struct acr_user *u, const char *name, const char *sql, const char *const *values,
                  int n)
{
    struct me *me = acr_state(u);
    struct acr_sample *sample = acr_sample_begin(u);
    struct acr_settlement how = { .size = sizeof(how), .type = "SQL", .name = name };
    PGresult *result = NULL;
    int r = me->db != NULL ? 0 : dial(u, me);

    if (r == 0) {
        acr_sample_attempt(sample);
        r = exchange(u, me->db, sql, values, n, &result);
    }
    if (r == -ECANCELED) {
        acr_sample_cancel(sample, how.type, how.name);
    } else {
        ExecStatusType status = PQresultStatus(result);

        if (r == -EIO)
            how.error = why(u, PQerrorMessage(me->db));
        else if (r < 0)
            how.error = acr_dup(u, strerror(-r));
        else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            how.error = why(u, PQresultErrorMessage(result));
        else if (PQntuples(result) > 0)
            how.bytes = (uint64_t)PQgetlength(result, 0, 0);
        acr_sample_settle(sample, &how);
    }
    PQclear(result);
    if (r < 0)
        hang_up(me);
}

static int visit(struct acr_user *u)
{
    const char *values[] = { acr_fmt(u, "%d", (int)acr_random_int(u, 1, 100)),
                             acr_random_string(u, 20) };

    query(u, "insert a visit", "INSERT INTO visits (who, note) VALUES ($1, $2)", values, 2);
    query(u, "count visits", "SELECT count(*) FROM visits WHERE who = $1", values, 1);
    return ACR_DONE;
}

static int leave(struct acr_user *u)
{
    hang_up(acr_state(u));
    return ACR_DONE;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };

static const struct acr_user_type types[] = {
    { .name = "visitor",
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks),
      .wait = ACR_BETWEEN(0.01, 0.03),
      .on_stop = leave,
      .state_size = sizeof(struct me) },
};

ACR_PLUGIN(.name = "postgres", .user_types = types, .n_user_types = ACR_LEN(types));
