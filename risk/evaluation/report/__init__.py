"""What a backtest says: summary, verdict, overstatement, fairness, stored results."""
