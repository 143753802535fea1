"""What the two hands do in each task, written with the pen of `inference.simulator.script`."""
