"""How `bindings` is made: its classes and functions are drawn from the facts when they are first asked for.

`facts` reads what is known of each, `base` is what all have in common, `messages` makes the classes, `calls` the
functions, and `drawing` gives the module its names.
"""
