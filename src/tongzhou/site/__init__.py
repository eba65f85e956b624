"""The only room that knows every app: settings, URLs, middleware, base templates and static files, timed ticks."""
