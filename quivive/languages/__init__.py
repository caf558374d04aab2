"""The languages in which people are spoken to. `make_language` and `find_language_code` are its face; what one can say, `news/wording.py`.

English is the source; the translations are in `catalogues/`, and `make messages` brings them up to date.
"""

from quivive.languages.choosing import DEFAULT, LANGUAGES, find_language_code, peek_language_code
from quivive.languages.speaking import make_language

__all__ = ["DEFAULT", "LANGUAGES", "find_language_code", "make_language", "peek_language_code"]
