"""Resumable uploads by tus 1.0.0, as a raw ASGI application beside Django.

A Django view gets a body only once it is whole; here each piece is on disk before the next is read, so what a broken
connection brought is kept.
"""

from webapp.videos.tus.app import TUS_PATH, is_tus_path, tus_app

__all__ = ["TUS_PATH", "is_tus_path", "tus_app"]
