"""The demo's people: one user per role, all with one password that belongs to this installation alone."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from access.models import Membership, User
from access.roles import Role

WORD_COUNT = 4
WORDS = (
    "alerce", "arrayan", "avellano", "bandurria", "boldo", "canelo", "chilco", "chucao", "cisne", "coigue",
    "copihue", "faro", "garza", "huillin", "laurel", "lenga", "lluvia", "loica", "luma", "maiten", "manio",
    "marea", "murta", "nalca", "niebla", "notro", "olivillo", "pudu", "puye", "quila", "radal", "rauli", "ribera",
    "roble", "rocio", "tepa", "tiuque", "ulmo", "vado", "vega", "zorzal",
)  # fmt: skip


def password_file() -> Path:
    """Where this installation keeps the demo's password (never in the repository)."""
    return Path(settings.STATE_DIR) / "demo-password"


def demo_password() -> str:
    """The password of the demo's users: drawn at first use, kept with this installation."""
    path = password_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        words = "-".join(secrets.choice(WORDS) for _ in range(WORD_COUNT))
        path.write_text(f"{words}-{secrets.randbelow(9000) + 1000}", encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def seat_everybody(commune: Any) -> dict[str, User]:
    """One user for every role of the commune, named as the role; the password is set anew where it does not open."""
    password = demo_password()
    hashed = make_password(password)  # once: hashing is slow on purpose
    seated: dict[str, User] = {}
    for role in Role:
        user, made = User.objects.get_or_create(
            username=role.value, defaults={"first_name": str(role.label), "password": hashed}
        )
        if not made and not user.check_password(password):
            user.password = hashed
            user.save(update_fields=["password"])
        Membership.objects.update_or_create(commune=commune, user=user, defaults={"role": role.value})
        seated[role.value] = user
    return seated
