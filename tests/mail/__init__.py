"""Tests of the mail adapter, against real servers."""
