"""The audit: every phase that the inputs allow, in order, with one report."""

from limen.audit.api import audit
from limen.audit.battery import default_battery
from limen.audit.config import AuditConfig
from limen.audit.plan import make_plan
from limen.audit.result import AuditResult
from limen.audit.run import run_audit

__all__ = ["AuditConfig", "AuditResult", "audit", "default_battery", "make_plan", "run_audit"]
