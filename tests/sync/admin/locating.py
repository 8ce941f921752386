from collections.abc import Callable

from django.urls import reverse

# Sends a form to an address, and gives the page one lands on.
Post = Callable[..., str]


def locate(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:sync_{model.__name__.lower()}_{page}", args=args)
