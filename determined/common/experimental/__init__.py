"""The objects of a cluster, as scripts handle them."""
