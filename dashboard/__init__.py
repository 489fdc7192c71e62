"""Server-rendered pages for the people at the tanks, at the line and at the desk."""
