/* SPDX-License-Identifier: MIT */
/* The handlers the route table points to, by the file they live in. */
#ifndef ACRIDA_TARGET_HANDLERS_H
#define ACRIDA_TARGET_HANDLERS_H

#include "routes.h"

/* behaviour.c: answers of a certain shape, size or speed */
target_route_handler target_behaviour_root;
target_route_handler target_behaviour_status;
target_route_handler target_behaviour_delay;
target_route_handler target_behaviour_bytes;
target_route_handler target_behaviour_chunked;
target_route_handler target_behaviour_until_close;
target_route_handler target_behaviour_slow;
target_route_handler target_behaviour_drop;
target_route_handler target_behaviour_garbage;
target_route_handler target_behaviour_truncate;
target_route_handler target_behaviour_never;
target_route_handler target_behaviour_close;
target_route_handler target_behaviour_gzip;
target_route_handler target_behaviour_json;
target_route_handler target_behaviour_timing;

/* inspect.c: answers about the request itself */
target_route_handler target_inspect_redirect;
target_route_handler target_inspect_redirect_to;
target_route_handler target_inspect_set_cookies;
target_route_handler target_inspect_cookies;
target_route_handler target_inspect_basic_auth;
target_route_handler target_inspect_headers;
target_route_handler target_inspect_echo;
target_route_handler target_inspect_upload;

/* shop.c: the API of a small shop */
target_route_handler target_shop_login;
target_route_handler target_shop_products;
target_route_handler target_shop_product;
target_route_handler target_shop_add_item;
target_route_handler target_shop_order;

/* things.c: things that become active after a while, users and other small answers */
target_route_handler target_things_create;
target_route_handler target_things_show;
target_route_handler target_things_export;
target_route_handler target_things_dashboard;
target_route_handler target_things_report;
target_route_handler target_things_feed;
target_route_handler target_things_create_user;
target_route_handler target_things_search_users;
target_route_handler target_things_add_friend;

/* page.c: HTML pages with a login form, links and pictures */
target_route_handler target_page_form;
target_route_handler target_page_login;
target_route_handler target_page_search;
target_route_handler target_page_item;
target_route_handler target_page_file;

/* control.c: the target's own counters */
target_route_handler target_control_counters;
target_route_handler target_control_count;
target_route_handler target_control_reset;

#endif
