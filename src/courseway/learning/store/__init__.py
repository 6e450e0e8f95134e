"""Tables of the learning room: `registrations` for people, `plays` for what a launch loads and saves."""
