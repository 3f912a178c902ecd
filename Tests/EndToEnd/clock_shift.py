"""The wall clock of the processes under test, put forward and back while they run (see clock_shift.c)."""

import mmap
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("clock_shift.c")
HOUR = 3600
YEAR = 365 * 24 * HOUR


class WallClock:
    """What a machine's clock says, beside what it should. The clocks that count from the start of the machine go on as
    they are."""

    def __init__(self, folder):
        self.library = folder / "clock_shift.so"
        compiler = shutil.which("clang") or shutil.which("cc")
        assert compiler, "a C compiler is needed"
        subprocess.run([compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", self.library, SOURCE, "-ldl"],
                       check=True)
        self.path = folder / "clock_shift"
        self.path.write_bytes(bytes(8))
        self.path.chmod(0o644)
        with self.path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    @property
    def variables(self):
        """To be set for the processes under test."""
        return {"LD_PRELOAD": str(self.library), "BODEGA_CLOCK_SHIFT": str(self.path)}

    def put(self, seconds):
        """From now on the clock is wrong by so many seconds; 0 puts it right."""
        self.memory[:8] = int(seconds).to_bytes(8, "little", signed=True)
