"""What `dramatiq config.worker` loads: Django, and every background job."""

import logging
import multiprocessing
import os
import sys

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

if not settings.REDIS_URL:
    # dramatiq starts several processes that all come here; one of them speaks, past dramatiq's own log format.
    if multiprocessing.current_process().name in ("MainProcess", "Process-1") and sys.__stderr__ is not None:
        sys.__stderr__.write(
            "REDIS_URL is not set, so there is no queue to work on. Set it, or run `manage.py dev`, "
            "which does web, worker and schedule in one process.\n"
        )
        sys.__stderr__.flush()
    sys.exit(2)

# Imported late: jobs need Django to be set up.
from sync import actors  # noqa: E402
from sync.broker import broker  # noqa: E402

logging.getLogger("dramatiq").setLevel(logging.INFO)

__all__ = ["actors", "broker"]
