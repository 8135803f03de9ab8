/* SPDX-License-Identifier: MIT */
/* CSV: fields in order, within the text; values never longer than their fields. */
#include "fuzz.h"

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *text = malloc(bytes > 0 ? bytes : 1);
    char *value = malloc(bytes + 1);
    const char *from = text;
    struct acri_csv_field field;
    struct acri_csv c;
    int r;

    if (bytes > 0) {
        memcpy(text, data, bytes);
    }
    acri_csv_init(&c, text, bytes, 1);
    while ((r = acri_csv_next(&c, &field)) > 0) {
        FUZZ_REQUIRE(field.text >= from && field.text + field.bytes <= text + bytes);
        FUZZ_REQUIRE(c.at >= field.text + field.bytes && c.at <= text + bytes);
        from = field.text + field.bytes;
        FUZZ_REQUIRE(acri_csv_copy(&field, value) <= field.bytes);
    }
    FUZZ_REQUIRE(r == 0 || (c.error != NULL && c.line > 0));
    free(value);
    free(text);
    return 0;
}
