"""What `config.yaml` means and how it is refused."""
