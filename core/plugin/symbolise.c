/* SPDX-License-Identifier: MIT */
#include "plugin/symbolise.h"

#include "plugin/command.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const void *base_of(const void *address)
{
    Dl_info info;

    return dladdr(address, &info) != 0 ? info.dli_fbase : NULL;
}

/* "function\nfile:line\n" of addr2line; "??" where it does not know. Returns: whether both are
 * there. */
static bool ask_addr2line(const char *module, size_t offset, char *function, size_t function_size,
                          char *line, size_t line_size)
{
    struct acri_command c;
    struct acri_buf output;
    char address[32];
    const char *text;
    size_t n;
    bool is_known;

    snprintf(address, sizeof(address), "0x%zx", offset);
    acri_buf_init(&output, 4096);
    acri_command_init(&c, "addr2line");
    acri_command_add(&c, "-f");
    acri_command_add(&c, "-e");
    acri_command_add(&c, module);
    acri_command_add(&c, address);
    is_known = acri_command_run(&c, &output, true) == 0;
    acri_command_done(&c);
    text = acri_buf_text(&output);
    n = strcspn(text, "\n");
    is_known = is_known && text[0] != '?' && text[n] == '\n' && text[n + 1] != '?';
    if (is_known) {
        snprintf(function, function_size, "%.*s", (int)n, text);
        text += n + 1;
        snprintf(line, line_size, "%.*s", (int)strcspn(text, " \n"), text);
    }
    acri_buf_done(&output);
    return is_known;
}

static void write_frame(struct acri_buf *out, const void *frame)
{
    char function[128];
    char line[256];
    const char *slash;
    Dl_info info;
    size_t offset;

    if (dladdr(frame, &info) == 0 || info.dli_fname == NULL) {
        acri_buf_printf(out, "  at %p\n", frame);
        return;
    }
    slash = strrchr(info.dli_fname, '/');
    offset = (size_t)((const char *)frame - (const char *)info.dli_fbase);
    acri_buf_printf(out, "  at %s+0x%zx", slash != NULL ? slash + 1 : info.dli_fname, offset);
    /* A return address is one past its call, which may be another line. */
    if (ask_addr2line(info.dli_fname, offset - 1, function, sizeof(function), line, sizeof(line)))
        acri_buf_printf(out, " (%s, %s)\n", function, line);
    else if (info.dli_sname != NULL)
        acri_buf_printf(out, " (%s)\n", info.dli_sname);
    else
        acri_buf_puts(out, "\n");
}

void acri_symbolise(struct acri_buf *out, void *const *frames, int n_frames, bool is_fault)
{
    void (*self)(struct acri_buf *, void *const *, int, bool) = acri_symbolise;
    const void *ours;
    void *address;
    int first = 0;

    memcpy(&address, &self, sizeof(address));
    ours = base_of(address);
    /* A sanitizer's own backtrace comes before our call of it. */
    while (first < n_frames && base_of(frames[first]) != ours)
        first++;
    while (first < n_frames && base_of(frames[first]) == ours)
        first++;
    if (is_fault)
        first++; /* the kernel's return from the handler */
    for (int i = first; i < n_frames && base_of(frames[i]) != ours; i++)
        write_frame(out, frames[i]);
}
