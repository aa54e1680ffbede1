"""Anchors: the newest seal told to somebody who is not the house, so that nobody who has all of the
house (database, keys and files) can change what was before.

An anchor is a seal as it is published: a line of JSON with numbers, an instant, hashes, nothing else.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.foundation.audit.api import Head, proofs
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify import outward
from bihuan.lib import mailbox

Anchor = dict[str, Any]
Words = Callable[..., str]
MOST = 64 * 1024
_STAMP = {"Content-Type": "application/timestamp-query"}


class AnchorError(Exception):
    """What cannot be anchored, or be read as an anchor; in plain words."""


def newest() -> Anchor:
    """The newest seal, as it stands beside the secrets. Raises AnchorError."""
    try:
        found = proofs.newest_outside()
    except proofs.OutsideError as error:
        raise AnchorError(f"{error}; `bihuan verify` says more") from error
    if found is None:
        raise AnchorError(
            "nothing is sealed yet: the worker (`bihuan work`) seals every few minutes"
        )
    return proofs.published(found)


def line(anchor: Anchor) -> str:
    """An anchor as text."""
    return json.dumps(anchor) + "\n"


def read(source: Path) -> list[Head]:
    """The anchors in a file: one, or one a line, as `to_file` gathers them. Raises AnchorError."""
    try:
        text = source.read_text(encoding="utf-8")
        try:
            said = [json.loads(text)]
        except ValueError:
            said = [json.loads(one) for one in text.splitlines() if one.strip()]
        return [proofs.read_anchor(one) for one in said]
    except (OSError, ValueError, proofs.OutsideError) as error:
        raise AnchorError(f"{source} cannot be read as an anchor: {error}") from error


def to_file(target: Path, anchor: Anchor) -> None:
    """Adds an anchor to a file, once. Raises AnchorError."""
    told = line(anchor)
    try:
        if target.exists() and told in target.read_text(encoding="utf-8"):
            return
        handle = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as out:
            out.write(told)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise AnchorError(f"cannot write {target}: {error.strerror or error}") from error


def to_mail(address: str, anchor: Anchor, words: Words) -> None:
    """Mails an anchor. Raises AnchorError."""
    subject = words("anchor.subject", size=anchor["size"])
    body = words("anchor.mail", at=anchor["at"], size=anchor["size"]) + "\n\n" + line(anchor)
    address = mailbox.fold(address)
    if not mailbox.is_address(address):
        raise AnchorError(f"{address} is no e-mail address")
    try:
        notify.mail(address, subject, body, f"anchor:{anchor['size']}:{address}")
    except (OSError, notify.ReturnedError) as error:
        raise AnchorError(f"the mail to {address} was not taken: {error}") from error


def to_webhook(url: str, anchor: Anchor) -> None:
    """Posts an anchor. Raises AnchorError."""
    _ask(url, line(anchor).encode(), {"Content-Type": "application/json"})


def _ask(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    try:
        status, answer = outward.ask(url, body, headers, most=MOST)
    except outward.AddressError as error:
        raise AnchorError(
            f"{url} is not called ({error.key}): inner addresses are listed in BIHUAN_WEBHOOK_HOSTS"
        ) from error
    except (OSError, HTTPException) as error:
        raise AnchorError(f"{url}: {type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise AnchorError(f"{url} answered {status}")
    return answer


def stamp(url: str, anchor: Anchor) -> Path:
    """Has an anchor time-stamped by an authority (RFC 3161); keeps `<size>.json` and `<size>.tsr`
    in the folder of anchors and returns the latter. Raises AnchorError.

    The signature is checked against BIHUAN_ANCHOR_TSA_ROOTS when that is set, always that the
    authority stamped what was asked.
    """
    from bihuan.jobs import stamps  # noqa: PLC0415 - see its first lines

    told = line(anchor).encode()
    asked = stamps.asking(told)
    answer = _ask(url, asked.as_bytes(), _STAMP)
    folder: Path = settings.ANCHORS_ROOT
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{anchor['size']}.tsr"
    kept.with_suffix(".json").write_bytes(told)
    kept.write_bytes(answer)
    try:
        stamps.refuse_other(answer, asked)
        if settings.ANCHOR_TSA_ROOTS:
            stamped_at(kept, Path(settings.ANCHOR_TSA_ROOTS))
    except (ValueError, AnchorError) as error:
        kept.unlink()
        raise AnchorError(f"{url} gave no stamp that holds: {error}") from error
    return kept


def stamped_at(stamped: Path, roots: Path) -> datetime:
    """When an authority under these roots (PEM) saw the anchor beside the stamp. Raises AnchorError."""
    from bihuan.jobs import stamps  # noqa: PLC0415 - see its first lines

    try:
        told = stamped.with_suffix(".json").read_bytes()
        return stamps.stamped_at(stamped.read_bytes(), told, roots.read_bytes())
    except (OSError, ValueError) as error:
        raise AnchorError(f"{stamped.name}: the stamp does not hold: {error}") from error


def _file(name: str, anchor: Anchor) -> None:
    to_file(Path(name), anchor)


def everywhere(at: datetime, words: Words) -> None:
    """Anchors wherever the settings say. Raises AnchorError after having tried all of them."""
    del at
    wanted = (
        ([settings.ANCHOR_FILE] if settings.ANCHOR_FILE else [], _file),
        (settings.ANCHOR_MAIL, lambda to, anchor: to_mail(to, anchor, words)),
        (settings.ANCHOR_WEBHOOK, to_webhook),
        (settings.ANCHOR_TSA, stamp),
    )
    if not any(places for places, _ in wanted):
        return
    anchor = newest()
    failed = []
    for places, tell in wanted:
        for place in places:
            try:
                tell(place, anchor)
            except AnchorError as error:
                failed.append(str(error))
    if failed:
        raise AnchorError("; ".join(failed))
