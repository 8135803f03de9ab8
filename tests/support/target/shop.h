/* SPDX-License-Identifier: MIT */
/* The shop's state: who is logged in and what is in their carts, shared by all processes. */
#ifndef ACRIDA_TARGET_SHOP_H
#define ACRIDA_TARGET_SHOP_H

struct target_shop;

/* NULL, with errno set, when there is no memory for it. */
struct target_shop *target_shop_create(void);
void target_shop_destroy(struct target_shop *shop);

#endif
