"""What a backtest asks: tables, units, outcomes, origins, plans and settings."""
