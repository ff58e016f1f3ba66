"""Names at hand: kept in the store, filled in the background."""
