"""Screen adverts and complaint texts into the policy's forms, disguises undone."""
