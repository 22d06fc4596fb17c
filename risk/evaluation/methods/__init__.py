"""The methods that a backtest compares."""
