# SPDX-License-Identifier: MIT
"""hello.c and shop.c for Locust, with both of its HTTP clients. Certificates are not verified."""

from random import randint

from locust import FastHttpUser, HttpUser


class Hello:
    def visit(self):
        self.client.get("/")

    tasks = [visit]


class Shop:
    def on_start(self):
        res = self.client.post("/api/auth/login", json={
            "email": "loadtest@example.com", "password": "test-password-123"})
        self.head = {"Authorization": "Bearer " + res.json()["token"]}

    def browse_products(self):
        self.client.get("/api/products?page=1&limit=20", headers=self.head)

    def view_product_detail(self):
        self.client.get(f"/api/products/{randint(1, 1000)}", headers=self.head,
                        name="/api/products/[id]")

    def add_to_cart(self):
        self.client.post("/api/cart/items", headers=self.head,
                         json={"product_id": randint(1, 1000), "quantity": 1})

    def check_out(self):
        with self.client.post("/api/orders", headers=self.head, catch_response=True,
                              json={"payment_method": "test"}) as res:
            if res.status_code == 201:
                res.success()
            elif res.status_code == 409:
                res.failure("Cart was empty")
            else:
                res.failure(f"Unexpected: {res.status_code}")

    tasks = (5 * [browse_products] + 3 * [view_product_detail] + [add_to_cart] + [check_out])


class HttpBase(HttpUser):
    abstract = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.client.verify = False


class FastBase(FastHttpUser):
    abstract = True
    insecure = True


class HttpHello(Hello, HttpBase):
    pass


class FastHello(Hello, FastBase):
    pass


class HttpShop(Shop, HttpBase):
    pass


class FastShop(Shop, FastBase):
    pass
