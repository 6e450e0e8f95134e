"""The values and decisions of the dispatch room; nothing here does IO."""
