"""One thing, whole: an article, an alert, a delivery, a source or a topic with everything that the archive knows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from news.one_thing import Whole
from news.things import Thing, ThingKind
from news.topics import Entity, Topic
from storage.asking.whole_alerts import get_alert, get_delivery
from storage.asking.whole_articles import get_article_in_story
from storage.asking.whole_sources import get_source
from storage.asking.whole_topics import get_topic
from storage.file.database import Database


def tell_whole(db: Database, thing: Thing, topics: Sequence[Topic], entities: Mapping[str, Entity], now: datetime) -> Whole:
    """Everything about a thing that `find_things` found in the same state of the archive.

    `topics` and the `entities` that they ask for are those of the configuration.
    """
    match thing.kind:
        case ThingKind.ARTICLE:
            return get_article_in_story(db, int(thing.key), topics, entities)
        case ThingKind.ALERT:
            return get_alert(db, thing.key)
        case ThingKind.DELIVERY:
            return get_delivery(db, thing.key)
        case ThingKind.SOURCE:
            return get_source(db, int(thing.key), now)
        case ThingKind.TOPIC:
            return get_topic(db, thing.key, topics, now)
        case _:
            assert_never(thing.kind)
