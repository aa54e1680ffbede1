"""An entry of the mobile unit as its owner's phone seals it, for tests that stand at the server's door."""

import base64
import json
import os
from datetime import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bihuan.foundation.access import phones
from bihuan.kernel.afield import api as afield
from bihuan.kernel.halls import api as halls

DEVICE = "0123456789abcdef" * 2


def sealed(owner, key, visit, words, *, device=DEVICE):
    """As it is sent: JSON of the interface."""
    key_id, raw = next(iter(phones.keys(owner, device).items()))
    nonce = os.urandom(12)
    text = AESGCM(raw).encrypt(
        nonce, json.dumps(words).encode(), f"{owner}|{device}|{key}|{visit}".encode()
    )
    return {
        "key": key, "visit": visit, "owner": owner, "device": device, "key_id": key_id,
        "nonce": base64.b64encode(nonce).decode(), "sealed": base64.b64encode(text).decode(),
    }  # fmt: skip


def handed_on(house):
    """One of `desk` that could not be taken in at 受理中心 and waits for whoever is in charge."""
    plate = house.service("plate").pk
    given = halls.Outing("人民广场", house.day, time(9), time(12), [plate], "")
    visit = halls.plan(house.org("center"), given, at=house.at, actor="system")
    words = {
        "step": "accept", "service": plate, "taken": house.at.isoformat(), "name": "甘棠",
        "phone": "没有号码", "remark": "人民路七号", "problem": "电话: 没有看懂。",
    }  # fmt: skip
    row = sealed(house.person("desk").pk, "k", visit.pk, words)
    entry = afield.Sealed(
        **row | {"nonce": base64.b64decode(row["nonce"]), "sealed": base64.b64decode(row["sealed"])}
    )
    return afield.hand_on(entry, actor=house.actor("desk"), at=house.at)
