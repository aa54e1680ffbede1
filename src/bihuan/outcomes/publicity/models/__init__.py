from bihuan.outcomes.publicity.models.bulletin import Bulletin
from bihuan.outcomes.publicity.models.publication import Publication, Views

__all__ = ["Bulletin", "Publication", "Views"]
