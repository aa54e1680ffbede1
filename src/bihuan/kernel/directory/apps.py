from django.apps import AppConfig
from typing_extensions import override


class DirectoryConfig(AppConfig):
    name = "bihuan.kernel.directory"
    label = "directory"

    @override
    def ready(self) -> None:
        from bihuan.kernel.directory import events, kinds
        from bihuan.kernel.directory.member_sheet import MemberSheet
        from bihuan.kernel.directory.org_sheet import OrgSheet
        from bihuan.kernel.directory.people_sheet import PeopleSheet

        events.declare()
        # In the order they are taken in: people are placed in organisations, and belong to them.
        kinds.register(OrgSheet())
        kinds.register(PeopleSheet())
        kinds.register(MemberSheet())
