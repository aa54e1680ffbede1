from django.urls import path

from bihuan.facets.quiz import pages

app_name = "quiz"
urlpatterns = [
    path("quizzes/<int:pk>/answer", pages.answer, name="answer"),
    path("quizzes/<int:pk>/people", pages.people, name="people"),
    path("quizzes/<int:pk>/people.xlsx", pages.sheet, name="sheet"),
    path("quizzes/<int:pk>/people/<int:person>", pages.person, name="person"),
    path("quizzes/<int:pk>/questions", pages.bring, name="bring"),
]
