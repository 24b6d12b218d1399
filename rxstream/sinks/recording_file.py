"""The file that a recording is written to."""

from __future__ import annotations

import os
import stat
import sys
import threading

from rxstream.errors import ConfigurationError

if sys.platform != "win32":
    import fcntl

__all__ = ["RecordingFile"]

_BUFFER_BYTES = 65536
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_OLD = getattr(os, "O_NONBLOCK", 0)  # a named pipe, which nobody reads, would block


class RecordingFile:
    """A new file, readable by its owner alone, to which lines are appended.

    Args:
        path: Where; no link is followed.
        overwrite: What is there is replaced, if it is a regular file that nobody records to.
        buffered: Lines are collected before they are written.

    Raises:
        OSError: It cannot be opened, or is there already.
        ConfigurationError: There is something else than a regular file, or somebody records to it.
    """

    def __init__(self, path: str, *, overwrite: bool, buffered: bool) -> None:
        mode = os.O_WRONLY | os.O_CREAT | _SAFE | (_OLD if overwrite else os.O_EXCL)
        self._descriptor = os.open(path, mode, 0o600)
        # Another thread may close, and the garbage collection in this one: the number would soon be another file's.
        self._lock = threading.RLock()
        self._is_busy = False
        self._is_ending = False
        self._is_open = True
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._limit = _BUFFER_BYTES if buffered else 0
        try:
            self._take_possession(path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take_possession(self, path: str) -> None:
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            raise ConfigurationError(f"expected the path of a regular file to record to, but got {path!r}")
        if sys.platform != "win32":
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConfigurationError(
                    f"expected a file for each subscription, but {path!r} is being recorded to: give a function that "
                    "returns another path each time"
                ) from error
            os.fchmod(self._descriptor, 0o600)
        os.ftruncate(self._descriptor, 0)

    def write(self, line: bytes) -> None:
        """Append a line; nothing, if the file is closed.

        Raises:
            OSError: It cannot be written. The file is closed then.
        """
        with self._lock:
            if self._is_ending or self._is_busy:
                return
            self._waiting.append(line)
            self._waiting_bytes += len(line)
            if self._waiting_bytes > self._limit:
                self._flush()

    def close(self) -> None:
        """Write what waits, and close; nothing, if the file is closed.

        Raises:
            OSError: It cannot be written. The file is closed all the same.
        """
        with self._lock:
            if not self._is_ending:
                self._is_ending = True
                if not self._is_busy:
                    self._flush()

    def _flush(self) -> None:
        rest = memoryview(b"".join(self._waiting))
        self._waiting.clear()
        self._waiting_bytes = 0
        self._is_busy = True
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except BaseException:
            self._is_ending = True
            raise
        finally:
            self._is_busy = False
            if self._is_ending and self._is_open:
                self._is_open = False
                os.close(self._descriptor)
