from django.urls import URLPattern, path

from sync.views.accounts.changing import AccountAddPage, AccountCheck, AccountDisconnectPage, AccountKeyPage
from sync.views.accounts.pages import AccountDetailPage, AccountListPage

urlpatterns: list[URLPattern] = [
    path("accounts/", AccountListPage.as_view(), name="account_list"),
    path("accounts/add/<slug:provider>/", AccountAddPage.as_view(), name="account_add"),
    path("accounts/<int:pk>/", AccountDetailPage.as_view(), name="account_detail"),
    path("accounts/<int:pk>/key/", AccountKeyPage.as_view(), name="account_key"),
    path("accounts/<int:pk>/check/", AccountCheck.as_view(), name="account_check"),
    path("accounts/<int:pk>/disconnect/", AccountDisconnectPage.as_view(), name="account_disconnect"),
]
