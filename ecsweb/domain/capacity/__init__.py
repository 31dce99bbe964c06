"""Capacity that is no container instance, and capacity that grows by itself."""
