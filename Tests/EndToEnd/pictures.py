"""Pictures for tests, made by Pillow: another library than the one that reads them."""

import io

from PIL import Image, ImageDraw


def drawn(colour="#8a1c2b", size=(64, 48)):
    """A picture of which each corner can be told: red, green, blue and white, on a ground."""
    image = Image.new("RGB", size, colour)
    width, height = size
    draw = ImageDraw.Draw(image)
    part = min(size) // 3
    for place, corner in [((0, 0), "red"), ((width - part, 0), "green"), ((0, height - part), "blue"), ((width - part, height - part), "white")]:
        draw.rectangle((*place, place[0] + part, place[1] + part), fill=corner)
    return image


def saved(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture(colour="#8a1c2b", size=(64, 48), kind="PNG", **options):
    """The bytes of a picture's file."""
    return saved(drawn(colour, size), kind, **options)
