"""What is likely: features as of a date, the score, its explanation and its evaluation.

Throughout, ``source`` is an engine (`risk.events.rows.FeatureSource`); ``cut`` a naive local time,
or a whole day since 1970-01-01, at or after which nothing that was learnt or happened is read;
``known`` the facts of before it; ``config`` the office's policy (`risk.config.score.ScoreConfig`)
or the recipe of its find rate (`risk.config.find_rate.ModelConfig`); ``rules`` the thresholds
of a section of the settings; ``calendar`` what is known about days; and ``exposure`` counts doors.
"""
