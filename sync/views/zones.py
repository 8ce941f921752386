"""Times are told in the zone that the browser says it is in."""

import zoneinfo
from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "time_zone"


class TimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = unquote(request.COOKIES.get(COOKIE, ""))
        if zone not in zoneinfo.available_timezones():
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)
