"""The face of the staff: queues, registering, one page a matter, publishing."""
