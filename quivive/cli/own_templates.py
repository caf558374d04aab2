"""Whether the user's own mail templates work, for those who ask how everything is."""

from __future__ import annotations

from quivive.config import Configuration


def tell_template_troubles(configuration: Configuration) -> list[str]:
    """A line for each template that does not work; ours takes its place. Nothing is loaded where there are none."""
    if configuration.templates_folder is None:
        return []
    from monitors import check_templates
    from quivive.wiring import make_presentation

    language = configuration.language
    troubles = check_templates(make_presentation(configuration))
    return [language.text("warning: {key}: {message}", key="display.templates", message=language.tell(trouble)) for trouble in troubles]
