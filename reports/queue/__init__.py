"""The review queue: what needs a person, a file to decide in, and decisions as evidence of the highest rank."""

from reports.queue.cases import Case, told, waiting
from reports.queue.decide import Imported, import_file
from reports.queue.sheet import export_file

__all__ = ["Case", "Imported", "export_file", "import_file", "told", "waiting"]
