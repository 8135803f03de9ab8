/* SPDX-License-Identifier: MIT */
/* Masters and workers as they are, over loopback: threads, sockets, files. What one thread has told
 * says nothing about what another one has: each thing that is asserted is waited for itself. */
#include "support/unit.h"

#include "support/breaking_proxy.h"
#include "support/port.h"

#include "base/clock.h"
#include "dist/journal.h"
#include "dist/ledger_file.h"
#include "dist/master.h"
#include "dist/worker.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 4 };

static char folder[] = "/tmp/acrida-cluster-XXXXXX";
static char journal[64];
static const unsigned char key[] = "a key of at least thirty-two bytes";
static uint16_t port;

/* What has been heard, by worker's index. */
static struct heard {
    unsigned n_joined, n_returned, n_lost, n_left, n_deceased, n_messages;
    uint64_t n_reports, last_seq, sum;
    struct acri_observed observed;
    char name[64];
} heard[2 * WORKERS];

static struct worker {
    struct acri_worker *w;
    unsigned n_joined, n_messages;
    size_t n_bytes;
    uint32_t index;
    struct acri_desired desired;
    char refusal[300];
} workers[WORKERS];

static struct acri_master *master;
static struct breaking_proxy proxy;
static bool has_proxy;

static void start_master(const char *journal_path)
{
    const struct acri_master_options o = { .bind_host = "127.0.0.1",
                                           .bind_port = port,
                                           .key = key,
                                           .version = "1",
                                           .journal = journal_path };
    struct acri_error error = { "" };
    int r = acri_master_start(&o, &master, &error);

    if (r < 0)
        printf("%s\n", error.text);
    assert_int_equal(r, 0);
}

static struct acri_worker *new_worker(const char *name)
{
    const struct acri_worker_options o = { .master_host = "localhost",
                                           .master_port = port,
                                           .key = key,
                                           .name = name,
                                           .labels = "zone=a",
                                           .version = "1",
                                           .folder = folder,
                                           .n_threads = 2 };
    struct acri_worker *w = NULL;

    assert_int_equal(acri_worker_start(&o, &w, NULL), 0);
    return w;
}

static void hear_master(void)
{
    struct acri_master_event *e;

    while (master != NULL && (e = acri_master_next(master)) != NULL) {
        struct heard *h = &heard[e->worker];
        uint64_t value;

        switch (e->kind) {
        case ACRI_MASTER_JOINED:
            h->n_joined++;
            memcpy(h->name, e->info.name, sizeof(h->name));
            break;
        case ACRI_MASTER_RETURNED:
            h->n_returned++;
            break;
        case ACRI_MASTER_LOST:
            h->n_lost++;
            break;
        case ACRI_MASTER_LEFT:
            h->n_left++;
            break;
        case ACRI_MASTER_DECEASED:
            h->n_deceased++;
            h->observed = e->observed;
            acri_master_bury(master, e->worker);
            break;
        case ACRI_MASTER_OBSERVED:
            h->observed = e->observed;
            break;
        case ACRI_MASTER_REPORT:
            assert_int_equal(e->n_bytes, sizeof(value));
            memcpy(&value, e->bytes, sizeof(value));
            assert_int_equal(e->seq, h->last_seq + 1);
            h->last_seq = e->seq;
            h->n_reports++;
            h->sum += value;
            break;
        case ACRI_MASTER_MESSAGE:
            h->n_messages++;
            break;
        default:
            fail();
        }
        acri_master_event_free(e);
    }
}

static void hear_worker(struct worker *w)
{
    struct acri_worker_event *e;

    while (w->w != NULL && (e = acri_worker_next(w->w)) != NULL) {
        if (e->kind == ACRI_WORKER_JOINED) {
            w->n_joined++;
            w->index = e->index;
        } else if (e->kind == ACRI_WORKER_DESIRED) {
            assert_true(e->desired.generation > w->desired.generation);
            w->desired = e->desired;
        } else if (e->kind == ACRI_WORKER_MESSAGE) {
            w->n_messages++;
            w->n_bytes += e->n_bytes;
        } else if (e->kind == ACRI_WORKER_REFUSED) {
            snprintf(w->refusal, sizeof(w->refusal), "%s", e->type);
        }
        acri_worker_event_free(e);
    }
}

