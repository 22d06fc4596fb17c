"""Patrols: who looks where next week; pure numbers and frames, no store and no page."""
