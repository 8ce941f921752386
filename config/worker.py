"""What `dramatiq config.worker` loads: Django, and every background job."""

import logging
import multiprocessing
import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.starting import EXIT_FAILED, refuse_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    django.setup()
    if not settings.REDIS_URL:
        raise ImproperlyConfigured(  # noqa: TRY301  # one way out for all that is wrong with the settings
            "REDIS_URL is not set, so there is no queue to work on. Set it, or run `manage.py dev`, "
            "which does web, worker and schedule in one process."
        )
except ImproperlyConfigured as error:
    # dramatiq starts several processes that all come here; one of them speaks, past dramatiq's own log format.
    if multiprocessing.current_process().name in ("MainProcess", "Process-1"):
        refuse_start(error)
    sys.exit(EXIT_FAILED)

# Imported late: jobs need Django to be set up.
from sync import actors
from sync.broker import broker

logging.getLogger("dramatiq").setLevel(logging.INFO)

__all__ = ["actors", "broker"]
