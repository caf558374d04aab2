"""Text to words, words to stems: the one analysis that topics, search and index share."""
