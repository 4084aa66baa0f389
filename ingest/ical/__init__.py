"""Reading iCalendar files (RFC 5545) as people export them: lines, time zones, recurrence, descriptions, people."""
