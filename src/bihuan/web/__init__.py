"""The faces made of HTML: portal (public), desk (staff), studio (administration)."""
