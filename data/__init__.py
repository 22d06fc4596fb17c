"""Table contracts, importing, the lake, the store, results and exports."""
