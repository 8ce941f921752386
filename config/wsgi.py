import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from config.starting import EXIT_FAILED, refuse_start

# The status by which gunicorn knows that starting the process again is of no use.
GUNICORN_BOOT_ERROR = 3

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    refuse_start(error, GUNICORN_BOOT_ERROR if "gunicorn" in sys.modules else EXIT_FAILED)
