"""What a visit is made of: rules, checks, effort, next steps, the list of a day, coverage."""
