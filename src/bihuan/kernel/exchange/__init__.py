"""Lists that go out as spreadsheets, tables that come in."""
