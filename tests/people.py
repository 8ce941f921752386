"""Users of each role, and who may do no more than come in."""

from enum import IntEnum

from django.contrib.auth.models import Group, User

from sync.roles import ADMINISTRATOR, OPERATOR, VIEWER

PASSWORD = "only-for-a-test"


class Rank(IntEnum):
    """Each may do all that those before may, and more."""

    SIGNED_OUT = 0
    STRANGER = 1  # signed in, without a role
    VIEWER = 2
    OPERATOR = 3
    ADMINISTRATOR = 4
    NOBODY = 5  # of the three roles; it takes a superuser, or nobody can


ROLES = {Rank.VIEWER: VIEWER, Rank.OPERATOR: OPERATOR, Rank.ADMINISTRATOR: ADMINISTRATOR}


def make_user(rank: Rank, *, is_staff: bool = True) -> User:
    """A user of that role; staff may also open the administration, as far as the role reaches."""
    user = User.objects.create_user(rank.name.lower(), password=PASSWORD, is_staff=is_staff)
    if rank in ROLES:
        user.groups.add(Group.objects.get(name=ROLES[rank]))
    return user
