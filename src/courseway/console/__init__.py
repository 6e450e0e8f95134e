"""The operators' web pages: server-rendered, calling the rooms' services and nothing below them. The face of the console."""
