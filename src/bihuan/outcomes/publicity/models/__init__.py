from bihuan.outcomes.publicity.models.bulletin import Bulletin
from bihuan.outcomes.publicity.models.layout import Layout
from bihuan.outcomes.publicity.models.publication import Publication, Views

__all__ = ["Bulletin", "Layout", "Publication", "Views"]
