import gc

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    name = "sync"
    verbose_name = _("Sync")

    def ready(self) -> None:
        # A sync makes and drops many small objects; what is loaded by now stays, and need not be looked through again.
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
