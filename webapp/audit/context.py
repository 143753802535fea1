"""The caller's address of the request in hand, for audit rows that are written far from the request."""

from contextvars import ContextVar

current_ip_address: ContextVar[str] = ContextVar("debrief_audit_ip_address", default="")
