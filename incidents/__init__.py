"""What happens: taxonomies, source profiles, import batches, incidents, mass events and hot-spot runs."""
