"""Photos made anew: decoded within limits, turned upright, made smaller, written again without any hidden data."""

from __future__ import annotations

import datetime as dt
import io
import warnings

from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from tongzhou.chain.intake.models import Attachment, Contact, KeptPhoto, Submission
from tongzhou.chain.intake.services.codes import hash_secret
from tongzhou.chain.intake.types import Photo
from tongzhou.kernel import clock, crypto, ids
from tongzhou.kernel.errors import Refusal

__all__ = ["LARGEST_BYTES", "LARGEST_PIXELS", "attach", "forget_kept", "keep", "kept", "open_photo", "remake"]

#: A phone's own photo; larger ones are refused before anything is decoded.
LARGEST_BYTES = 10 * 1024 * 1024
#: Pixels, judged from the file's head before any is decoded (a bomb is small on disk and huge in memory).
LARGEST_PIXELS = 50_000_000
#: Longest side of what is kept, in pixels: a label on a box stays readable.
SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")
#: How long a photo waits for its form to be corrected.
KEPT_FOR = dt.timedelta(hours=24)


def remake(content: bytes) -> Photo:
    """The photo in `content` as a small clean JPEG.

    Raises ``Refusal("too_large")`` and ``Refusal("photo_bad")`` (not a photo, another kind of file, broken, a bomb).
    """
    if len(content) > LARGEST_BYTES:
        raise Refusal("too_large", limit="10 MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                return Photo(_clean(image))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise Refusal("photo_bad") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refusal("photo_bad") from error


def _clean(image: Image.Image) -> bytes:
    if image.width * image.height > LARGEST_PIXELS or min(image.size) < 1:
        raise Refusal("photo_bad")
    image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded small at once
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((SIDE, SIDE))
    # Pixels only: a new image carries no EXIF, no comments, no colour profile, no thumbnail.
    clean = Image.new("RGB", upright.size, "white")
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        clean.paste(layer, mask=layer.getchannel("A"))
    else:
        clean.paste(upright.convert("RGB"))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


@transaction.atomic
def keep(photo: Photo, *, scope: str) -> str:
    """Keep a photo sealed until its form is right; the token that names it (for a hidden field)."""
    token = ids.new_secret()
    row = KeptPhoto(token_hash=hash_secret(token), content_type=photo.content_type, expires_at=clock.now() + KEPT_FOR)
    crypto.prepare(row, scope)
    row.content = crypto.seal_bytes(row, "content", photo.content)
    row.save(force_insert=True)
    return token


def kept(token: str) -> Photo | None:
    """The photo kept under `token`, or None when there is none (any more)."""
    row = KeptPhoto.objects.filter(token_hash=hash_secret(token), expires_at__gt=clock.now()).first() if token else None
    if row is None:
        return None
    return Photo(crypto.unseal_bytes(row, "content", bytes(row.content)), row.content_type)


def forget_kept(now: dt.datetime | None = None, *, token: str = "") -> int:
    """Drop the photos nobody came back for (or the one of `token`); how many. Called by the tick."""
    old = KeptPhoto.objects.filter(expires_at__lte=now or clock.now())
    if token:
        old = KeptPhoto.objects.filter(token_hash=hash_secret(token))
    return old.delete()[0]


def attach(submission: Submission, contact: Contact, photo: Photo) -> Attachment:
    """A row for the photo, sealed under the contact's key; not saved yet."""
    row = Attachment(submission=submission, content_type=photo.content_type, size=len(photo.content))
    row.content = crypto.seal_bytes(contact, f"attachment:{row.pk}", photo.content)
    return row


def open_photo(attachment: Attachment, contact: Contact) -> bytes:
    """The JPEG bytes of a photo. Whoever calls it must have the right to the contact and log it (`audit.looked`)."""
    if attachment.content is None:
        raise Refusal("shredded")
    return crypto.unseal_bytes(contact, f"attachment:{attachment.pk}", bytes(attachment.content))