/* Wait for something to be said, and hear it. */
static void hear(void)
{
    struct pollfd fds[1 + WORKERS];

    for (int i = 0; i < WORKERS; i++)
        fds[i] = (struct pollfd){ .fd = workers[i].w != NULL ? acri_worker_fd(workers[i].w) : -1,
                                  .events = POLLIN };
    fds[WORKERS] =
        (struct pollfd){ .fd = master != NULL ? acri_master_fd(master) : -1, .events = POLLIN };
    assert_true(poll(fds, 1 + WORKERS, 50) >= 0);
    hear_master();
    for (int i = 0; i < WORKERS; i++)
        hear_worker(&workers[i]);
}

/* Until a condition is true; the test's own time limit ends what never becomes so. */
#define HEAR_UNTIL(condition) \
    do {                      \
        while (!(condition))  \
            hear();           \
    } while (0)

static unsigned n_joined(void)
{
    unsigned n = 0;

    for (int i = 0; i < WORKERS; i++)
        n += workers[i].w != NULL && workers[i].n_joined > 0;
    return n;
}

static uint64_t n_reports(void)
{
    uint64_t n = 0;

    for (int i = 0; i < 2 * WORKERS; i++)
        n += heard[i].n_reports;
    return n;
}

static void start_workers(int n)
{
    for (int i = 0; i < n; i++) {
        char name[8];

        snprintf(name, sizeof(name), "w%d", i);
        workers[i].w = new_worker(name);
    }
}

static void report(struct acri_worker *w, uint64_t value)
{
    acri_worker_report(w, 1, 1, &value, sizeof(value));
}

static uint64_t unacknowledged(void)
{
    uint64_t n = 0;

    for (int i = 0; i < WORKERS; i++)
        n += workers[i].w != NULL ? acri_worker_unacknowledged(workers[i].w) : 0;
    return n;
}

static void stop_workers(void)
{
    for (int i = 0; i < WORKERS; i++) {
        if (workers[i].w != NULL)
            assert_int_equal(acri_worker_stop(workers[i].w, 20), 0);
        workers[i].w = NULL;
    }
}

static unsigned n_files(void)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    unsigned n = 0;

    while ((entry = readdir(dir)) != NULL)
        n += strstr(entry->d_name, ".ledger") != NULL;
    closedir(dir);
    return n;
}

struct replayed {
    uint64_t last_seq[WORKERS], sum, n, last_note;
    unsigned n_workers, n_starts, n_states;
};

static void replay_one(void *arg, const struct acri_journal_record *r)
{
    struct replayed *all = arg;
    uint64_t value;

    switch (r->kind) {
    case ACRI_JOURNAL_START:
        all->n_starts++;
        break;
    case ACRI_JOURNAL_WORKER:
        all->n_workers++;
        break;
    case ACRI_JOURNAL_HAVE:
        all->last_seq[r->worker] = r->seq;
        break;
    case ACRI_JOURNAL_STATE:
        all->n_states++;
        memcpy(&all->sum, r->bytes, sizeof(all->sum));
        memcpy(&all->n, (const char *)r->bytes + 8, sizeof(all->n));
        break;
    case ACRI_JOURNAL_REPORT:
        assert_int_equal(r->seq, all->last_seq[r->worker] + 1);
        all->last_seq[r->worker] = r->seq;
        memcpy(&value, r->bytes, sizeof(value));
        all->sum += value;
        all->n++;
        break;
    default:
        break;
    }
}

static struct replayed replay(bool may_be_torn)
{
    struct replayed all = { .n = 0 };
    struct acri_journal_found found;

    assert_int_equal(acri_journal_replay(journal, replay_one, &all, &found, NULL), 0);
    assert_int_equal(found.n_damaged, 0);
    assert_true(may_be_torn || found.n_torn == 0);
    return all;
}

/* --- a worker that is killed: first, because it forks ------------------------------------------
 */

enum { LEFT_REPORTS = 50 };

