"""Plans of matters: milestones, a team, a journal that is owed each period, and the whole as one document."""
