# SPDX-License-Identifier: GPL-3.0-or-later
"""The console API of a node, as JSON: signed in as the built-in administrator unless told otherwise."""

import json
import urllib.error
import urllib.request
from urllib.parse import quote

from node import ADMIN_PASSWORD


class ConsoleAnswer:
    def __init__(self, status, document):
        self.status, self.document = status, document

    @property
    def data(self):
        return self.document.get("data")

    @property
    def code(self):
        return self.document.get("code")

    def expect(self, status, code=None):
        """This answer, if it has the status (and the error's code); fails with everything that came otherwise."""
        statuses = status if isinstance(status, tuple) else (status,)
        assert self.status in statuses, f"wanted {status} {code or ''}, got {self.status} {self.document}"
        assert code is None or self.code == code, f"wanted {code}, got {self.status} {self.document}"
        return self


class ConsoleClient:
    def __init__(self, node, username="admin", password=ADMIN_PASSWORD, timeout=60):
        self.node, self.username, self.password, self.timeout = node, username, password, timeout
        self.token = None

    def send(self, method, path, body=None):
        """Without signing in."""
        request = urllib.request.Request(f"{self.node.console_url}/api/v1{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                return ConsoleAnswer(answer.status, json.loads(answer.read() or b"{}"))
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            try:
                return ConsoleAnswer(error.code, json.loads(text))
            except ValueError:
                return ConsoleAnswer(error.code, {"message": text})

    def sign_in(self):
        self.token = None
        body = {"username": self.username, "password": self.password}
        self.token = self.send("POST", "/auth/login", body).expect(200).data["token"]
        return self

    def request(self, method, path, body=None):
        """Signs in at first, and again when the token has come to its end or the node has another key."""
        if not self.token:
            self.sign_in()
        answer = self.send(method, path, body)
        if answer.status == 401:
            answer = self.sign_in().send(method, path, body)
        return answer

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=None):
        return self.request("POST", path, {} if body is None else body)

    def put(self, path, body):
        return self.request("PUT", path, body)

    def delete(self, path):
        return self.request("DELETE", path)

    def list(self, path, plural):
        """Every item of a list, page after page."""
        items, after = [], ""
        while after is not None:
            page = self.get(f"{path}?limit=1000&after={quote(after)}").expect(200).data
            items += page[plural]
            after = page.get("next")
        return items
