from django.urls import path

from bihuan.web.portal import (
    ask,
    bulletins,
    calendar,
    feed,
    follow,
    hall,
    kept,
    notices,
    pages,
    proof,
    published,
    services,
    watch,
)

app_name = "portal"

urlpatterns = [
    path("", pages.home, name="home"),
    path("promise", pages.promise, name="promise"),
    path("kept", kept.kept, name="kept"),
    path("honours", kept.honours, name="honours"),
    path("services", services.index, name="services"),
    path("halls/<int:pk>", hall.take, name="hall"),
    path("halls/<int:pk>/screen", hall.screen, name="screen"),
    path("privacy", pages.privacy, name="privacy"),
    path("ask", ask.ask, name="ask"),
    path("ask/alike", ask.alike, name="alike"),
    path("ask/challenge", proof.challenge, name="challenge"),
    path("follow", follow.follow, name="follow"),
    path("follow/act", follow.act, name="act"),
    path("follow/file/<str:ticket>", follow.file, name="file"),
    path("watch", watch.watch, name="watch"),
    path("watch/say", watch.say, name="watch_say"),
    path("bulletins", bulletins.index, name="bulletins"),
    path("bulletins/<int:pk>", bulletins.one, name="bulletin"),
    path("bulletins/<int:pk>/<slug:ending>", bulletins.file, name="bulletin_file"),
    path("notices", notices.index, name="notices"),
    path("notices/<int:pk>", notices.one, name="notice"),
    path("notices.ics", calendar.notices, name="notices_calendar"),
    path("calendar/<str:given>.ics", calendar.queue, name="queue_calendar"),
    path("feed.atom", feed.feed, name="feed"),
    path("published", published.index, name="published"),
    path("published/<int:pk>", published.one, name="publication"),
]
