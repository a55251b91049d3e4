"""A believable town from a seed: ground, water, streets, people, and the incidents that happen among them.

Everything is metres around the town's centre; every random draw comes from a named stream of the seed, so that adding a
draw in one part changes no other part. No files, no clock: the caller gives the dates.
"""
