"""Where in the configuration each key stands."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from quivive.config.places import find_lines, line_of

FILE = """\
top = 1
[a]
"quoted key" = 1
b.c = { d = 1, e = [1, 2] }
[[list]]
x = 1
[[list]]
x = [
  # a comment
  "one",
  "two",
]
[list.sub]
y = 1
[[list.inner]]
z = 1
[channels."r.d"]
type = 1
"""


def test_every_table_key_and_item_has_its_line():
    assert find_lines(FILE) == {
        "top": 1,
        "a": 2,
        "a.quoted key": 3,
        "a.b": 4,
        "a.b.c": 4,
        "a.b.c.d": 4,
        "a.b.c.e": 4,
        "a.b.c.e.0": 4,
        "a.b.c.e.1": 4,
        "list": 5,
        "list.0": 5,
        "list.0.x": 6,
        "list.1": 7,
        "list.1.x": 8,
        "list.1.x.0": 10,
        "list.1.x.1": 11,
        "list.1.sub": 13,
        "list.1.sub.y": 14,
        "list.1.inner": 15,
        "list.1.inner.0": 15,
        "list.1.inner.0.z": 16,
        "channels": 17,
        "channels.r.d": 17,
        "channels.r.d.type": 18,
    }


def test_what_is_missing_is_where_its_table_is():
    lines = find_lines(FILE)
    assert line_of("list.1.absent", lines) == 7
    assert line_of("channels.r.d.url.0", lines) == 17
    assert line_of("nowhere", lines) is None


def keys_of(value: object, key: str = "") -> set[str]:
    """The dotted keys of all that a file says."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = {f"{key}.{name}" if key else str(name): item for name, item in items}
    return set(below).union(*(keys_of(item, name) for name, item in below.items()))


names = st.sampled_from(["a", "b", '"c d"', "é" and "e"])
values = st.sampled_from(["1", '"text # no comment"', "[1, [2, 3]]", "{ x = 1, y.z = 2 }", '"""\n[no]\nb = 1"""', "[\n1, # one\n2\n]"])
statements = st.one_of(
    st.builds("{} = {}".format, st.lists(names, min_size=1, max_size=2).map(".".join), values),
    st.builds("[{}]".format, st.lists(names, min_size=1, max_size=3).map(".".join)),
    st.builds("[[{}]]".format, st.lists(names, min_size=1, max_size=2).map(".".join)),
    st.just("# a comment"),
    st.just(""),
)


@given(st.lists(statements, max_size=8))
def test_whatever_a_good_file_says_has_a_line_within_it(lines):
    text = "\n".join(lines)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = find_lines(text)
    assert keys_of(content) <= set(found)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
