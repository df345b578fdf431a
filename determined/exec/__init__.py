"""What runs around a trial's own code: preparation, launch and supervision of its processes."""
