"""The demo: a simulated comuna written as the files an office would bring, and the loop that runs on them."""
