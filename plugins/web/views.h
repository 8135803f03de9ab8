/* SPDX-License-Identifier: MIT */
/*
 * What is shown: results, options, the log. Keys and meanings of those below /stats, /exceptions,
 * /tasks, /logs and /worker-count are Locust's.
 *
 * Thread: the control loop. Nothing here yields.
 */
#ifndef ACRIDA_WEB_VIEWS_H
#define ACRIDA_WEB_VIEWS_H

#include "reply.h"

struct acr_usage_event;

/* views_locust.c */
void web_views_requests(struct web_request *q, struct web_reply *a);
void web_views_exceptions(struct web_request *q, struct web_reply *a);
void web_views_tasks(struct web_request *q, struct web_reply *a);
void web_views_logs(struct web_request *q, struct web_reply *a);
void web_views_worker_count(struct web_request *q, struct web_reply *a);

/* views_api.c: what the page asks for besides */
void web_views_setup(struct web_request *q, struct web_reply *a);
void web_views_state(struct web_request *q, struct web_reply *a);
void web_views_history(struct web_request *q, struct web_reply *a);
void web_views_runs(struct web_request *q, struct web_reply *a);
void web_views_log_lines(struct web_request *q, struct web_reply *a);
void web_views_metrics(struct web_request *q, struct web_reply *a);
/* What this process needs, as the hook `usage` says it; for /metrics. */
void web_views_set_usage(const struct acr_usage_event *e);

/* views_files.c: to be saved */
void web_views_requests_csv(struct web_request *q, struct web_reply *a);
void web_views_failures_csv(struct web_request *q, struct web_reply *a);
void web_views_exceptions_csv(struct web_request *q, struct web_reply *a);
void web_views_report(struct web_request *q, struct web_reply *a);
void web_views_document(struct web_request *q, struct web_reply *a);
/* "acrida_2026-01-31-12h05_shop.c_example.com_requests.csv": names are foreign, so only letters,
 * digits, dots, dashes and underscores of them stay. */
void web_views_file_name(char *name, size_t bytes, const char *what);

#endif
