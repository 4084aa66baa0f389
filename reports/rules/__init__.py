"""The written rules: pages for the AI, the setter, the VA and the solo coach, made from the seeds alone."""

from reports.rules.pages import READERS, page, stale, write

__all__ = ["READERS", "page", "stale", "write"]
