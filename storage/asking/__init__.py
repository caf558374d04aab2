"""What people and the program ask of the archive."""
