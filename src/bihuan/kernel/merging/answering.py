"""What merged matters leave for the worker: the answer to the one they were merged into, or their release."""

from datetime import datetime
from typing import Any

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import acting
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders.known import senders_words
from bihuan.kernel.senders.replies import last_reply
from bihuan.language import redact
from bihuan.lib.problems import GoneError, ProblemError
from bihuan.spec import answering


def answer_merged(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Gives each matter merged into one that one's answer; each once, however often this runs. It
    was written to one sender: the others do not read who that is, nor who else wrote."""
    target = Matter.objects.get(pk=payload["matter"])
    reply = last_reply(target)
    senders = senders_words(target)
    named = redact.find_known(reply, set().union(*senders.values()))
    for source in Matter.objects.filter(merged_into_id=target.pk).order_by("pk"):
        own = senders.get(source.stream, set())
        others = [hit for hit in named if not redact.find_known(hit.text, own)]
        try:
            acting.act(
                source.pk,
                payload["action"],
                actor=SYSTEM,
                at=at,
                data=dict.fromkeys(
                    _answer_of(source, payload["action"]), redact.masked(reply, others)
                ),
                key=f"{key}:{source.pk}",
            )
        except GoneError:
            # Somebody wrote to it this very moment: the outbox comes again, the key acts once.
            raise
        except ProblemError:
            # Answered or withdrawn on its own meanwhile.
            continue


def _answer_of(source: Matter, action: str) -> list[str]:
    programme = programmes.spec_of(source.release_id)
    found = programme.kinds[source.kind].actions.get(action)
    return answering.inputs_as(programme, found, "answer")


def release_merged(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Lets every matter merged into one that will never be answered go its own way."""
    for source in Matter.objects.filter(merged_into_id=payload["matter"]).order_by("pk"):
        try:
            acting.act(source.pk, payload["action"], actor=SYSTEM, at=at, key=f"{key}:{source.pk}")
        except GoneError:
            raise
        except ProblemError:
            continue


def register() -> None:
    """Declares the handlers of this module."""
    notify.task("matters.answer_merged")(answer_merged)
    notify.task("matters.release_merged")(release_merged)
