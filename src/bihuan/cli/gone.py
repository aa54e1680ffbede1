"""Programmes whose folder is gone, as a note: nothing is wrong with what they left."""

from bihuan.cli.plain import say


def note() -> None:
    """Says which they are, what goes on, and what does not."""
    from bihuan.kernel.programmes.folders import without_folder

    for name, version in without_folder():
        say(
            f"note: programme {name} has no folder here any more; what is in force and open of it goes "
            f"on by its stored releases, the newest {version}; put the folder back for a newer one"
        )
