"""Heavy duties run in processes that end, and what figures answered outlives the process that asked."""

import json
import subprocess
import sys

from place import Places

SHOW = ["figures", "show", "public_voice.received", "2026-03"]
FIRST = """
import json, sys
from bihuan.jobs.aside import Aside, AsideError
from bihuan.insight import api as insight
from bihuan.lib.clock import now
aside = Aside()
aside.run("facts", now())
told = ["duckdb" in sys.modules, insight.store().manifest().horizon > 0]
try:
    aside.run("no such duty", now())
except AsideError as error:
    told.append(str(error))
print(json.dumps(told))
"""
LOADED = "import sys; print([one for one in ('duckdb', 'ibis', 'pandas', 'pyarrow') if one in sys.modules])"


def test_a_heavy_duty_leaves_nothing_loaded_and_answers_are_kept(places: Places):
    place = places.built()
    done, computed, loaded = place.together(FIRST, SHOW, LOADED)
    assert json.loads(done.stdout) == [False, True, "no such duty"]
    assert computed.returncode == 0, computed.stderr
    assert "duckdb" in loaded.stdout
    again, loaded = place.together(SHOW, LOADED)
    assert again.stdout == computed.stdout
    assert loaded.stdout.strip() == "[]"


def test_it_ends_when_its_worker_is_gone(places: Places):
    """Killed, a worker closes nothing and tells nobody: the next one must not find its store taken."""
    place = places.new()
    command = [sys.executable, "-m", "bihuan.jobs.aside", "facts", "2026-03-02T01:00:00Z"]
    gone = subprocess.run(
        command, env=place.environment(), stdin=subprocess.DEVNULL, check=False, timeout=60
    )
    assert gone.returncode == 1
    assert not (place.data / "facts").exists()
