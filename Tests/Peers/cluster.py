"""A PostgreSQL of its own for a measurement, which is gone afterwards however that ends."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile


class Cluster:
    """Started by `limen database start`; gives the connection string of its superuser."""

    def __init__(self, program, folder=None):
        self.program = str(program)
        # PostgreSQL runs as another user when root starts it, and must get there.
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="limen-rows-"))

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        os.chmod(self.folder, 0o711)
        try:
            return self._run("start").strip()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        with contextlib.suppress(subprocess.CalledProcessError, OSError):
            self._run("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, word):
        return subprocess.run([self.program, "database", word, "--directory", str(self.folder)],
                              stdout=subprocess.PIPE, text=True, check=True).stdout
