"""Does the score find more than counting does?"""