static _Noreturn void be_killed(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    workers[0].w = new_worker("killed");
    acri_worker_live_tally(workers[0].w, 7, 0)->started = 40;
    acri_worker_live_tally(workers[0].w, 7, 3)->started = 2;
    HEAR_UNTIL(workers[0].n_joined > 0);
    for (uint64_t i = 1; i <= LEFT_REPORTS; i++)
        report(workers[0].w, i);
    raise(SIGKILL);
    _exit(1);
}

static void what_a_killed_worker_has_left_is_delivered_once(void **state)
{
    int status;
    pid_t child;

    (void)state;
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        be_killed();
    start_master(NULL);
    while (waitpid(child, &status, WNOHANG) == 0)
        hear();
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(n_files(), 1);
    start_workers(1);
    HEAR_UNTIL(heard[0].n_deceased == 1);
    assert_string_equal(heard[0].name, "killed");
    assert_int_equal(heard[0].n_reports, LEFT_REPORTS);
    assert_int_equal(heard[0].sum, LEFT_REPORTS * (LEFT_REPORTS + 1) / 2);
    assert_int_equal(heard[0].observed.tally.started, 42);
    assert_int_equal(heard[0].observed.run_id, 7);
    stop_workers();
    acri_master_stop(master);
    master = NULL;
    assert_int_equal(n_files(), 0);
}

static _Noreturn void be_killed_master(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    start_master(journal);
    while (n_reports() < 100)
        hear();
    raise(SIGKILL);
    _exit(1);
}

