"""The language of the program: what an article, a source, a topic, a query and an alert is, and every judgement about them.

Pure: no network, disk, clock, environment or chance; what is needed of them is an argument. All other rooms import this one, and it
imports none of them. Its face is made of modules, each named for what it decides or names; others may import

- the types that all rooms share: `source_specs`, `sources`, `site_feeds`, `articles`, `topics`, `matches`, `alerts`, `health_news`,
  `surges`, `answers`, `search_answers`, `alert_answers`, `story_answers`, `rebuilding`, `things`, `one_thing`, `errors`;
- the decisions: `preparing`, `keys`, `places`, `judging`, `cuts`, `parts`, `arriving`, `adopting`, `showings`, `settling`, `sayings`,
  `concluding`, `page_readings`, `article_facts`, `comparing`, `alerting`, `consequences`, `corrections`, `edits`, `delivering`, `plans`,
  `follow_ups`, `escalating`, `digests`, `muting`, `scheduling`, `schedules`, `timing`, `header_times`, `gaps`, `repairing`, `covering`,
  `websub`, `circuits`, `pace`, `care`, `health`, `moving`, `own_line`, `foreseeing`, `volume`, `sampling`, `copies`, `headlines`,
  `sketches`, `stories`, `placing`, `resampling`;
- when sources are asked, besides: `rhythm`, `pacing`, `silence`, `freshness`, `trusting`;
- what is compared: `fingerprints`, `names`, `urls`, `walls`, `differences`, `disagreeing`, `otherwise`; what people type: `durations`,
  `tables`;
- where the network may lead: `addresses`;
- what is told to people, before it has a language: `wording`, `telling_differences`;
- the rooms within, each by its own face: `query`, `text`.

What is not in this list is for the modules of this room alone (`docs/decisions/0019-the-face-of-news.md`).
"""
