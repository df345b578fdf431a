"""A tour of the whole public SDK: some six hundred steps on a fresh master, each with its answer.

It is told to this project's client, and (`nox -s interop`) to the released one on this project's master. The answers
are held against those of the released client (``tests/recorded``). Nothing imports ``determined`` before a tour has
made its own home, and the released client's interpreter runs this package too: it imports nothing of the other tests.
"""
