"""Drawing: some rows of a list by lot, once a period, so that anybody can work out again which."""
