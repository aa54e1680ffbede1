from django.urls import path

from bihuan.web.portal import (
    apply,
    ask,
    book,
    bulletins,
    feed,
    follow,
    hall,
    pages,
    proof,
    published,
    services,
    visits,
)

app_name = "portal"

urlpatterns = [
    path("", pages.home, name="home"),
    path("promise", pages.promise, name="promise"),
    path("services", services.index, name="services"),
    path("services/<int:pk>", apply.guide, name="service"),
    path("services/<int:pk>/apply", apply.apply, name="apply"),
    path("services/<int:pk>/book", book.book, name="book"),
    path("visits", visits.index, name="visits"),
    path("halls/<int:pk>", hall.take, name="hall"),
    path("halls/<int:pk>/screen", hall.screen, name="screen"),
    path("privacy", pages.privacy, name="privacy"),
    path("ask", ask.ask, name="ask"),
    path("ask/alike", ask.alike, name="alike"),
    path("ask/challenge", proof.challenge, name="challenge"),
    path("follow", follow.follow, name="follow"),
    path("follow/act", follow.act, name="act"),
    path("follow/file/<str:ticket>", follow.file, name="file"),
    path("bulletins", bulletins.index, name="bulletins"),
    path("bulletins/<int:pk>", bulletins.one, name="bulletin"),
    path("bulletins/<int:pk>/<slug:ending>", bulletins.file, name="bulletin_file"),
    path("feed.atom", feed.feed, name="feed"),
    path("published", published.index, name="published"),
    path("published/<int:pk>", published.one, name="publication"),
]
