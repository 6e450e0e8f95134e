"""Reading packages of every standard into one course structure. `package.read_package` is the door."""