static void a_master_that_is_killed_is_followed_by_one_that_knows(void **state)
{
    struct replayed all;
    uint64_t value = 0;
    int status;
    pid_t child;

    (void)state;
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        be_killed_master();
    start_workers(3);
    do {
        for (int k = 0; k < 3 && value < 3000; k++)
            report(workers[k].w, ++value);
        hear();
    } while (waitpid(child, &status, WNOHANG) == 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    /* Events of the next one go on where the journal ends: what is there is not told again. */
    all = replay(true);
    for (int k = 0; k < 3; k++)
        heard[k].last_seq = all.last_seq[k];
    start_master(journal);
    for (int k = 0; k < 3; k++)
        report(workers[k].w, ++value);
    while (unacknowledged() > 0)
        hear();
    stop_workers();
    acri_master_stop(master);
    master = NULL;
    all = replay(false);
    assert_int_equal(all.n, value);
    assert_int_equal(all.sum, value * (value + 1) / 2);
    assert_int_equal(all.n_workers, 3);
    assert_int_equal(all.n_starts, 2);
}

/* --- the rest -----------------------------------------------------------------------------------
 */

static void what_is_wanted_and_done_is_told(void)
{
    struct acri_observed observed = { .state = ACRI_WORKER_RUNNING, .n_users = 5 };
    struct acri_desired desired = { .run_id = 3, .phase = ACRI_PHASE_RUN, .n_types = 1 };

    for (uint32_t i = 0; i < WORKERS; i++) {
        for (uint64_t n = 1; n <= 10; n++) {
            desired.users[0] = n;
            acri_master_want(master, i, &desired);
        }
        acri_worker_observe(workers[i].w, &observed);
    }
    for (uint32_t i = 0; i < WORKERS; i++) {
        HEAR_UNTIL(workers[i].desired.users[0] == 10);
        assert_int_equal(workers[i].desired.run_id, 3);
        HEAR_UNTIL(heard[i].observed.n_users == 5);
    }
}

static void messages_go_both_ways(void)
{
    static char large[1024 * 1024];

    assert_int_equal(acri_master_send(master, 99, "t", "x", 1), -ENOENT);
    assert_int_equal(acri_master_send(master, 0, "", "x", 1), -EINVAL);
    assert_int_equal(acri_master_send(master, 0, "t", large, ACRI_CLUSTER_MESSAGE_MAX + 1),
                     -EMSGSIZE);
    assert_int_equal(acri_worker_send(workers[0].w, "t", large, ACRI_CLUSTER_MESSAGE_MAX + 1),
                     -EMSGSIZE);
    for (uint32_t i = 0; i < WORKERS; i++) {
        assert_int_equal(acri_master_send(master, i, "hello", "hello", 5), 0);
        assert_int_equal(acri_worker_send(workers[i].w, "hello", large, sizeof(large)), 0);
    }
    assert_int_equal(acri_master_send(master, UINT32_MAX, "all", large, sizeof(large)), 0);
    for (uint32_t i = 0; i < WORKERS; i++) {
        HEAR_UNTIL(workers[i].n_messages == 2 && heard[i].n_messages == 1);
        assert_int_equal(workers[i].n_bytes, sizeof(large) + 5);
    }
    /* More than the sessions take at once: they wait in their order, none is lost. */
    for (int i = 0; i < 20000; i++) {
        while (acri_worker_send(workers[1].w, "many", NULL, 0) == -ENOBUFS)
            hear();
    }
    HEAR_UNTIL(heard[workers[1].index].n_messages == 20001);
}

static void there_is_room_for_a_question(void **state)
{
    unsigned n = 0;

    (void)state;
    start_workers(1); /* without a master: they stay there */
    while (acri_worker_send(workers[0].w, "many", NULL, 0) == 0)
        n++;
    assert_int_equal(acri_worker_send(workers[0].w, "many", NULL, 0), -ENOBUFS);
    assert_int_equal(acri_worker_ask(workers[0].w, "question", NULL, 0), 0);
    assert_int_equal(acri_worker_send(workers[0].w, "many", NULL, 0), -ENOBUFS);
    start_master(NULL);
    HEAR_UNTIL(heard[0].n_messages == n + 1);
    stop_workers();
    acri_master_stop(master);
    master = NULL;
}

static void a_cluster(void **state)
{
    struct acri_master_health health;
    uint64_t sum = 0;

    (void)state;
    start_workers(WORKERS); /* before there is a master */
    start_master(NULL);
    HEAR_UNTIL(n_joined() == WORKERS);
    what_is_wanted_and_done_is_told();
    messages_go_both_ways();
    for (uint64_t i = 1; i <= 500; i++) {
        for (int k = 0; k < WORKERS; k++)
            report(workers[k].w, i);
    }
    HEAR_UNTIL(n_reports() == WORKERS * 500 && unacknowledged() == 0);
    for (int i = 0; i < WORKERS; i++)
        sum += heard[i].sum;
    assert_int_equal(sum, WORKERS * 500 * 501 / 2);
    assert_true(acri_master_health(master, 2, &health));
    assert_true(health.is_here);
    assert_false(acri_master_health(master, WORKERS, &health));
    assert_int_equal(acri_master_dropped(master), 0);
    stop_workers();
    for (int i = 0; i < WORKERS; i++) {
        HEAR_UNTIL(heard[i].n_left == 1);
        assert_int_equal(heard[i].n_joined, 1);
        assert_int_equal(heard[i].n_lost, 0);
    }
    acri_master_stop(master);
    master = NULL;
    assert_int_equal(n_files(), 0);
}

/* What a main thread has made of the journal when it began, and of what it has heard since. */
static void checkpoint(const struct replayed *before)
{
    uint64_t state[2] = { before->sum, before->n + n_reports() };

    for (int i = 0; i < WORKERS; i++)
        state[0] += heard[i].sum;
    acri_master_checkpoint(master, state, sizeof(state));
}

static void masters_come_and_go_and_each_report_counts_once(void **state)
{
    enum { ROUNDS = 3, EACH = 200 };
    uint64_t value = 0;
    struct replayed all = { .n = 0 };

    (void)state;
    start_master(journal);
    acri_master_note(master, "run 1", 5);
    start_workers(WORKERS);
    HEAR_UNTIL(n_joined() == WORKERS);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < EACH; i++) {
            for (int k = 0; k < WORKERS; k++)
                report(workers[k].w, ++value);
            if (i == EACH / 3)
                HEAR_UNTIL(n_reports() > 0);
        }
        if (round == 1)
            checkpoint(&all);
        /* Some are on their way; what has come is told by the journal to who comes next. */
        acri_master_stop(master);
        master = NULL;
        all = replay(false);
        for (int k = 0; k < WORKERS; k++)
            heard[k] = (struct heard){ .last_seq = all.last_seq[k] };
        start_master(journal);
    }
    HEAR_UNTIL(unacknowledged() == 0);
    stop_workers();
    acri_master_stop(master);
    master = NULL;
    all = replay(false);
    for (int k = 0; k < WORKERS; k++)
        assert_int_equal(all.last_seq[k], ROUNDS * EACH);
    assert_int_equal(all.n, WORKERS * ROUNDS * EACH);
    assert_int_equal(all.sum, value * (value + 1) / 2);
    assert_int_equal(all.n_workers, WORKERS);
    assert_int_equal(all.n_states, 1);
}

