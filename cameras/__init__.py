"""What is seen: camera register and the coverage of ground and harm."""
