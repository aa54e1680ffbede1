"""Time stamps of an authority (RFC 3161): asked for, read, held against what was asked.

Imported where a stamp is asked for or read: the libraries behind it cost every other command a sixth
of its start.
"""

from datetime import datetime

from asn1crypto import cms, tsp
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)


def asking(told: bytes) -> TimeStampRequest:
    """What an authority is asked about these bytes."""
    return TimestampRequestBuilder().data(told).hash_algorithm(HashAlgorithm.SHA256).build()


def refuse_other(answer: bytes, asked: TimeStampRequest) -> None:
    """Raises ValueError for what is no stamp, or none of what was asked."""
    response = _decoded(answer)
    if response.status != 0 or response.tst_info.nonce != asked.nonce:
        raise ValueError("it is no answer to what was asked")
    if response.tst_info.message_imprint.message != asked.message_imprint.message:
        raise ValueError("it is of something else")


def stamped_at(answer: bytes, told: bytes, roots: bytes) -> datetime:
    """When an authority under these roots (PEM) saw the bytes told. Raises ValueError."""
    response = _decoded(answer)
    builder = VerifierBuilder()
    for one in x509.load_pem_x509_certificates(roots):
        builder = builder.add_root_certificate(one)
    try:
        builder.build().verify_message(response, told)
    except VerificationError as error:
        raise ValueError(str(error)) from error
    return response.tst_info.gen_time


def _decoded(answer: bytes) -> TimeStampResponse:
    """An authority's answer. OpenSSL, which many are made with, writes certificates in no order, and
    the strict reader wants them in DER's; no signature covers the order. Raises ValueError."""
    try:
        return decode_timestamp_response(answer)
    except ValueError:
        loose = tsp.TimeStampResp.load(answer)
        signed = loose["time_stamp_token"]["content"]
        signed["certificates"] = cms.CertificateSet(
            sorted(signed["certificates"], key=lambda one: bytes(one.dump()))
        )
        return decode_timestamp_response(bytes(loose.dump(force=True)))
