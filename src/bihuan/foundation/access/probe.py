"""What a request of the house to itself looked like when it arrived: told to nobody else.

`bihuan doctor` asks its own public address; what the server saw of it says whether the proxy in front
passes on what it should, and whether it is trusted.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from bihuan.foundation.access import origin
from bihuan.lib import canonical, codes

HEADER = "Bihuan-Probe"
_META = "HTTP_BIHUAN_PROBE"
_LASTS = timedelta(minutes=2)


def _sealed(instant: str) -> str:
    return codes.blind(settings.SECRETS["blind"].encode(), f"probe {instant}")


def header(at: datetime) -> str:
    """What the asker sends, good for two minutes."""
    instant = canonical.instant(at)
    return f"{instant} {_sealed(instant)}"


def seen(meta: Mapping[str, Any], at: datetime, *, secure: bool) -> dict[str, Any] | None:
    """What of a request matters; None unless the house itself asks."""
    instant, _, sealed = str(meta.get(_META, "")).partition(" ")
    if not sealed.isascii() or not hmac.compare_digest(sealed, _sealed(instant)):
        return None
    if abs(at - datetime.fromisoformat(instant)) > _LASTS:
        return None
    remote = str(meta.get("REMOTE_ADDR", ""))
    trusted = origin.of({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": "192.0.2.1"}) == "192.0.2.1"
    return {
        "remote": remote,
        "forwarded": bool(meta.get("HTTP_X_FORWARDED_FOR")),
        "trusted": trusted,
        "secure": secure,
    }
