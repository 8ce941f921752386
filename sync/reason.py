"""What a reason code is told with. The texts may name what the detail of an occurrence holds, as `{email}`."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Reason:
    title: str | Promise
    explanation: str | Promise
    fix: str | Promise
