"""Screen texts: adverts and complaints into the policy's forms, visits into results."""
