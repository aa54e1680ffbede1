"""Asking a provider that the operator declared: no longer than a page may wait, never in a
transaction, and no further than the address that was asked."""

from typing import Any

import requests
from typing_extensions import override

from bihuan.foundation.notify.outgoing import Deadline, refuse_in_transaction

TOTAL_SECONDS = 15.0
# For a connection, and for each piece of an answer.
PIECE_SECONDS = (4.0, 6.0)
MOST_BYTES = 512 * 1024
AskedError = requests.RequestException


class Asking(requests.Session):
    """A session in the sense of `requests`, for one exchange with a provider."""

    def __init__(self) -> None:
        super().__init__()
        self._until = Deadline(TOTAL_SECONDS)
        # Proxies of the machine are kept to; names and passwords lying about in ~/.netrc are not.
        self.auth = _nobody

    @override
    def request(self, method: Any, url: Any, *rest: Any, **given: Any) -> requests.Response:
        """As `requests` does. Raises InTransactionError, and AskedError for whatever goes wrong."""
        refuse_in_transaction()
        given |= {"timeout": PIECE_SECONDS, "allow_redirects": False, "stream": True}
        try:
            self._until.left()
            answer = super().request(method, url, *rest, **given)
            answer._content = self._read(answer)  # read here, to its end
        except TimeoutError as error:
            raise requests.Timeout(str(error)) from error
        return answer

    def _read(self, answer: requests.Response) -> bytes:
        found = b""
        for piece in answer.iter_content(8192):
            found += piece
            self._until.left()
            if len(found) > MOST_BYTES:
                answer.close()
                raise requests.exceptions.ContentDecodingError("the answer is too long")
        return found


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
