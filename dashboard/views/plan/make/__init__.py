"""Making a plan or a campaign."""