static void connections_break_and_each_report_counts_once(void **state)
{
    enum { EACH = 400 };
    uint64_t sum = 0;

    (void)state;
    start_master(journal);
    has_proxy = proxy_start(&proxy, port, 30000);
    assert_true(has_proxy);
    port = proxy.port; /* for workers */
    start_workers(3);
    HEAR_UNTIL(n_joined() == 3);
    for (uint64_t i = 1; i <= EACH; i++) {
        for (int k = 0; k < 3; k++) {
            report(workers[k].w, i);
            assert_int_equal(acri_worker_send(workers[k].w, "m", &i, sizeof(i)), 0);
        }
        while (unacknowledged() > 300)
            hear();
    }
    HEAR_UNTIL(unacknowledged() == 0);
    for (int k = 0; k < 3; k++) {
        HEAR_UNTIL(heard[k].n_messages == EACH);
        HEAR_UNTIL(heard[k].n_reports == EACH);
        sum += heard[k].sum;
    }
    assert_int_equal(sum, 3 * EACH * (EACH + 1) / 2);
    stop_workers();
    acri_master_stop(master);
    master = NULL;
    proxy_stop(&proxy);
    has_proxy = false;
    assert_int_equal(replay(false).n, 3 * EACH);
    printf("%u connections broken\n", (unsigned)proxy.n_broken);
    assert_true(proxy.n_broken > 3);
}

