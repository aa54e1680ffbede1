"""What inputs are for the house: as they say, or, of a release from before they could, by their names."""

from pathlib import Path

import aliens

from bihuan.kernel.programmes import api as programmes
from bihuan.spec import answering, release

FOLDERS = {path.name: path for path in programmes.folders()}


def test_a_release_from_before_is_meant_as_it_was():
    text = Path(__file__).with_name("public_notice-0.1.0.json").read_text(encoding="utf-8").strip()
    old = release.from_text(text)
    objection = old.kinds["objection"]
    assert answering.answers(old, objection) == {"reply"}
    assert answering.told(old, objection) == {"reply", "text"}
    assert '"as":' not in text
    assert release.digest(old) == release.digest(release.from_text(release.stored(old)))


def test_what_an_input_says_goes_before_its_name():
    claims = programmes.read_folder(aliens.HERE / "aaa_wishes")
    wish = claims.kinds["wish"]
    assert answering.answers(claims, wish) == {"outcome"}
    assert answering.at_once(claims, wish) == ("settle", "outcome")
    voice = programmes.read_folder(FOLDERS["public_voice"])
    assert answering.at_once(voice, voice.kinds["voice"]) == ("settle", "reply")
    assert answering.inputs_as(voice, None, "answer") == []
    outside = voice.kinds["voice"].actions["outside"]
    assert answering.said(voice, outside) == {"answer", "told"}
