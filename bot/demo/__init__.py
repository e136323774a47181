"""The sample brand's week: its blog and its people as data, ready to be played. Who plays them is not known here."""