/* Each says enough to hold a connection for ever, and nothing more. */
static void strangers_are_thrown_out_and_workers_come_back(void **state)
{
    static const unsigned char greeting[8] = { 0, 'S', 'P', 0, 0, 0x30, 0, 0 };
    enum { STRANGERS = 1100 };
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    static struct pollfd fds[STRANGERS];
    struct rlimit limit;
    int n_closed = 0;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max < 8192 ? limit.rlim_max : 8192;
    if (limit.rlim_cur < 3 * STRANGERS)
        skip();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    start_master(NULL);
    start_workers(1);
    HEAR_UNTIL(n_joined() == 1);
    a.sin_port = htons(port);
    for (int i = 0; i < STRANGERS; i++) {
        fds[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        fds[i].events = POLLRDHUP;
        assert_int_equal(connect(fds[i].fd, (struct sockaddr *)&a, sizeof(a)), 0);
        assert_int_equal(write(fds[i].fd, greeting, sizeof(greeting)), sizeof(greeting));
    }
    while (n_closed < STRANGERS) {
        poll(fds, STRANGERS, 50);
        for (int i = 0; i < STRANGERS; i++) {
            if (fds[i].fd < 0 || (fds[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0)
                continue;
            close(fds[i].fd);
            fds[i].fd = -1;
            n_closed++;
        }
        hear();
    }
    report(workers[0].w, 1);
    HEAR_UNTIL(unacknowledged() == 0 && n_reports() == 1);
    stop_workers();
    acri_master_stop(master);
    master = NULL;
}

/* Without a master: saved, and then not left to be delivered as well. */
static void reports_can_be_saved(void **state)
{
    char path[80];
    struct replayed all = { .n = 0 };
    struct acri_journal_found found;

    (void)state;
    snprintf(path, sizeof(path), "%s/saved", folder);
    start_workers(2);
    for (uint64_t i = 1; i <= 30; i++)
        report(workers[0].w, i);
    report(workers[1].w, 1);
    assert_int_equal(acri_worker_unacknowledged(workers[0].w), 30);
    assert_int_equal(acri_worker_save(workers[0].w, "/nowhere/saved"), -ENOENT);
    assert_int_equal(acri_worker_save(workers[0].w, path), 30);
    assert_int_equal(acri_worker_stop(workers[0].w, 0), 30);
    workers[0].w = NULL;
    assert_int_equal(n_files(), 1);
    assert_int_equal(acri_journal_replay(path, replay_one, &all, &found, NULL), 0);
    assert_int_equal(all.n, 30);
    assert_int_equal(all.sum, 465);
    assert_int_equal(all.n_workers, 1);
    unlink(path);
    /* The other one's stay, and the next worker delivers them. */
    assert_int_equal(acri_worker_stop(workers[1].w, 0), 1);
    workers[1].w = NULL;
    assert_int_equal(n_files(), 1);
    start_master(NULL);
    start_workers(1);
    HEAR_UNTIL(heard[0].n_deceased + heard[1].n_deceased == 1);
    assert_int_equal(n_reports(), 1);
    stop_workers();
    acri_master_stop(master);
    master = NULL;
    assert_int_equal(n_files(), 0);
}

static void what_cannot_be_is_said(void **state)
{
    struct acri_master_options o = { .bind_host = "*", .bind_port = 1, .version = "1" };
    struct acri_worker_options w = { .master_host = "192.0.2.1",
                                     .master_port = 1,
                                     .folder = "/nowhere" };
    struct acri_error error = { "" };
    struct acri_master *second = NULL;

    (void)state;
    assert_int_equal(acri_master_start(&o, &second, &error), -EACCES);
    assert_non_null(strstr(error.text, "without a key"));
    start_master(journal);
    o = (struct acri_master_options){ .bind_host = "127.0.0.1", .bind_port = port, .version = "1" };
    assert_int_equal(acri_master_start(&o, &second, &error), -EADDRINUSE);
    o.bind_port = port_free();
    o.journal = journal;
    assert_int_equal(acri_master_start(&o, &second, &error), -EBUSY);
    acri_master_stop(master);
    master = NULL;
    /* A worker finds out when it knows the address; without a folder it goes on in memory. */
    assert_int_equal(acri_worker_start(&w, &workers[0].w, &error), 0);
    HEAR_UNTIL(workers[0].refusal[0] != '\0');
    assert_non_null(strstr(workers[0].refusal, "without a key"));
    report(workers[0].w, 1);
    acri_worker_live_tally(workers[0].w, 1, 63)->started = 1;
    assert_null(acri_worker_live_tally(workers[0].w, 1, 64));
    assert_int_equal(acri_worker_stop(workers[0].w, 5), 1);
    workers[0].w = NULL;
}

static int begin(void **state)
{
    (void)state;
    memset(heard, 0, sizeof(heard));
    memset(workers, 0, sizeof(workers));
    port = port_free();
    return 0;
}

/* What a test that failed has left does not come into the way of the next. */
static int clear(void **state)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    (void)state;
    for (int i = 0; i < WORKERS; i++) {
        if (workers[i].w != NULL)
            acri_worker_stop(workers[i].w, 0);
    }
    if (master != NULL)
        acri_master_stop(master);
    master = NULL;
    if (has_proxy)
        proxy_stop(&proxy);
    has_proxy = false;
    if (dir == NULL)
        return -1;
    while ((entry = readdir(dir)) != NULL)
        unlinkat(dirfd(dir), entry->d_name, 0);
    return closedir(dir);
}

static int make_folder(void **state)
{
    (void)state;
    alarm(110); /* what is waited for and never comes */
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(journal, sizeof(journal), "%s/journal", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_killed_worker_has_left_is_delivered_once),
        TEST(a_master_that_is_killed_is_followed_by_one_that_knows),
        TEST(a_cluster),
        TEST(there_is_room_for_a_question),
        TEST(masters_come_and_go_and_each_report_counts_once),
        TEST(connections_break_and_each_report_counts_once),
        TEST(strangers_are_thrown_out_and_workers_come_back),
        TEST(reports_can_be_saved),
        TEST(what_cannot_be_is_said),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
