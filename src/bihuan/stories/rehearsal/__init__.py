"""Scenarios of programmes, run through the public doors in a database that is thrown away."""

from bihuan.stories.rehearsal.telling import Rehearsal, rehearse, rehearsed

__all__ = ["Rehearsal", "rehearse", "rehearsed"]
