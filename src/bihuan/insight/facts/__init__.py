"""Facts: the event log as append-only Parquet, one row for each thing that happened to a matter."""
