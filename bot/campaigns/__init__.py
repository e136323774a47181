"""Pure decisions about sharing: when, what, how it reads, and whether it is welcome now."""
