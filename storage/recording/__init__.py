"""What happened, written: polls, pages, articles, alerts and what came of telling them."""
