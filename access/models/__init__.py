"""Tables of people, rights, audit and jobs."""

from .audit import AuditEvent, ExportLog
from .history import RowVersion
from .jobs import JobRun
from .people import Membership, User

__all__ = ["AuditEvent", "ExportLog", "JobRun", "Membership", "RowVersion", "User"]
