"""What every trained or fetched artifact shares: its manifest, the catalogue of base models, device and dtype."""
