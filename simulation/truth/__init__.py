"""What really happens in the fictional city: hidden sites, reports, visits."""
