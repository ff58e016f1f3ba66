"""Anime and manga: AniList and amvstrm behind one provider."""
