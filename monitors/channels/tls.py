"""Whom to trust when a channel is encrypted."""

from __future__ import annotations

import ssl


def make_tls_context(ca_file: str | None, *, verified: bool = True) -> ssl.SSLContext:
    """A client's TLS settings, trusting the system's authorities or instead those in `ca_file` (PEM).

    An OSError that names the file is raised if it cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise OSError(f"the certificates of {ca_file} cannot be read: {error.strerror or error}") from error
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
