"""The file itself: its tables, who opens it, who writes it, and copies of it."""
