"""AniList: its questions in GraphQL, its answers, its errors."""
