from bihuan.outcomes.publicity.models.bulletin import Bulletin
from bihuan.outcomes.publicity.models.layout import Layout
from bihuan.outcomes.publicity.models.publication import CountedDay, Publication, Views
from bihuan.outcomes.publicity.models.subscription import SentRoundup, Subscription

__all__ = [
    "Bulletin",
    "CountedDay",
    "Layout",
    "Publication",
    "SentRoundup",
    "Subscription",
    "Views",
]
