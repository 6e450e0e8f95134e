"""Engines that know no product word: database, objects, queue, clock, web edge."""
