"""The JSON of stories: a line of `stories --json`, and what `show --json` says of an article's place in its story."""

from __future__ import annotations

from news.copies import CopyOf
from news.story_answers import PlaceInStory, StoryArticle, StoryRecord
from quivive.cli.json_answers import JsonObject, optional_time_json, time_json


def story_json(story: StoryRecord) -> JsonObject:
    """A line of `stories --json`."""
    return {
        "id": story.story_id,
        "title": story.title,
        "started_at": time_json(story.started_at),
        "updated_at": time_json(story.updated_at),
        "sources": list(story.sources),
        "topics": list(story.topics),
        "articles": [_article_json(article) for article in story.articles],
    }


def place_json(place: PlaceInStory | None) -> JsonObject:
    """The story of an article, of what it is a copy, and why it is where it is."""
    if place is None:
        return {"story_id": None, "story": None}
    because: JsonObject = {
        "reason": place.because,
        "nearness": place.nearness,
        "nearest_id": place.nearest_id,
        "words": list(place.words),
        "copy_reason": None if place.copy is None else place.copy.reason,
    }
    copied = {**_copy_json(place.copy), "copies": list(place.copies)}
    return {"story_id": place.story.story_id, "story": story_json(place.story), **copied, "because": because}


def _article_json(article: StoryArticle) -> JsonObject:
    return {
        "id": article.article_id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "published_at": optional_time_json(article.published_at),
        "first_seen_at": time_json(article.first_seen_at),
        **_copy_json(article.copy),
    }


def _copy_json(copy: CopyOf | None) -> JsonObject:
    return {"copy_of": None, "share": None} if copy is None else {"copy_of": copy.article_id, "share": copy.share}
