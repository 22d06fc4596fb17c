"""Overview of the offices below: figures that they tell, and no row of any."""
