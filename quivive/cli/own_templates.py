"""Whether the user's own templates work, for those who ask how everything is."""

from __future__ import annotations

from quivive.config import Configuration


def tell_template_troubles(configuration: Configuration) -> list[str]:
    """A line for each template that does not work. Nothing is loaded where there are none."""
    from monitors import OUR_BODIES, bodies_of

    bodies = {channel: name for channel, name in bodies_of(configuration.channels.values()).items() if name not in OUR_BODIES}
    if configuration.templates_folder is None and not bodies:
        return []
    from monitors import check_bodies, check_templates
    from quivive.wiring import make_presentation

    presentation = make_presentation(configuration)
    troubles = [("display.templates", trouble) for trouble in check_templates(presentation)]
    troubles += [(f"channels.{channel}.template", trouble) for channel, trouble in check_bodies(bodies, presentation)]
    language = configuration.language
    return [language.text("warning: {key}: {message}", key=key, message=language.tell(trouble)) for key, trouble in troubles]
