"""I/O errors on demand: libfiu in front of the system calls of the processes under test (see io_faults.c)."""

import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

PRELOAD = Path("/usr/lib/fiu/fiu_posix_preload.so")
SOURCE = Path(__file__).with_name("io_faults.c")

WRITE, PWRITE = "posix/io/rw/write", "posix/io/rw/pwrite"
FSYNC, FDATASYNC = "posix/io/sync/fsync", "posix/io/sync/fdatasync"
RENAME, UNLINK = "posix/io/dir/rename", "posix/io/dir/unlink"
OPEN, READ, PREAD = "posix/io/oc/open", "posix/io/rw/read", "posix/io/rw/pread"
TRUNCATE = "posix/io/rw/ftruncate"
SHORT_WRITE, SHORT_PWRITE = f"{WRITE}/reduce", f"{PWRITE}/reduce"
POINTS = [WRITE, PWRITE, FSYNC, FDATASYNC, RENAME, UNLINK, OPEN, READ, PREAD, TRUNCATE, SHORT_WRITE, SHORT_PWRITE,
          "posix/io/rw/pwritev"]
FOREVER = 1 << 62


class Faults:
    """Which call of which processes fails. Takes effect at once, also in processes that run already."""

    LAYOUT = struct.Struct("=16s64sqqqqq")
    COUNTER = struct.Struct("=48sq")
    HITS = 112

    def __init__(self, folder):
        self.library = folder / "io_faults.so"
        compiler = shutil.which("clang") or shutil.which("cc")
        assert compiler and PRELOAD.exists(), "a C compiler and the packages fiu-utils and libfiu-dev are needed"
        subprocess.run([compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", self.library, SOURCE, "-lfiu"],
                       check=True)
        self.path = folder / "io_faults"
        self.path.write_bytes(bytes(self.LAYOUT.size) + b"".join(
            self.COUNTER.pack(name.encode(), 0) for name in POINTS + [""] * (16 - len(POINTS))))
        self.path.chmod(0o666)
        with self.path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    @property
    def variables(self):
        """To be set for the processes under test."""
        return {"LD_PRELOAD": f"{self.library}:{PRELOAD}", "BODEGA_IO_FAULTS": str(self.path)}

    def arm(self, role, point, first=1, last=FOREVER, error=0):
        """The calls `first` to `last`, counted over all processes of the role from now on, fail with this errno."""
        assert point in POINTS or not point
        for index in range(len(POINTS)):
            at = self.LAYOUT.size + index * self.COUNTER.size + 48
            self.memory[at:at + 8] = bytes(8)
        self.memory[:self.LAYOUT.size] = self.LAYOUT.pack(role.encode(), b"", first, last, error, 0, 0)
        self.memory[16:80] = point.encode().ljust(64, b"\0")

    def count(self, role):
        """From now on the calls of these processes are counted, and none fails."""
        self.arm(role, "")

    def disarm(self):
        self.memory[16:80] = bytes(64)

    @property
    def hits(self):
        """How many calls have failed since it was armed."""
        return struct.unpack_from("=q", self.memory, self.HITS)[0]

    def calls(self):
        """How often each point was passed since the role was set."""
        found = {}
        for index, name in enumerate(POINTS):
            found[name] = self.COUNTER.unpack_from(self.memory, self.LAYOUT.size + index * self.COUNTER.size)[1]
        return found


def places(count, wanted):
    """So many of the calls 1 … count, evenly spread, from the first on; the last ones are not there in each run."""
    return sorted({1 + step * count // min(count, wanted) for step in range(min(count, wanted))}) if count else []
