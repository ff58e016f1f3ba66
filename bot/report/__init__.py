"""Tells a host's Sentry of errors, if there is one: where and of what kind, and nothing of anybody's."""
