"""The pages of anime, manga and people, by their addresses."""
