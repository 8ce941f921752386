"""Settings of the test suite: as in production, but with cheap passwords and nothing that waits."""

from config.settings import *  # noqa: F403  # a settings module is the sum of the other

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LANGUAGE_CODE = "en"
