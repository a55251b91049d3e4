"""Every change of this app, one file per process."""
