"""Changing the configuration's file: at once or not at all, and never what somebody else has changed meanwhile."""

from __future__ import annotations

import codecs
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from news.errors import NotEdited
from news.wording import Wording, system_reason


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Put what `change` makes of the file's text in its place. A symbolic link is followed; owner, rights and attributes stay.

    Raises NotEdited, also as `change` does; then the file is as it was.
    """
    try:
        _rewrite(path.resolve(strict=True), change)
    except OSError as error:
        raise NotEdited(Wording("{path} cannot be changed: {reason}", path=str(path), reason=system_reason(error))) from error


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotEdited(Wording("{path} is no file that can be changed; name one with --config PATH", path=str(path)))
    content = path.read_bytes()
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    changed = mark + change(content.removeprefix(mark).decode()).encode()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(changed)
            _take_over_rights(path, file.fileno())
            file.flush()
            os.fsync(file.fileno())
        if path.read_bytes() != content:
            raise NotEdited(Wording("{path} was changed meanwhile, and is left as it is; try again", path=str(path)))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _keep(path.parent)


def _take_over_rights(path: Path, descriptor: int) -> None:
    """Give the draft the file's owner, rights and attributes (such as access lists). Raises NotEdited where only the owner may."""
    file, draft = path.stat(), os.fstat(descriptor)
    if (file.st_uid, file.st_gid) != (draft.st_uid, draft.st_gid):
        try:
            os.fchown(descriptor, file.st_uid, file.st_gid)
        except PermissionError:
            raise NotEdited(Wording("{path} belongs to another user or group; call this command as its owner", path=str(path))) from None
    os.fchmod(descriptor, stat.S_IMODE(file.st_mode))
    with suppress(OSError):  # a file system without any
        _take_over_attributes(path, descriptor)


def _take_over_attributes(path: Path, descriptor: int) -> None:
    for name in os.listxattr(path):
        with suppress(OSError):  # the system's own, which it gives itself
            os.setxattr(descriptor, name, os.getxattr(path, name))


def _keep(folder: Path) -> None:
    """A name is on the disk only once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
