from django.urls import URLPattern, path

from sync.views.accounts.pages import AccountListPage

urlpatterns: list[URLPattern] = [
    path("accounts/", AccountListPage.as_view(), name="account_list"),
]
