"""Case studies of the seeds, told through the public doors; also the demo data."""
