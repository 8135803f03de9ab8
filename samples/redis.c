/* SPDX-License-Identifier: MIT */
/*
 * redis.c: a library of others, hiredis, in coroutines. Run it with -H redis://127.0.0.1:6379.
 *
 * hiredis can be told not to block; where it would have to, acr_wait_fd waits for its descriptor,
 * and other users run meanwhile. Any library that shows its descriptor can be used like this.
 */
/* acrida: pkg hiredis */
#include <acrida/acrida.h>
#include <acrida/client.h>
#include <acrida/io.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <hiredis/hiredis.h>

#define TIMEOUT_S 5

struct me {
    redisContext *redis; /* NULL = not connected */
};

static void hang_up(struct me *me)
{
    if (me->redis != NULL)
        redisFree(me->redis);
    me->redis = NULL;
}

static int dial(struct acr_user *u, struct me *me)
{
    char address[64];
    int port;

    if (sscanf(acr_host(u), "redis://%63[^:]:%d", address, &port) != 2)
        return -EINVAL;
    me->redis = redisConnectNonBlock(address, port); /* a number: a name would hold the loop */
    return me->redis != NULL && me->redis->err == 0 ? 0 : -ECONNREFUSED;
}

/* What hiredis has to write, then one reply. Returns: 0 or a negative errno. */
static int exchange(struct acr_user *u, redisContext *redis, redisReply **ret_reply)
{
    void *reply = NULL;
    int is_written = 0;

    while (!is_written) {
        int r = acr_wait_fd(u, redis->fd, ACR_WRITE, TIMEOUT_S);

        if (r < 0)
            return r;
        if (redisBufferWrite(redis, &is_written) != REDIS_OK)
            return -EIO;
    }
    for (;;) {
        int r;

        if (redisGetReplyFromReader(redis, &reply) != REDIS_OK)
            return -EIO;
        if (reply != NULL) {
            *ret_reply = reply;
            return 0;
        }
        r = acr_wait_fd(u, redis->fd, ACR_READ, TIMEOUT_S);
        if (r < 0)
            return r;
        if (redisBufferRead(redis) != REDIS_OK)
            return -EIO;
    }
}

static void command(struct acr_user *u, const char *name, const char *key, const char *value)
{
    struct me *me = acr_state(u);
    struct acr_sample *sample = acr_sample_begin(u);
    struct acr_settlement how = { .size = sizeof(how), .type = "REDIS", .name = name };
    redisReply *reply = NULL;
    int r = me->redis != NULL ? 0 : dial(u, me);

    if (r == 0) {
        acr_sample_attempt(sample);
        if (value != NULL)
            redisAppendCommand(me->redis, "SET %s %s", key, value);
        else
            redisAppendCommand(me->redis, "GET %s", key);
        r = exchange(u, me->redis, &reply);
    }
    if (r == -ECANCELED) {
        acr_sample_cancel(sample, how.type, how.name);
    } else {
        if (r == -EIO)
            how.error = me->redis->errstr;
        else if (r < 0)
            how.error = acr_dup(u, strerror(-r));
        else if (reply->type == REDIS_REPLY_ERROR)
            how.error = reply->str;
        else
            how.bytes = reply->len;
        acr_sample_settle(sample, &how);
    }
    if (reply != NULL)
        freeReplyObject(reply);
    if (r < 0)
        hang_up(me);
}

static int set_and_get(struct acr_user *u)
{
    const char *key = acr_fmt(u, "user:%d", (int)acr_random_int(u, 1, 100));

    command(u, "SET user:[n]", key, acr_random_string(u, 20));
    command(u, "GET user:[n]", key, NULL);
    return ACR_DONE;
}

static int leave(struct acr_user *u)
{
    hang_up(acr_state(u));
    return ACR_DONE;
}

static const struct acr_task tasks[] = { { .name = "set_and_get", .run = set_and_get } };

static const struct acr_user_type types[] = {
    { .name = "cache_client",
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks),
      .wait = ACR_BETWEEN(0.01, 0.03),
      .on_stop = leave,
      .state_size = sizeof(struct me) },
};

ACR_PLUGIN(.name = "redis", .user_types = types, .n_user_types = ACR_LEN(types));
