"""One suite, held against every platform and every database."""
