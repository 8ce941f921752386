"""Addresses of Sansan's own pages, for people."""

# Sansan documents no address of a card's page, and none is known for sure: people are led to where they can search.
SEARCH_PAGE = "https://ap.sansan.com/v/"
