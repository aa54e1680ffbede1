#!/usr/bin/env python3
"""Checks what a Bihuan house published of its log, with nothing but Python itself.

    python3 check_log.py proof PROOF.json [ANCHOR.json]
        Are the message and the answer in PROOF.json in the log that it names? With ANCHOR.json (a seal you
        kept, or had from somebody you trust): is it that very log?
    python3 check_log.py continues OLD.json CONSISTENCY.json
        Does the log of CONSISTENCY.json (from /seals) begin with the one of the seal that you kept?

Exit code 0: it holds. 1: it does not. The tree is that of RFC 6962; what is hashed is in docs/adr/0029.
"""

import hashlib
import json
import sys


def sha(data):
    return hashlib.sha256(data).digest()


def text_digest(text):
    return sha(text.encode()).hex()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def node(left, right):
    return sha(b"\x01" + left + right)


def root_of(leaf, index, size, path):
    """The root that a leaf leads to (RFC 9162, 2.1.3.2), None when the path is none."""
    place, last = index, size - 1
    if not 0 <= index < size:
        return None
    for one in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            leaf = node(one, leaf)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            leaf = node(leaf, one)
        place, last = place >> 1, last >> 1
    return leaf if last == 0 else None


def consistent(old, old_root, new, new_root, path):
    """Whether a tree begins with another (RFC 9162, 2.1.4.2)."""
    if old == new:
        return old_root == new_root and not path
    if not 0 < old < new or not path:
        return False
    if old & (old - 1) == 0:
        path = [old_root, *path]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was, now = node(one, was), node(one, now)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            now = node(now, one)
        place, last = place >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


def event_hash(event):
    """The hash of an event, from what is shown of it; (hash, the words that are proved by it)."""
    if "hash" in event:  # of a time when words were not hashed one by one
        return event["hash"], []
    if "digests" not in event:
        return text_digest(canonical([event["rest"], event["private_digest"]])), []
    words = []
    for field in event["shown"]:
        digest = text_digest(canonical([field["salt"], field["path"], field["value"]]))
        if digest != event["digests"][field["index"]]:
            raise ValueError("the words are not those that were recorded")
        words.append((" ".join(field["path"]), field["value"]))
    private = text_digest("\n".join(event["digests"]))
    return text_digest(canonical([event["rest"], private])), words


def check_proof(proof, anchor):
    log = proof["log"]
    for event in proof["events"]:
        hashed, words = event_hash(event)
        leaf = sha(b"\x00" + f"{event['at']}|{hashed}".encode())
        path = [bytes.fromhex(one) for one in event["path"]]
        root = root_of(leaf, event["index"], log["size"], path)
        if root is None or root.hex() != log["root"]:
            raise ValueError(f"entry {event['index']} is not in the log")
        print(f"entry {event['index']} is in the log of {log['size']} entries")
        for name, value in words:
            print(f"    {name}: {value}")
    print(f"log: {log['size']} entries, root {log['root']}, sealed {log['at']}")
    if anchor is None:
        print("compare this root with a seal that others have, else it is the house's word alone")
    elif (anchor["size"], anchor["root"]) != (log["size"], log["root"]):
        raise ValueError(
            "the seal you kept is of another size or root: get a proof that one continues the other "
            f"(/seals/consistency?old={min(anchor['size'], log['size'])}&new={max(anchor['size'], log['size'])}) "
            "and check it with `continues`"
        )
    else:
        print("the seal you kept is of this very log")


def check_continues(kept, told):
    old, new = told["old"], told["new"]
    if (kept["size"], kept["root"]) == (new["size"], new["root"]):
        old, new = new, old  # the seal you kept is the newer one
    elif (kept["size"], kept["root"]) != (old["size"], old["root"]):
        raise ValueError("the log does not have the seal that you kept: it was changed, or is another's")
    first, second = sorted((old, new), key=lambda one: one["size"])
    path = [bytes.fromhex(one) for one in told["consistency"]]
    roots = bytes.fromhex(first["root"]), bytes.fromhex(second["root"])
    if not consistent(first["size"], roots[0], second["size"], roots[1], path):
        raise ValueError("the greater log does not begin with the smaller one: it was changed")
    print(f"the log of {second['size']} entries begins with that of {first['size']} unchanged")


def read(name):
    with open(name, encoding="utf-8") as source:
        return json.load(source)


def main(argv):
    if len(argv) in (2, 3) and argv[0] == "proof":
        files = [read(name) for name in argv[1:]]
        check_proof(files[0], files[1] if len(files) > 1 else None)
    elif len(argv) == 3 and argv[0] == "continues":
        check_continues(read(argv[1]), read(argv[2]))
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
        print(f"IT DOES NOT HOLD: {error}")
        sys.exit(1)
