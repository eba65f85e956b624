"""The demo's own pages: look as a role, five guided steps. Outside the demo nothing here can be reached."""
