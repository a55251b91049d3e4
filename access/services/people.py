"""People: an account, the role it has in a commune, the end of both."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Membership, User
from access.roles import Role
from access.services.audit import record_act
from geo.errors import ConflictError, RefusedError


def create_user(*, username: str, password: str, first_name: str = "", last_name: str = "", email: str = "") -> User:
    """Make an account. Raises ConflictError where the name is taken, RefusedError for a weak password."""
    user = User(username=username, first_name=first_name, last_name=last_name, email=email)
    _check_password(user, password)
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise ConflictError(_("There is already a user named %(name)s.") % {"name": username})
        user.save()
        record_act(commune=None, user=None, role="", verb="user.create", target=username)
    return user


def set_password(*, user: User, password: str) -> None:
    """Give an account a new password and end its sessions. Raises RefusedError for a weak one."""
    _check_password(user, password)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        record_act(commune=None, user=user, role="", verb="user.password", target=user.username)


def give_role(*, user: User, commune: Any, role: str, given_by: Any = None) -> Membership:
    """Give a user a role in a commune, in place of the one it had there."""
    if role not in Role.values:
        known = ", ".join(Role.values)
        raise RefusedError(_("There is no role %(role)s. Roles: %(known)s.") % {"role": role, "known": known})
    with transaction.atomic():
        membership: Membership
        membership, _made = Membership.objects.update_or_create(user=user, commune=commune, defaults={"role": role})
        record_act(
            commune=commune, user=given_by, role="", verb="role.give", target=user.username, details={"role": role}
        )
    return membership


def take_role(*, membership: Membership, reason: str, taken_by: Any = None) -> None:
    """End a user's role in a commune; it holds from the next request on."""
    with transaction.atomic():
        record_act(
            commune=membership.commune,
            user=taken_by,
            role="",
            verb="role.take",
            target=membership.user.username,
            reason=reason,
            details={"role": membership.role},
        )
        membership.delete()


def close_account(*, user: User, reason: str, closed_by: Any = None) -> None:
    """Close an account and end its sessions. The row stays: the trail points to it."""
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        _end_sessions(user)
        record_act(commune=None, user=closed_by, role="", verb="user.close", target=user.username, reason=reason)


def _end_sessions(user: User) -> None:
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _check_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error
