"""What looks like somebody's data: letters, numbers, places, names; `language.redact` is the door."""
