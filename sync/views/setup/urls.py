from django.urls import URLPattern, path

from sync.views.setup.pages import SetupDiscard, SetupStartPage, open_step

urlpatterns: list[URLPattern] = [
    path("setup/", SetupStartPage.as_view(), name="setup_start"),
    path("setup/<int:pk>/discard/", SetupDiscard.as_view(), name="setup_discard"),
    path("setup/<int:pk>/<slug:step>/", open_step, name="setup_step"),
]
