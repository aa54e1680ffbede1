"""The public face: no account, works without JavaScript, made for a phone first."""
