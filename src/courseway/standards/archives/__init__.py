"""Judging the listing of an archive before anything is unpacked. `listing.judge_listing` is the door."""
