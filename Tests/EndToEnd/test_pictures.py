"""Pictures of products, from the upload to the screen: hostile files, what renditions hold, kills, pages."""

import contextlib
import io
import json
import os
import random
import signal
import socket
import struct
import subprocess
import threading
import zlib
from pathlib import Path

import pytest
import requests
from PIL import Image

from instance import Bodega, program, wait_for
from pictures import drawn, picture, saved


@pytest.fixture(scope="module")
def bodega():
    with Bodega("--request-rate", 0, "--token-rate", 0) as running:
        yield running


def product(bodega):
    made = bodega.api.post("/api/products", json={"sku": f"P-{random.randrange(10 ** 12)}", "name": "Pictured"})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def add(bodega, number, content, **more):
    return bodega.api.post(f"/api/products/{number}/images", data=content, **more)


def shown(bodega, image, side="1600"):
    answer = bodega.api.get(image["media"][side])
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "image/webp" and "immutable" in answer.headers["Cache-Control"]
    return Image.open(io.BytesIO(answer.content))


def blobs(bodega):
    return sorted(path.name for path in (bodega.data / "blobs").rglob("*") if path.is_file())


# What is taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_is_shown_and_kept_once(bodega, kind):
    first, second = product(bodega), product(bodega)
    content = picture(f"#{random.randrange(1 << 24):06x}", (2000, 1000), kind)
    made = add(bodega, first, content, headers={"X-Filename": "f%C3%BCr%20alle.bin"})
    assert made.status_code == 201, made.text
    image = made.json()
    assert (image["width"], image["height"], image["format"]) == (2000, 1000, kind.lower())
    assert image["filename"] == "für alle.bin" and image["file_size"] == len(content)
    assert [shown(bodega, image, side).size for side in ("96", "480", "1600")] == [(96, 48), (480, 240), (1600, 800)]
    before = blobs(bodega)
    form = bodega.api.post(f"/api/products/{second}/images", files={"file": ("x.png", content)}, data={"alt_text": "Again"})
    assert form.status_code == 201 and form.json()["file_hash"] == image["file_hash"], form.text
    assert blobs(bodega) == before
    assert add(bodega, first, content).json()["existing_id"] == image["id"]
    assert bodega.run("blobs", "verify").returncode == 0


def test_renditions_hold_nothing_but_upright_pixels(bodega):
    """All eight orientations, with a place, a profile and words in the file."""
    number = product(bodega)
    upright = drawn(size=(600, 400))
    turns = [None, Image.FLIP_LEFT_RIGHT, Image.ROTATE_180, Image.FLIP_TOP_BOTTOM, Image.TRANSPOSE, Image.ROTATE_90, Image.TRANSVERSE,
             Image.ROTATE_270]
    for orientation, turn in enumerate(turns, 1):
        stored = upright if turn is None else upright.transpose(turn)
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = orientation, "a secret description"
        exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
        content = saved(stored, "JPEG", exif=exif, quality=95, comment=b"a secret comment")
        made = add(bodega, number, content)
        assert made.status_code == 201, made.text
        image = made.json()
        assert (image["width"], image["height"]) == (600, 400), orientation
        seen = shown(bodega, image)
        assert seen.size == (600, 400) and not {"exif", "xmp", "icc_profile", "comment"} & seen.info.keys(), seen.info
        corners = [seen.convert("RGB").getpixel(place) for place in ((60, 60), (540, 60), (60, 340), (540, 340))]
        for corner, wanted in zip(corners, [(255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)]):
            assert max(abs(a - b) for a, b in zip(corner, wanted)) < 60, (orientation, corners)
        raw = bodega.api.get(image["media"]["1600"]).content
        assert b"secret" not in raw and b"EXIF" not in raw and b"ICCP" not in raw


