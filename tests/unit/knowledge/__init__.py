"""What is known, found, judged and quoted."""
