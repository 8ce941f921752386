from django.contrib import admin
from django.urls import include, path

from sync.views.access import AdministrationEntrance

admin.autodiscover()

urlpatterns = [
    # One way in for both.
    path("admin/login/", AdministrationEntrance.as_view()),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("sync.urls")),
]
