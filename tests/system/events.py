# SPDX-License-Identifier: GPL-3.0-or-later
"""The server-sent events of a node, read by a thread of their own."""

import http.client
import json
import threading

from node import poll


class Events:
    """Listens from its creation on; `last_id` goes on behind an event."""

    def __init__(self, client, last_id=None):
        if not client.token:
            client.sign_in()
        self.seen = []  # {"id", "type", "payload"}, oldest first
        self.connection = http.client.HTTPConnection(client.node.host, client.node.console_port, timeout=60)
        headers = {"Authorization": "Bearer " + client.token}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self.connection.request("GET", "/api/v1/events", headers=headers)
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()
        self.opened = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        assert self.opened.wait(30), "the stream did not open"

    def read(self):
        event = {}
        try:
            for line in self.answer:
                self.opened.set()
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "data":
                    event["payload"] = json.loads(value)["payload"]
                elif name in ("id", "event"):
                    event["type" if name == "event" else name] = value
                elif not line.strip() and "type" in event:
                    self.seen.append(event)
                    event = {}
        except (OSError, ValueError, AttributeError):
            pass  # closed

    def wait_for(self, fits, what, seconds=30):
        return poll(lambda: next((event for event in list(self.seen) if fits(event)), None), what, seconds)

    def close(self):
        if self.connection.sock:
            self.connection.sock.close()
