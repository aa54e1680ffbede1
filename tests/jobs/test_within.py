"""The worker in the process that serves: it ends with it, after the unit in hand, and never leaves pages
without a worker."""

import subprocess
import sys
import textwrap

import pytest
from place import HEAD, Places

BEGUN = """
import sys, time
from bihuan.jobs import within
from bihuan.jobs.worker import Worker
from bihuan.web import words
"""


@pytest.mark.parametrize(
    ("loop", "then", "code", "said"),
    [
        (
            "while not worker._stop.is_set(): time.sleep(0.01)\n    print('unit in hand', flush=True)",
            "time.sleep(0.3); print('pages end', flush=True)",
            0,
            "pages end\nunit in hand\n",
        ),
        ("raise MemoryError('nothing left')", "time.sleep(60)", 1, ""),
    ],
    ids=["pages end", "work fails for good"],
)
def test_pages_and_worker_end_together(places: Places, loop, then, code, said):
    loops = f"def loop(worker, interval):\n    {loop}\nWorker.loop = loop\n"
    begins = f"within.begin(words.default_text)\n{then}\n"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(HEAD + BEGUN) + loops + begins],
        env=places.built().environment(),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, said)
    assert ("MemoryError" in done.stderr) == bool(code)
