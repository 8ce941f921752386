"""All settings; every environment variable of the product is read here and nowhere else."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.databases import build_database
from config.environment import Environment, check_fernet_keys, derive_fernet_key

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.load(BASE_DIR / ".env", secrets=("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CREDENTIALS_KEYS"))

# --- who may talk to us -------------------------------------------------------------------------------------------

DEBUG = env.switch("DEBUG", default=True)
TRIAL_SECRET_KEY = "django-insecure-for-a-local-trial-only"
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY is missing. Set it (or SECRET_KEY_FILE) to a long random text.")
    SECRET_KEY = TRIAL_SECRET_KEY
CREDENTIALS_KEYS = check_fernet_keys(env.items("CREDENTIALS_KEYS"))
if not CREDENTIALS_KEYS:
    if not DEBUG:
        raise ImproperlyConfigured("CREDENTIALS_KEYS is missing. Set it to one or more Fernet keys, newest first.")
    CREDENTIALS_KEYS = [derive_fernet_key(SECRET_KEY)]
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.http_origins("CSRF_TRUSTED_ORIGINS")

# --- the product's own settings -----------------------------------------------------------------------------------

SANSAN_BASE_URL = env.http_url("SANSAN_BASE_URL", default="https://api.sansan.com/v6.0")
HUBSPOT_BASE_URL = env.http_url("HUBSPOT_BASE_URL", default="https://api.hubapi.com")
HUBSPOT_API_VERSION = env.one_of("HUBSPOT_API_VERSION", ("2026-09", "2026-03", "v3"))
HUBSPOT_REQUESTS_PER_10_SECONDS = env.positive("HUBSPOT_REQUESTS_PER_10_SECONDS", default=100)
SANSAN_REQUESTS_PER_SECOND = env.positive("SANSAN_REQUESTS_PER_SECOND", default=10)
SANSAN_REQUESTS_PER_MINUTE = env.positive("SANSAN_REQUESTS_PER_MINUTE", default=300)
REDIS_URL = env.queue_url("REDIS_URL")
# Timeouts and repeats of the connectors, where their defaults do not fit: see connectors.http.HttpOptions.
CONNECTOR_OPTIONS: dict[str, Any] = {}

# --- Django -------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Without its own search for admin modules, which every command would wait for: config.urls does it.
    "config.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "sync",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sync.views.zones.TimeZoneMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DATABASES = {"default": build_database(env.text("DATABASE_URL"), BASE_DIR / "db.sqlite3")}
# A rule's page sends every row of its tables at once; 300 tags alone pass Django's limit of 1000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "health"
LOGOUT_REDIRECT_URL = "login"

# --- language, time, files ----------------------------------------------------------------------------------------

LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
# Pages follow the browser; commands follow the terminal.
_terminal_language = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
LANGUAGE_CODE = "ja" if _terminal_language.startswith("ja") else "en"
LOCALE_PATHS = [BASE_DIR / "sync" / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", default="Asia/Tokyo")
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"

# --- what pages may do ---------------------------------------------------------------------------------------------

# Everything comes from here, and nothing is written into a page: no inline script, no inline style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- transport security -------------------------------------------------------------------------------------------

if not DEBUG:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"sync": {"level": "INFO"}},
}
