"""Foundation: arrays and frames in, arrays and frames out. No Django, no disk, no network, no clock."""
