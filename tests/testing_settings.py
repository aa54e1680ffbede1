"""Settings of the test run: the product's own, on a folder and a database that are thrown away.

A settings module and not a conftest, because pytest-django loads settings before any conftest.
BIHUAN_TEST_DATABASE=postgres runs the same tests on the server that BIHUAN_DATABASE_URL names.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "BIHUAN_TEST_DATA" not in os.environ:
    # xdist's workers inherit the environment, so the whole run shares one folder and its keys.
    folder = tempfile.mkdtemp(prefix="bihuan-test-")
    os.environ["BIHUAN_TEST_DATA"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["BIHUAN_DATA"] = os.environ["BIHUAN_TEST_DATA"]
WANTED = os.environ.get("BIHUAN_TEST_DATABASE", "sqlite")
# `make prove`: all on both databases, of everybody, and what is asked `again`.
PROVING = os.environ.get("BIHUAN_TEST_PROVE") == "1"
if WANTED == "sqlite":
    os.environ.pop("BIHUAN_DATABASE_URL", None)
elif WANTED == "postgres":
    os.environ.setdefault("BIHUAN_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/bihuan")
else:
    msg = f"BIHUAN_TEST_DATABASE={WANTED}: sqlite or postgres"
    raise RuntimeError(msg)

from bihuan.conf import settings as product  # noqa: E402 - it reads the environment set above
from bihuan.conf.settings import *  # noqa: E402, F403 - a settings module is a bag of names

# Each worker has a database of its own: what that one does not know is an orphan to its duties.
FILES_ROOT = product.DATA / os.environ.get("PYTEST_XDIST_WORKER", "main") / "files"
DATABASES = {"default": dict(product.DATABASES["default"])}
# Surviving a power cut is measured elsewhere; here it would only cost time.
if WANTED == "sqlite":
    # A file, not memory: threads must meet each other's locks as they do in production.
    DATABASES["default"]["TEST"] = {"NAME": str(product.DATA / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        **product.DATABASES["default"]["OPTIONS"],
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "options": f"{DATABASES['default']['OPTIONS']['options']} -c synchronous_commit=off"
    }
    # Own name for each run: several people test against one server.
    DATABASES["default"]["TEST"] = {"NAME": f"test_{product.DATA.name.replace('-', '_')}"}
# Putting figures into SQL takes most of their time, and the words hang on our code and its libraries
# alone: both runs, on either database, keep them in one folder, signed with one key.
WORDS_ROOT = Path(__file__).parents[1] / "build" / "words"
SECRET_KEY = "the same in every run of the tests, and nowhere else"
# What Django's test client calls itself.
ALLOWED_HOSTS = [*product.ALLOWED_HOSTS, "testserver"]
PASSWORD_HASHERS = ["house.Quick"]
MIDDLEWARE = [
    "house.Static" if one.endswith(".WhiteNoiseMiddleware") else one for one in product.MIDDLEWARE
]
# Of whom it is asked, a test asks it itself.
ADMINS_NEED_FACTOR = False
