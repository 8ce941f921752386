from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.autodiscover()
admin.site.site_header = admin.site.site_title = "Tsunagi"

urlpatterns = [
    # One way in for both.
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("sync.urls")),
]
