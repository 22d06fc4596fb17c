"""Where it is: datums, addresses, cells, grids and footprints; arrays in, arrays out."""
