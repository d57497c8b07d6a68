# SPDX-License-Identifier: GPL-3.0-or-later
"""The threads of clients that go on until they are told to stop."""

import threading


class LoadThreads:
    """Runs jobs() side by side from start() to stop(), any number of times; each ends soon after `stopping` is set.
    What a job raises is kept in `failures`, and the first of it raised by stop()."""

    def __init__(self):
        self.failures, self.threads = [], []
        self.stopping = threading.Event()

    def jobs(self):
        """A callable for each thread."""
        raise NotImplementedError

    def start(self):
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.keep_failure, args=(job,)) for job in self.jobs()]
        for thread in self.threads:
            thread.start()
        return self

    def keep_failure(self, job):
        try:
            job()
        except BaseException as failure:
            self.failures.append(failure)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def __enter__(self):
        return self.start()

    def __exit__(self, *failure):
        self.stop()
