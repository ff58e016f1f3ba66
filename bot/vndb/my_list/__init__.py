"""The panel of a person's own VNDB list: what it has of a novel or a release, shown to them alone and changed there."""
