"""What the pages of accounts show."""

from django import template

from connectors.hubspot.scopes import REQUIRED_SCOPES

register = template.Library()


@register.simple_tag
def list_scopes() -> tuple[str, ...]:
    """What a HubSpot token must be allowed to do."""
    return REQUIRED_SCOPES
