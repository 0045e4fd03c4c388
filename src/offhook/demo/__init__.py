"""The demo: everything on one machine, and the story played by hand or by itself. Talks over HTTP, like anybody."""
