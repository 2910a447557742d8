"""What silently spoils a fine-tune, tested on the user's own model and rows. One check a file."""

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.diagnose import diagnose
from limen.before.doctor.patient import Patient, Refused, admit
from limen.before.doctor.registry import all_checks, check

__all__ = ["Check", "Patient", "Refused", "Severity", "admit", "all_checks", "check", "diagnose"]