def test_colours_and_transparency(bodega):
    number = product(bodega)
    clear = add(bodega, number, saved(Image.new("RGBA", (40, 40), (255, 0, 0, 0)))).json()
    assert shown(bodega, clear).convert("RGBA").getpixel((20, 20))[3] == 0
    for image in (drawn().convert("CMYK"), drawn().convert("L"), drawn().convert("P"), drawn().convert("1"), Image.new("I;16", (40, 40), 40_000)):
        made = add(bodega, number, saved(image, "JPEG" if image.mode == "CMYK" else "PNG"))
        assert made.status_code == 201, (image.mode, made.text)
        assert shown(bodega, made.json()).mode in ("RGB", "RGBA"), image.mode
    frames = [Image.new("P", (8, 8), number % 256) for number in range(10_000)]
    made = add(bodega, number, saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert made.status_code == 201 and getattr(shown(bodega, made.json()), "n_frames", 1) == 1, made.text


# What is refused


def png(width, height, pixels=b"\0" * 1000):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def cut(kind):
    content = picture(size=(640, 480), kind=kind)
    return content[:len(content) // 2]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "empty": (b"", 400, "no_file"), "svg": (SVG, 415, "not_a_picture"), "svg with a mark": (b"\xef\xbb\xbf<?xml?>" + SVG, 415, "not_a_picture"),
    "html": (b"<html><script>alert(1)</script>", 415, "not_a_picture"), "zip": (b"PK\x03\x04" + b"x" * 100, 415, "not_a_picture"),
    "pdf": (b"%PDF-1.7\n", 415, "not_a_picture"), "tiff": (b"II*\0" + b"\0" * 100, 415, "not_a_picture"),
    "bomb": (png(20_000, 20_000), 422, "too_many_pixels"), "thin": (png(1, 100_000), 422, "too_many_pixels"),
    "too wide": (png(30_001, 1), 422, "too_many_pixels"), "no width": (png(0, 5), 422, "damaged_picture"),
    "short pixels": (png(3000, 3000), 422, "damaged_picture"), "head of a jpeg": (b"\xff\xd8\xff\xe0" + b"\0" * 50, 422, "damaged_picture"),
    "script behind a gif's mark": (b"GIF89a/*" + b"*/=1;alert(1)", 422, "damaged_picture"),
    "heic without content": (struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic", 422, None),
    **{f"half a {kind}": (cut(kind), 422, "damaged_picture") for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_and_nothing_is_kept(bodega, name):
    content, status, code = HOSTILE[name]
    number = product(bodega)
    before = blobs(bodega)
    for answer in (add(bodega, number, content), bodega.api.post(f"/api/products/{number}/images", files={"file": ("a.png", content)})):
        # An empty part with a name is a file without content.
        if name == "empty" and answer.request.body:
            status, code = 422, "empty_picture"
        assert answer.status_code == status, (answer.status_code, answer.text)
        assert code is None or answer.json()["code"] == code, answer.text
        assert answer.json()["detail"] and answer.headers["Content-Type"] == "application/problem+json"
    assert blobs(bodega) == before and bodega.api.get(f"/api/products/{number}/images").json()["items"] == []


def test_a_file_that_is_two_things_shows_as_a_picture_only(bodega):
    number = product(bodega)
    for kind in ("JPEG", "GIF", "PNG"):
        made = add(bodega, number, picture(f"#{random.randrange(1 << 24):06x}", kind=kind) + b"PK\x03\x04<script>alert(1)</script>")
        assert made.status_code == 201, (kind, made.text)
        for path in made.json()["media"].values():
            content = bodega.api.get(path).content
            assert content[8:12] == b"WEBP" and b"script" not in content and b"PK\x03\x04" not in content
        # The file itself is handed out nowhere.
        assert bodega.api.get(f"/media/{made.json()['file_hash']}").status_code == 404
        assert bodega.api.get(f"/internal/blobs/{made.json()['file_hash'][:2]}/{made.json()['file_hash']}").status_code in (401, 404)


def test_broken_bytes_anywhere_never_hurt(bodega):
    chance = random.Random(7)
    number = product(bodega)
    for _ in range(40):
        content = bytearray(picture(size=(200, 150), kind=chance.choice(["JPEG", "PNG", "WEBP", "GIF", "AVIF"])))
        for _ in range(chance.randint(1, 20)):
            content[chance.randrange(12, len(content))] = chance.randrange(256)
        answer = add(bodega, number, bytes(content))
        assert answer.status_code in (201, 409, 415, 422), answer.text
    assert wait_for(bodega.health, "not well any more")


def test_a_file_that_is_too_long(bodega):
    number = product(bodega)
    content = picture() + b"\0" * 40_000_001
    for answer in (add(bodega, number, content), bodega.api.post(f"/api/products/{number}/images", files={"file": ("a.png", content)})):
        assert answer.status_code == 413 and answer.json()["code"] == "picture_too_large", answer.text


def test_fifty_million_pixels_are_read_within_the_limit(bodega):
    number = product(bodega)
    noise = Image.effect_noise((1024, 1000), 80).convert("RGB").resize((8192, 6100), Image.NEAREST)
    made = add(bodega, number, saved(noise, "JPEG", quality=60))
    assert made.status_code == 201 and shown(bodega, made.json()).size == (1600, 1191), made.text


def test_a_picture_that_kills_its_reader_kills_nobody_else(bodega):
    """The process that reads is killed from outside, as a hostile picture might do from inside: the next one is taken."""
    number = product(bodega)
    for attempt in range(20):
        content = saved(Image.new("RGB", (7000, 7000), (attempt, 80, 90)), "PNG")
        answers = []
        thread = threading.Thread(target=lambda: answers.append(add(bodega, number, content)))
        thread.start()
        killed = set()
        while thread.is_alive():
            for pid in set(bodega.pids("picture")) - killed:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        thread.join()
        if answers[0].status_code == 422:
            break
        # It was quicker than we are.
        assert answers[0].status_code == 201, answers[0].text
    assert answers[0].json()["code"] == "picture_takes_too_much", answers[0].text
    assert add(bodega, number, content).status_code == 201
    assert bodega.run("blobs", "verify").returncode == 0


def test_what_reads_pictures_is_confined():
    """It can open, send and start nothing when it is handed the first picture, and reads it all the same."""
    ours, theirs = socket.socketpair()
    reader = subprocess.Popen(
        [program(), "picture"], env={}, pass_fds=[3], preexec_fn=lambda: os.dup2(theirs.fileno(), 3),
    )
    theirs.close()

    def message():
        length = int.from_bytes(ours.recv(4, socket.MSG_WAITALL), "big")
        return ours.recv(length, socket.MSG_WAITALL) if length else b""

    with ours:
        status = Path(f"/proc/{reader.pid}/status")
        wait_for(lambda: "Seccomp:\t2" in status.read_text(), "it is not confined")
        content = picture("#80a0c0", (300, 200))
        ours.sendall(len(content).to_bytes(4, "big") + content)
        facts = json.loads(message())
        assert (facts["width"], facts["height"]) == (300, 200) and len(message()) == sum(facts["sizes"])
    assert reader.wait(timeout=60) == 0


def test_kill_everything_in_the_middle_of_uploads(fresh):
    """What was acknowledged is there with its file; what was not left at most a file that nobody knows."""
    bodega = fresh()
    number = product(bodega)
    taken = []
    for round_number in range(3):
        for index in range(4):
            answer = add(bodega, number, picture(f"#{round_number:02x}{index:02x}77", (300, 200)))
            assert answer.status_code == 201, answer.text
            taken.append(answer.json()["file_hash"])
        sent = threading.Event()

        def upload():
            sent.set()
            try:
                answer = add(bodega, number, picture(f"#{round_number:02x}ff33", (3000, 2000)))
                if answer.status_code == 201:
                    taken.append(answer.json()["file_hash"])
            except (requests.RequestException, ValueError):
                pass

        thread = threading.Thread(target=upload)
        thread.start()
        sent.wait()
        bodega.kill_everything()
        thread.join()
        bodega.up()
    there = bodega.api.get(f"/api/products/{number}/images?limit=100").json()["items"]
    assert {image["file_hash"] for image in there} >= set(taken)
    for image in there:
        for side in image["media"]:
            shown(bodega, image, side)
    checked = bodega.run("blobs", "verify")
    assert checked.returncode == 0, checked.stdout
    assert bodega.run("audit", "verify").returncode == 0


# Who may look


def test_pictures_are_behind_the_login(bodega):
    number = product(bodega)
    path = add(bodega, number, picture("#010203")).json()["media"]["96"]
    for headers in ({}, {"Authorization": "Bearer bodega_nonsense"}, {"Accept": "image/webp"}):
        refused = requests.get(bodega.url + path, headers=headers, allow_redirects=False)
        assert refused.status_code == 401 and refused.headers["Content-Type"] == "application/problem+json", refused.text
        assert refused.json()["request_id"]
    reader = {"Authorization": f"Bearer {bodega.token('read:products')}"}
    assert requests.get(bodega.url + path, headers=reader).status_code == 200
    head = requests.head(bodega.url + path, headers=reader)
    assert head.status_code == 200 and head.content == b""
    other = {"Authorization": f"Bearer {bodega.token('write:products')}"}
    assert requests.get(bodega.url + path, headers=other).status_code == 403
    for wrong in (path.replace("-96", "-97"), path.replace(".webp", ""), "/media/none", "/media/..%2fx", path[:-6] + "%00"):
        answer = requests.get(bodega.url + wrong, headers=reader)
        assert answer.status_code in (400, 404) and answer.headers["Content-Type"] == "application/problem+json", wrong
    assert requests.post(bodega.url + path, headers=reader).status_code == 405


def test_the_page_takes_several_without_script(bodega):
    number = product(bodega)
    token = bodega.api.headers["X-CSRF-Token"]
    form = {"csrf_token": token}
    files = [("file", ("one.png", picture("#111111"))), ("file", ("bad<b>.svg", SVG)), ("file", ("two.png", picture("#222222")))]
    plain = requests.Session()
    plain.cookies.update(bodega.api.cookies)
    refused = plain.post(f"{bodega.url}/products/{number}/images", files=files, allow_redirects=False)
    assert refused.status_code == 403
    mixed = plain.post(f"{bodega.url}/products/{number}/images", files=files, data=form, allow_redirects=False)
    assert mixed.status_code == 422 and "bad&lt;b&gt;.svg: The file is no JPEG" in mixed.text
    images = bodega.api.get(f"/api/products/{number}/images").json()["items"]
    assert [image["filename"] for image in images] == ["one.png", "two.png"]
    page = plain.get(f"{bodega.url}/products/{number}").text
    assert all(image["media"]["480"] in page for image in images)
    assert images[0]["media"]["96"] in plain.get(f"{bodega.url}/products").text
