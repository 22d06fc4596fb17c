"""What people report on the public page, until it is a lead, and what they are told of it."""
