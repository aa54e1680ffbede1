"""Text as XML, calendars and spreadsheets can hold it, whatever reached us.

Source: XML 1.0 (5th edition) 2.2, the characters it has a way to write; RFC 5545 3.3.11.
"""


def legal(text: str) -> str:
    """The text without control characters, lone surrogates and noncharacters, which no reader takes;
    tabs stay, and line ends of any system as line feeds."""
    if text.isprintable():
        return text
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in unified if _is_legal(c))


def one_line(text: str) -> str:
    """The same in one line: no line end of any kind is left in it, nor a tab."""
    return " ".join(legal(text).split())


def _is_legal(char: str) -> bool:
    if char < " ":
        return char in "\t\n"
    # Delete and the C1 controls may be written in XML, but mean nothing that anybody types.
    return (
        not "\x7f" <= char <= "\x9f"
        and not "\ud800" <= char <= "\udfff"
        and ord(char) & 0xFFFE != 0xFFFE
    )
