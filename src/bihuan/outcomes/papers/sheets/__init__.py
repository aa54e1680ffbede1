"""How papers are laid out: one composition, set in Word and by Typst."""
