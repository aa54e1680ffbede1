"""The face of the administrator: organisations, people, grants, calendars, settings, programmes."""
