// SPDX-License-Identifier: MIT
// basket.cc: a scenario in C++20. Members are named in the order of the header; the rest is as in C.
#include <acrida/acrida.h>
#include <acrida/http.h>

namespace {

struct visitor {
    int n_added;
};

int log_in(acr_user *u)
{
    const acr_response *res = acr_post(u, "/api/auth/login", .json = R"({"email": "cxx@example.com"})");

    acr_set_header(u, "Authorization", acr_fmt(u, "Bearer %s", acr_json_string(res, "token")));
    return ACR_DONE;
}

int add_to_basket(acr_user *u)
{
    auto *me = static_cast<visitor *>(acr_state(u));
    const auto id = acr_random_int(u, 1, 1000);

    acr_post(u, "/api/cart/items", .json = acr_fmt(u, R"({"product_id": %d})", static_cast<int>(id)));
    me->n_added++;
    return ACR_DONE;
}

int check_out(acr_user *u)
{
    auto *me = static_cast<visitor *>(acr_state(u));
    acr_response *res = acr_post(u, "/api/orders", .json = "{}", .catch_response = true);

    if (res->status == (me->n_added > 0 ? 201 : 409))
        acr_pass(res);
    else
        acr_fail(res, "unexpected: %d", res->status);
    me->n_added = 0;
    return ACR_DONE;
}

const acr_task tasks[] = {
    { .name = "add_to_basket", .run = add_to_basket, .weight = 3 },
    { .name = "check_out", .run = check_out },
};

const acr_user_type users[] = {
    { .name = "visitor",
      .wait = ACR_BETWEEN(0.5, 1.5),
      .state_size = sizeof(visitor),
      .on_start = log_in,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

} // namespace

ACR_PLUGIN(.name = "basket", .user_types = users, .n_user_types = ACR_LEN(users));
