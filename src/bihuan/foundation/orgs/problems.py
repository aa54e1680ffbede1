"""What can be wrong with the tree and its people."""


class OrgError(ValueError):
    """Something about the tree or its people that cannot be; `key` names the message."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")
