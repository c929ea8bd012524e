"""Reference data: tables with their sources, loaders and manifests."""
