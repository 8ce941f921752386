"""Addresses of HubSpot's own pages, for people."""

DEFAULT_DOMAIN = "app.hubspot.com"
CONTACT = "0-1"


def locate_contact(portal_id: str, contact_id: str, ui_domain: str = "") -> str:
    """The contact's page; empty when the portal is not known.

    The form is the one that HubSpot's own links have; a portal in another region has another domain, which the account
    API tells (`uiDomain`). Not confirmed on an account of ours.
    """
    if not (portal_id.isdecimal() and contact_id.isdecimal()):
        return ""
    return f"https://{ui_domain or DEFAULT_DOMAIN}/contacts/{portal_id}/record/{CONTACT}/{contact_id}"
