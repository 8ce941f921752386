"""Who gets to a page: each view names the permission it takes."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import RedirectView, TemplateView, View

SEE_RULES = "sync.view_syncrule"
SEE_RECORDS = "sync.view_recordlink"
SEE_RUNS = "sync.view_syncrun"
SEE_ACCOUNTS = "sync.view_connectedaccount"
SEE_CHANGES = "sync.view_settingchange"
RUN_RULES = "sync.run_syncrule"
CHANGE_RULES = "sync.change_syncrule"
CHANGE_ACCOUNTS = "sync.change_connectedaccount"
SET_UP_RULES = "sync.add_syncrule"


class PortalView(LoginRequiredMixin, PermissionRequiredMixin, View):
    """A view for people with `permission_required`: whoever is signed out signs in first, anybody else is refused."""

    request: HttpRequest

    def handle_no_permission(self) -> Any:
        # Who is signed in already would only be sent round in circles.
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()

    @property
    def username(self) -> str:
        return self.request.user.get_username()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        # What is shown is of this moment, and of this person.
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


class PortalPage(PortalView, TemplateView):
    """A page with a heading: `title`, as the tab shows it too."""

    title: Any = ""

    def get_title(self) -> str:
        return str(self.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.get_title(), **kwargs)


class AdministrationEntrance(RedirectView):
    """Where the administration sends whoever may not come in: to the portal's own login."""

    pattern_name = "login"
    query_string = True

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str | None:
        if not self.request.user.is_authenticated:
            return super().get_redirect_url(*args, **kwargs)
        # The login would send them straight back.
        if not self.request.user.is_staff:
            raise PermissionDenied
        return reverse("admin:index")
