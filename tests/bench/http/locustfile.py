# SPDX-License-Identifier: MIT
"""samples/hello.c for Locust, with both of its HTTP clients."""

from locust import FastHttpUser, HttpUser, task


class Http(HttpUser):
    @task
    def visit(self):
        self.client.get("/")


class Fast(FastHttpUser):
    @task
    def visit(self):
        self.client.get("/")
