"""Sieves over the index of shingles: of most shingles that nobody holds, they tell so without a look at the index.

Of a new article's forty shingles hardly any is in it, and in an archive of a million each look reads a page of 16 kB that no cache holds.
So of each stretch of the index there is a string of bits in memory, two to four for each of its shingles: where the bit that a shingle
falls on is not set, the index does not have it (a Bloom filter with one hash function, Bloom 1970; a shingle is a hash already). A sieve
may have more than its stretch, since what is forgotten leaves its bits behind. It never has less.

They are written with what is put into the index, and read after a start. One that lost bits would hide copies and nobody would see it, so
each has a check sum beside it: what is not as it was written counts for none, and is made anew when more is put into its stretch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from zlib import crc32

from storage.file.database import Database
from storage.file.rows import insert_rows

STRETCH_BITS = 36
"""Of a shingle's 48 bits, which `news.sampling` gives it, the last: the others name its stretch."""
STRETCHES = 1 << 48 - STRETCH_BITS
_IN_STRETCH = (1 << STRETCH_BITS) - 1
MOST_MADE = 16
"""Sieves that are made with one operation, 6 ms each among a million articles; the others are made by the next pass."""


class Sieve:
    """The sieve of one stretch."""

    __slots__ = ("bits", "shift")

    def __init__(self, bits: bytearray) -> None:
        """`bits`: as they are kept; their number is a power of two."""
        self.bits = bits
        self.shift = STRETCH_BITS + 1 - (8 * len(bits)).bit_length()

    @classmethod
    def of(cls, shingles: Collection[int]) -> Sieve:
        """The sieve of a stretch that has these shingles: a quarter to four tenths of its bits are set."""
        sieve = cls(bytearray(1 << max(2 * len(shingles) - 1, 0).bit_length() >> 3 or 1))
        sieve.add(shingles)
        return sieve

    def add(self, shingles: Iterable[int]) -> None:
        """Let these through from now on."""
        for shingle in shingles:
            place = (shingle & _IN_STRETCH) >> self.shift
            self.bits[place >> 3] |= 1 << (place & 7)

    def lets_through(self, shingle: int) -> bool:
        """Whether a shingle of its stretch may be in the index."""
        place = (shingle & _IN_STRETCH) >> self.shift
        return bool(self.bits[place >> 3] >> (place & 7) & 1)

    @property
    def is_worn_out(self) -> bool:
        """Whether it lets through more than half of what comes."""
        return int.from_bytes(self.bits).bit_count() > 4 * len(self.bits)


class Sieves:
    """Those of all stretches that have one, read when they are asked for; a stretch gets its own when something is put there."""

    def __init__(self) -> None:
        self._of_stretch: dict[int, Sieve] | None = None

    def sift(self, db: Database, shingles: Iterable[int]) -> list[int]:
        """Those of these that may be in the index."""
        known, passed = self._read(db), []
        for one in shingles:
            sieve = known.get(one >> STRETCH_BITS)
            if sieve is not None:
                place = (one & _IN_STRETCH) >> sieve.shift  # as `lets_through`, which would cost as much again to be called
                if not sieve.bits[place >> 3] >> (place & 7) & 1:
                    continue
            passed.append(one)
        return passed

    def note(self, db: Database, shingles: Iterable[int]) -> None:
        """Know that these were put into the index, and write the sieves of their stretches; some that are worn out are made anew."""
        known, of_stretch = self._read(db), defaultdict[int, list[int]](list)
        for shingle in shingles:
            of_stretch[shingle >> STRETCH_BITS].append(shingle)
        for stretch, some in of_stretch.items():
            if stretch in known:
                known[stretch].add(some)
        to_make = [stretch for stretch in of_stretch if stretch not in known or known[stretch].is_worn_out]
        for stretch in to_make[:MOST_MADE]:
            known[stretch] = _make_sieve(db, stretch)
        rows = [(stretch, known[stretch].bits, crc32(known[stretch].bits, stretch)) for stretch in of_stretch if stretch in known]
        replaced = "ON CONFLICT (stretch) DO UPDATE SET bits = excluded.bits, crc = excluded.crc"
        insert_rows(db, "shingle_sieves", ("stretch", "bits", "crc"), rows, replaced)

    def _read(self, db: Database) -> dict[int, Sieve]:
        if self._of_stretch is None:
            rows = db.conn.execute("SELECT stretch, bits, crc FROM shingle_sieves")
            self._of_stretch = {stretch: Sieve(bytearray(bits)) for stretch, bits, crc in rows if _is_as_written(stretch, bits, crc)}
        return self._of_stretch


def _is_as_written(stretch: int, bits: object, crc: int) -> bool:
    return isinstance(bits, bytes) and crc32(bits, stretch) == crc


def _make_sieve(db: Database, stretch: int) -> Sieve:
    first = stretch << STRETCH_BITS
    rows = db.conn.execute("SELECT DISTINCT shingle FROM shingles WHERE shingle BETWEEN ? AND ?", (first, first | _IN_STRETCH))
    return Sieve.of([shingle for (shingle,) in rows])
