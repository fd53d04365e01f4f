# SPDX-License-Identifier: Apache-2.0
"""keelson-provision fetch: a long file over a connection that fails.

usage: python3 tests/image/test_getfile.py    (inside the SDK; nothing has to be built)
"""
import hashlib
import os
import random
import re
import subprocess
import unittest

from acquiring import Program

BODY = random.Random(1).randbytes(3 << 20)
FAILING_WRITE = r"""
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
ssize_t write(int fd, const void *bytes, size_t size)
{
	if (fd > 2 && size > 1000) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_write, fd, bytes, size);
}
"""
HASH = "sha256-" + hashlib.sha256(BODY).hexdigest()


class GetFile(Program):
    ranges = True  # does the server know them?

    def setUp(self):
        super().setUp()
        self.path = f"{self.dir}/got"
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.cuts, self.starts = [], []
        self.server.answers["/a"] = self.serve

    def serve(self, handler):
        """The whole file, or as much of it as the next cut lets through."""
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(asked[1]) if asked and self.ranges else 0
        self.starts.append(start)
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(BODY) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")
        handler.end_headers()
        handler.wfile.write(BODY[start:start + self.cuts.pop(0) if self.cuts else None])

    def get(self, *argv):
        return self.run_program("fetch", *argv)

    def got(self, *argv):
        done = self.get(*argv, self.url(), self.path)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), BODY)
        self.assertEqual(os.listdir(self.dir).count("got.tmp"), 0)
        return done

    def refused(self, word, *argv):
        done = self.get(*argv)
        self.assertEqual(done.returncode, 1)
        self.assertIn(word, done.stderr)
        self.assertFalse(os.path.exists(self.path) or os.path.exists(self.path + ".tmp"))

    def test_whole(self):
        self.assertRegex(self.got("--hash", HASH).stdout, r"3\.1 of 3\.1 MB")
        self.assertEqual(self.starts, [0])

    def test_cut_again_and_again(self):
        self.cuts = [1 << 20, 5, 70000]
        self.got("--hash", HASH)
        self.assertEqual(self.starts, [0, 1 << 20, (1 << 20) + 5, (1 << 20) + 70005])

    def test_cut_after_the_headers(self):
        self.cuts = [0, 0, 9]
        self.got("--hash", HASH)

    def test_another_hash(self):
        self.refused("verification hash", "--hash", "sha256-" + "0" * 64, self.url(), self.path)

    def test_absent(self):
        self.refused("404", self.url("/none"), self.path)

    def test_nowhere_to_write(self):
        self.refused("No such file or directory", self.url(), "/none/got")

    def test_a_disk_that_fails(self):
        """It is not a server that fails, which is asked again."""
        library = self.dir + "/failing.so"
        subprocess.run(["clang", "-shared", "-fPIC", "-o", library, self.write("failing.c", FAILING_WRITE)], check=True)
        done = self.run_program("fetch", self.url(), self.path, environment={"LD_PRELOAD": library})
        self.assertEqual(done.returncode, 1)
        self.assertIn("write: Input/output error", done.stderr)
        self.assertEqual((self.starts, os.path.exists(self.path)), ([0], False))

    def test_an_old_file_stays(self):
        with open(self.path, "w", encoding="ascii") as file:
            file.write("old")
        self.assertEqual(self.get(self.url("/none"), self.path).returncode, 1)
        with open(self.path, encoding="ascii") as file:
            self.assertEqual(file.read(), "old")

    def test_usage(self):
        for argv in ((), (self.url(),), ("--hash", HASH, self.url()), (self.url(), self.path, "more")):
            self.assertEqual(self.get(*argv).returncode, 2)


class WithoutRanges(GetFile):
    ranges = False

    def test_cut_again_and_again(self):
        self.cuts = [1 << 20, (1 << 20) + 5, 70000]
        self.got("--hash", HASH)
        self.assertEqual(set(self.starts), {0})


if __name__ == "__main__":
    unittest.main()
