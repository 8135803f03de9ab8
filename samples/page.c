/* SPDX-License-Identifier: MIT */
/* acrida: pkg libxml-2.0 */
/* page.c: a visitor of a web site reads its pages: logs in by a form with a hidden token, searches,
 * follows a link of the result, and fetches what lies on each page as a browser does. */
#include <acrida/acrida.h>
#include <acrida/http.h>

#include <libxml/HTMLparser.h>
#include <string.h>

#define FILES_MAX 32

/* What a visitor wants from a page. */
struct page {
    struct acr_user *u;
    const struct acr_response *res;
    const char *token;            /* of its form; "" = none */
    const char *link;             /* the first to an item; "" = none */
    const char *files[FILES_MAX]; /* styles, scripts and pictures */
    size_t n_files;
};

/* An attribute of an element, in the task's memory; "" when it is not there. */
static const char *attribute(struct page *p, xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    const char *copy = acr_dup(p->u, (const char *)value);

    xmlFree(value);
    return copy;
}

/* A file is fetched once, however often it is on the page. */
static void add_file(struct page *p, const char *link)
{
    const char *url = acr_resolve(p->res, link);

    for (size_t i = 0; i < p->n_files; i++)
        if (strcmp(p->files[i], url) == 0)
            return;
    if (p->n_files < FILES_MAX)
        p->files[p->n_files++] = url;
}

static void look_at(struct page *p, xmlNode *node)
{
    const char *name = (const char *)node->name;

    if (strcmp(name, "input") == 0 && strcmp(attribute(p, node, "name"), "token") == 0)
        p->token = attribute(p, node, "value");
    else if (strcmp(name, "a") == 0 && p->link[0] == '\0')
        p->link = acr_resolve(p->res, attribute(p, node, "href"));
    else if (strcmp(name, "img") == 0 || strcmp(name, "script") == 0)
        add_file(p, attribute(p, node, "src"));
    else if (strcmp(name, "link") == 0 && strcmp(attribute(p, node, "rel"), "stylesheet") == 0)
        add_file(p, attribute(p, node, "href"));
}

/* The element that follows in the text, down, along or up; a deep page costs no stack. */
static xmlNode *following(xmlNode *node)
{
    if (node->children != NULL)
        return node->children;
    while (node != NULL && node->next == NULL)
        node = node->parent;
    return node == NULL ? NULL : node->next;
}

/* Reads a page, then fetches its files, six at once. */
static void view(struct acr_user *u, struct acr_response *res, struct page *p)
{
    *p = (struct page){ .u = u, .res = res, .token = "", .link = "" };
    htmlDocPtr document = htmlReadMemory(res->body, (int)res->body_bytes, res->final_url, NULL,
                                         HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                             HTML_PARSE_NONET | HTML_PARSE_RECOVER);
    if (document == NULL)
        return; /* nothing in it */
    for (xmlNode *node = xmlDocGetRootElement(document); node != NULL; node = following(node))
        if (node->type == XML_ELEMENT_NODE)
            look_at(p, node);
    xmlFreeDoc(document);
    acr_get_all(u, p->files, p->n_files, .name = "/page/file/[name]");
}

static int log_in(struct acr_user *u)
{
    struct page form, search;

    view(u, acr_get(u, "/page/login"), &form);
    if (form.token[0] == '\0')
        return acr_raise(u, "the login form has no token");
    struct acr_response *res = acr_post(
        u, "/page/login", .form = acr_form(u, "token", form.token, "user", "ann", "password", "x"));
    if (res->redirects == 0)
        return acr_raise(u, "not logged in");
    view(u, res, &search);
    return 0;
}

static int find(struct acr_user *u)
{
    struct page results, item;
    const char *words = acr_random_string(u, 5);

    view(u,
         acr_get(u, "/page/search", .query = acr_form(u, "q", words),
                 .name = "/page/search?q=[words]"),
         &results);
    if (results.link[0] == '\0')
        return acr_raise(u, "a search without a result");
    view(u, acr_get(u, results.link, .name = "/page/item/[id]"), &item);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "find", .run = find } };

/* A library takes what stack it likes: more than the 64 KiB of a task that calls none. */
static const struct acr_user_type users[] = {
    { .name = "visitor",
      .wait = ACR_BETWEEN(0.5, 2),
      .stack_kib = 256,
      .on_start = log_in,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

/* Once, before any loop runs: what a library does to its globals is not for several threads. */
static int set_up(struct acr_user *u)
{
    (void)u;
    xmlInitParser();
    return 0;
}

static const struct acr_hooks hooks = { .init = set_up };

ACR_PLUGIN(.name = "page", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
