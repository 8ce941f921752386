"""The addresses of the portal, room by room. The names are what views, templates and tests call them by."""

from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _

ROOMS = ("health", "records", "runs", "dashboard", "rules", "accounts", "setup", "history")

login = LoginView.as_view(
    template_name="portal/login.html", redirect_authenticated_user=True, extra_context={"title": _("Log in")}
)
change_password = PasswordChangeView.as_view(
    template_name="portal/password_change.html",
    success_url=reverse_lazy("health"),
    extra_context={"title": _("Change password")},
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", login, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", change_password, name="password_change"),
    *(path("", include(f"sync.views.{room}.urls")) for room in ROOMS),
]
