"""By what texts are known to have words in common: a sample of their shingles, always the same ones for the same words. Pure.

Of the runs of five words of a text one in sixteen is taken and kept as a hash, so that two texts share about as much of their samples as of
their words. Of a description that would be one or two, and chance would tell of what it is a copy: so of a short text all runs are taken.
The last bit of those that would be in the sample of a longer text too is set, and a longer text is compared with these alone.

After Broder, "On the resemblance and containment of documents" (1997), where a sample is taken by a divisor too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from itertools import compress
from zlib import crc32

__all__ = ["SAMPLED_ONE_IN", "SAMPLING_VERSION", "WHOLE_RUNS", "hash_mark", "one_in_of", "sample_joined", "sample_shingles", "thin_out"]

SAMPLING_VERSION = 3
"""Raise it with every change of which runs are sampled, and of their hashes: those of a text that is known must be made anew."""
SHINGLE_WORDS = 5
SAMPLED_ONE_IN = 16
"""A divisor of 256: it is a byte that decides."""
WHOLE_RUNS = 64
"""Of a text of so many runs or fewer all are taken: of a description, and of a teaser of 400 characters."""

_MARK_BYTES = 6
_TURNED = [bytes((byte << place | byte >> 8 - place) & 255 for byte in range(256)) for place in range(SHINGLE_WORDS)]
"""For each place in a run, every byte with its bits turned round by so many."""
_IS_SAMPLED = bytes(byte % SAMPLED_ONE_IN == 0 for byte in range(256))
"""For each byte that the words of a run may give, 1 if the run is sampled of any text, and else 0: the last bit of its shingle."""


def sample_shingles(tokens: Sequence[str]) -> frozenset[int]:
    """The sampled shingles of a text's words, as numbers of 48 bits.

    Those of one run in `SAMPLED_ONE_IN` are odd; a longer text has no others.
    """
    return sample_joined(" ".join(tokens))


def sample_joined(tokens: str) -> frozenset[int]:
    """The same of words that are joined by spaces, as they come from another process.

    Which runs are sampled is told by the bytes of their words, so that only these are put together and hashed: each word gives a byte, and
    a run those of its five words xor-ed, which is done for all runs of the text at once, as numbers of as many bytes. Each is turned round
    by its place in the run first: else the order of the words would not count, nor would a word that comes twice.
    """
    words = tokens.encode().split(b" ")
    runs = len(words) - SHINGLE_WORDS + 1
    if runs < 1:
        return frozenset()
    bytes_of_words, mixed = bytes([checksum & 255 for checksum in map(crc32, words)]), 0
    for place, turned in enumerate(_TURNED):
        mixed ^= int.from_bytes(bytes_of_words[place : place + runs].translate(turned))
    is_sampled = mixed.to_bytes(runs).translate(_IS_SAMPLED)
    starts = range(runs) if runs <= WHOLE_RUNS else compress(range(runs), is_sampled)
    return frozenset([hash_mark(b" ".join(words[start : start + SHINGLE_WORDS])) & ~1 | is_sampled[start] for start in starts])


def one_in_of(shingles: Collection[int]) -> int:
    """Of how many runs of a text one is in this sample of it: 1 or `SAMPLED_ONE_IN`.

    A sample with nothing but odd shingles is taken for that of a longer text. So is, wrongly, that of a short text whose runs are all odd
    by chance: of texts of six words, which have two runs, one in 256, and of those of more hardly any.
    """
    return SAMPLED_ONE_IN if all(shingle & 1 for shingle in shingles) else 1


def thin_out(shingles: Collection[int], one_in: int) -> frozenset[int]:
    """Those of a sample that would be in it if of so many runs one had been taken."""
    return frozenset(shingles if one_in == 1 else [shingle for shingle in shingles if shingle & 1])


def hash_mark(of: bytes) -> int:
    """A hash of 48 bits, of a run of words or of whatever else an article is known by."""
    return int.from_bytes(blake2b(of, digest_size=_MARK_BYTES).digest())
