"""Many at one instant, each in a thread and a connection of its own."""

import threading

from django.db import connection


def at_once(jobs):
    """Runs every job in its own thread and connection, all let go at one instant.

    Returns each job's result or the exception it raised.
    """
    gate = threading.Barrier(len(jobs))
    results = [None] * len(jobs)

    def run(index, job):
        try:
            gate.wait()
            results[index] = job()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, job)) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"
    return results
