"""How bash is told what Tab offers. Imported when it asks, and by no command: click's part of this costs every start."""

from __future__ import annotations

import re

from click.shell_completion import BashComplete, CompletionItem, add_completion_class


class QuotingBashComplete(BashComplete):
    """bash puts in what it is given as it is: a name with spaces would become several words."""

    def format_completion(self, item: CompletionItem) -> str:
        quoted = re.sub(r"([^\w@%+=:,./-])", r"\\\1", str(item.value))
        return f"{item.type},{quoted}"


add_completion_class(QuotingBashComplete)
