"""What is particular to each adapter: its own words in, its own words out."""
