"""The socket beside an archive: where it is, whose it is, and what it takes the place of."""

import asyncio
import stat

import pytest

from news.sources import Problem
from quivive.beside.messages import Finished, Refused, Request, Unknown, read_answer, read_request, write_line
from quivive.beside.place import connect, open_socket, remove_socket, socket_path
from quivive.poll_once import RoundSummary
from quivive.reporting import FailedSource
from quivive.totals import Totals


def test_a_link_to_an_archive_has_the_socket_of_the_archive(tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "archive.db")
    assert socket_path(tmp_path / "link.db") == socket_path(tmp_path / "archive.db") == tmp_path / "archive.db.socket"


def test_a_name_that_is_too_long_for_a_socket_is_replaced_by_one_that_is_not(tmp_path):
    names = {socket_path(tmp_path / (letter * 200)).name for letter in "ab"}
    assert len(names) == 2
    assert all(len(name) < 60 for name in names)


@pytest.mark.parametrize("depth", [0, 10])
def test_who_listens_there_is_reached_however_long_the_path_is(tmp_path, depth):
    folder = tmp_path.joinpath(*["dossier-de-veille"] * depth)
    folder.mkdir(parents=True, exist_ok=True)
    path = socket_path(folder / "archive.db")
    listening = open_socket(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    asyncio.run(connect(path)).close()
    listening.close()
    with pytest.raises(ConnectionRefusedError):  # as after a death: the socket is still there
        asyncio.run(connect(path))
    open_socket(path).close()
    remove_socket(path)
    with pytest.raises(FileNotFoundError):
        asyncio.run(connect(path))


def test_what_is_no_socket_is_not_touched(tmp_path):
    path = socket_path(tmp_path / "archive.db")
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        open_socket(path)
    remove_socket(path)
    assert path.read_text() == "mine"


_PROBLEM = Problem("timeout", "It took too long.")
SUMMARY = RoundSummary(Totals(polled=1), 2, 0.5, (FailedSource("Le Journal", "https://a.example", _PROBLEM, is_new=True),), ())


@pytest.mark.parametrize("answer", [Finished(SUMMARY), Unknown(("Le Monde",)), Refused("stopping")])
def test_an_answer_is_read_as_it_was_written(answer):
    assert read_answer(write_line(answer)) == answer


def test_a_request_is_read_as_it_was_written_and_nothing_else_is_one():
    assert read_request(write_line(Request(("Le Journal",)))) == Request(("Le Journal",))
    assert [read_request(line) for line in (b"", b"GET / HTTP/1.1\r\n", b"{}", b'{"poll": 3}', b"[" * 5000)] == [None] * 5
