"""The WSGI application; beside it the worker, where the process that serves is the only one."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from bihuan.conf import secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.conf.settings")
application = get_wsgi_application()
# What stands now stays: the collector need not walk through it again and again beside every request.
gc.collect()
gc.freeze()
# `bihuan serve` looks at the whole folder; whoever starts the application otherwise is stopped here.
secrets.refuse_open(settings.DATA / "secrets.json")

from bihuan.jobs import within  # noqa: E402 - its models are there after setup only
from bihuan.web import words  # noqa: E402 - as above

if within.is_asked():
    within.begin(words.default_text)
