"""Occurrences → ICS bytes. The only user of icalendar."""
