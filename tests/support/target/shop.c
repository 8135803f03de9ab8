/* SPDX-License-Identifier: MIT */
/* The API of a small shop. A token names a slot of a shared array, and the nonce that must
 * still stand there, so any process can tell what a token's cart holds. */
#include "shop.h"

#include "handlers.h"
#include "json.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>

enum {
    SLOTS = 1 << 20,
    NONCE_MASK = 0x7fffffff,
    PRODUCTS = 1000,
    DEFAULT_LIMIT = 20,
    MOST_PER_PAGE = 100,
    TOKEN_SIZE = 24,
};

struct target_shop {
    _Atomic uint64_t logins;
    _Atomic uint64_t orders;
    _Atomic uint64_t slots[SLOTS]; /* nonce in the upper half, items in the lower one */
};

struct target_shop *target_shop_create(void)
{
    struct target_shop *shop = mmap(NULL, sizeof *shop, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return shop != MAP_FAILED ? shop : NULL;
}

void target_shop_destroy(struct target_shop *shop)
{
    munmap(shop, sizeof *shop);
}

void target_shop_login(struct target_exchange *exchange, struct target_text rest)
{
    struct target_shop *shop = exchange->shop;
    struct target_text email;
    char token[TOKEN_SIZE];

    (void)rest;
    if (!target_json_member(exchange->body, "email", &email) || email.size == 0) {
        target_exchange_error(exchange, 400, "a JSON object with an email is needed");
        return;
    }
    uint64_t slot = atomic_fetch_add(&shop->logins, 1) % SLOTS;
    uint64_t nonce = target_random_next(exchange->random) & NONCE_MASK;
    nonce += nonce == 0; /* an unused slot holds 0, which no token may name */
    atomic_store(&shop->slots[slot], nonce << 32);
    snprintf(token, sizeof token, "tok%05llx%08llx", (unsigned long long)slot,
             (unsigned long long)nonce);
    target_buffer_string(exchange->text, "{\"token\":\"");
    target_buffer_string(exchange->text, token);
    target_buffer_string(exchange->text, "\"}\n");
    target_exchange_json(exchange, 200);
}

static bool read_hex(struct target_text text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && !(c >= 'a' && c <= 'f')) {
            return false;
        }
        *number = *number * 16 + (uint64_t)(digit ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* The cart of the token the request carries; answers 401 itself and returns NULL when
 * there is none or it is not a token issued here. */
static _Atomic uint64_t *find_cart(struct target_exchange *exchange)
{
    static const struct target_text prefix = TARGET_TEXT("Bearer tok");
    const struct target_text *header = target_request_header(exchange->request, "Authorization");
    uint64_t slot;
    uint64_t nonce;

    if (header != NULL && header->size == prefix.size + 13 && target_text_starts(*header, prefix)) {
        struct target_text digits = target_text_skip(*header, prefix.size);
        if (read_hex((struct target_text){ digits.data, 5 }, &slot) &&
            read_hex(target_text_skip(digits, 5), &nonce) && slot < SLOTS && nonce != 0 &&
            atomic_load(&exchange->shop->slots[slot]) >> 32 == nonce) {
            return &exchange->shop->slots[slot];
        }
    }
    target_exchange_header(exchange, "WWW-Authenticate", target_text_of("Bearer"));
    target_exchange_error(exchange, 401, "log in first");
    return NULL;
}

static void append_product(struct target_buffer *text, uint64_t id)
{
    uint64_t cents = id * 37 % 100;
    target_buffer_string(text, "{\"id\":");
    target_buffer_number(text, id);
    target_buffer_string(text, ",\"name\":\"Product ");
    target_buffer_number(text, id);
    target_buffer_string(text, "\",\"price\":");
    target_buffer_number(text, 1 + id * 7 % 200);
    target_buffer_string(text, cents < 10 ? ".0" : ".");
    target_buffer_number(text, cents);
    target_buffer_string(text, "}");
}

/* A number in the query; what it was when it is missing or not in 1..highest. */
static uint64_t query_number(struct target_exchange *exchange, const char *name, uint64_t otherwise,
                             uint64_t highest)
{
    struct target_text value;
    uint64_t number;
    if (target_text_query(exchange->request->query, name, &value) &&
        target_text_number(value, &number) && number >= 1 && number <= highest) {
        return number;
    }
    return otherwise;
}

void target_shop_products(struct target_exchange *exchange, struct target_text rest)
{
    struct target_buffer *text = exchange->text;
    uint64_t page = query_number(exchange, "page", 1, PRODUCTS);
    uint64_t limit = query_number(exchange, "limit", DEFAULT_LIMIT, MOST_PER_PAGE);
    uint64_t first = (page - 1) * limit + 1;

    (void)rest;
    target_buffer_string(text, "{\"page\":");
    target_buffer_number(text, page);
    target_buffer_string(text, ",\"limit\":");
    target_buffer_number(text, limit);
    target_buffer_string(text, ",\"total\":");
    target_buffer_number(text, PRODUCTS);
    target_buffer_string(text, ",\"products\":[");
    for (uint64_t id = first; id < first + limit && id <= PRODUCTS; id++) {
        target_buffer_string(text, id > first ? "," : "");
        append_product(text, id);
    }
    target_buffer_string(text, "]}\n");
    target_exchange_json(exchange, 200);
}

void target_shop_product(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t id;
    if (!target_text_number(rest, &id) || id < 1 || id > PRODUCTS) {
        target_exchange_error(exchange, 404, "no such product");
        return;
    }
    append_product(exchange->text, id);
    target_buffer_string(exchange->text, "\n");
    target_exchange_json(exchange, 200);
}

void target_shop_add_item(struct target_exchange *exchange, struct target_text rest)
{
    _Atomic uint64_t *cart = find_cart(exchange);

    (void)rest;
    if (cart != NULL) {
        uint64_t items = (atomic_fetch_add(cart, 1) & UINT32_MAX) + 1;
        target_buffer_string(exchange->text, "{\"items\":");
        target_buffer_number(exchange->text, items);
        target_buffer_string(exchange->text, "}\n");
        target_exchange_json(exchange, 201);
    }
}

void target_shop_order(struct target_exchange *exchange, struct target_text rest)
{
    _Atomic uint64_t *cart = find_cart(exchange);

    (void)rest;
    if (cart == NULL) {
        return;
    }
    uint64_t items = atomic_fetch_and(cart, ~(uint64_t)UINT32_MAX) & UINT32_MAX;
    if (items == 0) {
        target_exchange_error(exchange, 409, "the cart is empty");
        return;
    }
    target_buffer_string(exchange->text, "{\"order\":");
    target_buffer_number(exchange->text, atomic_fetch_add(&exchange->shop->orders, 1) + 1);
    target_buffer_string(exchange->text, ",\"items\":");
    target_buffer_number(exchange->text, items);
    target_buffer_string(exchange->text, ",\"status\":\"CREATED\"}\n");
    target_exchange_json(exchange, 201);
}
