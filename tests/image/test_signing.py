# SPDX-License-Identifier: Apache-2.0
"""image/sign: what it signs it finds good, and nothing else; a token gives the same bytes as a file; who lacks a key is told.

The payload's steps: every file that GRUB reads is signed in the image as it is, by the keys that the payload carries.
"""
import glob
import os
import shutil
import subprocess
import tempfile
import unittest

import built

SIGN = built.TREE + "/image/sign"
TOKEN_MODULE = "/usr/lib/softhsm/libsofthsm2.so"
NAMES = ("module", "boot", "db", "KEK", "PK")


def call(*argv, **environment):
    return subprocess.run(argv, capture_output=True, text=True, check=False, env=os.environ | environment)


class Signing(unittest.TestCase):
    """With keys of its own, and files of the image's payload."""

    @classmethod
    def setUpClass(cls):
        cls.work = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.keys = cls.work + "/keys"
        subprocess.run([built.TREE + "/scripts/keys-dev", cls.keys], check=True)

    def setUp(self):
        self.payload = tempfile.mkdtemp(dir=self.work)
        source = built.step("payload") + "/payload"
        for path in glob.glob(source + "/*.EFI") + [source + "/initrd.img", source + "/slot.cfg"]:
            shutil.copy(path, self.payload)
        self.efi = next(glob.iglob(self.payload + "/*.EFI"))
        shutil.copy(self.efi, self.payload + "/vmlinuz")  # any program for UEFI does here

    def read(self):
        return {name: built.read(f"{self.payload}/{name}", "rb") for name in sorted(os.listdir(self.payload))}

    def sign(self, keys=None, **environment):
        done = call(SIGN, "payload", self.payload, keys or self.keys, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)

    def check(self, keys=None):
        return call(SIGN, "check", self.payload, keys or self.keys)

    def test_signed_is_found_good(self):
        self.sign()
        done = self.check()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_changed_byte_is_found(self):
        self.sign()
        for name, good in self.read().items():
            # The last bytes of a program for UEFI fill up its signature to whole words, and belong to nothing.
            for at in (len(good) // 3, len(good) // 2 if name.endswith(".EFI") else len(good) - 1):
                bad = bytearray(good)
                bad[at] ^= 1
                with self.subTest(name=name, at=at):
                    with open(f"{self.payload}/{name}", "wb") as file:
                        file.write(bad)
                    done = self.check()
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(name.removesuffix(".sig"), done.stderr)
            with open(f"{self.payload}/{name}", "wb") as file:
                file.write(good)

    def test_keys_that_do_not_fit_are_found(self):
        """A certificate beside another's key would make an image that no machine starts."""
        other = tempfile.mkdtemp(dir=self.work)
        subprocess.run([built.TREE + "/scripts/keys-dev", other], check=True)
        self.sign()
        self.assertEqual(self.check(other).returncode, 1)

    def test_same_bytes_again(self):
        unsigned = self.read()
        self.sign(SOURCE_DATE_EPOCH="1700000000")
        first = self.read()
        for name, data in unsigned.items():
            with open(f"{self.payload}/{name}", "wb") as file:
                file.write(data)
        self.sign(SOURCE_DATE_EPOCH="1700000000")
        self.assertEqual(self.read(), first)

    def test_token_signs_as_a_file_does(self):
        unsigned = self.read()
        self.sign()
        want = self.read()
        for name in want:
            os.unlink(f"{self.payload}/{name}")
        for name, data in unsigned.items():
            with open(f"{self.payload}/{name}", "wb") as file:
                file.write(data)
        token = self.token()
        self.sign(token, PKCS11_MODULE_PATH=TOKEN_MODULE, SOFTHSM2_CONF=token + "/softhsm.conf")
        self.assertEqual(self.read(), want)

    def token(self):
        """A folder of keys that says where they are instead of holding them."""
        folder = tempfile.mkdtemp(dir=self.work)
        os.mkdir(folder + "/tokens")
        with open(folder + "/softhsm.conf", "w", encoding="ascii") as conf:
            conf.write(f"directories.tokendir={folder}/tokens\n")
        environment = os.environ | {"SOFTHSM2_CONF": folder + "/softhsm.conf"}

        def run(*argv):
            subprocess.run(argv, check=True, env=environment, stdout=subprocess.DEVNULL)
        run("softhsm2-util", "--init-token", "--free", "--label", "release", "--pin", "1234", "--so-pin", "1234")
        for number, name in enumerate(("boot", "db")):
            run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", f"{self.keys}/{name}.key", "-out", folder + "/plain")
            run("softhsm2-util", "--import", folder + "/plain", "--token", "release", "--label", name, "--id", f"{number + 10}", "--pin", "1234")
            shutil.copy(f"{self.keys}/{name}.crt", folder)
            with open(f"{folder}/{name}.key", "w", encoding="ascii") as key:
                key.write(f"pkcs11:token=release;object={name};type=private?pin-value=1234\n")
        os.unlink(folder + "/plain")
        return folder

    def test_missing_keys_are_named(self):
        empty = tempfile.mkdtemp(dir=self.work)
        for verb in ("payload", "check"):
            done = call(SIGN, verb, self.payload, empty)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, f"{empty}/db.(key|crt) is missing; remedy: ")
        self.assertEqual(call(SIGN, "payload").returncode, 2)

    def test_development_keys_are_made_once(self):
        before = {name: built.read(f"{self.keys}/{name}.{kind}") for name in NAMES for kind in ("key", "crt")}
        subprocess.run([built.TREE + "/scripts/keys-dev", self.keys], check=True)
        self.assertEqual(before, {name: built.read(f"{self.keys}/{name}.{kind}") for name in NAMES for kind in ("key", "crt")})
        for name in NAMES:
            self.assertEqual(os.stat(f"{self.keys}/{name}.key").st_mode & 0o077, 0)


class Signed(unittest.TestCase):
    """What the image holds."""

    def test_image_holds_the_payload_signed(self):
        signed = built.step("signed") + "/signed"
        done = call(SIGN, "check", signed, "/keys")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("initrd.img", "slot.cfg"):
            self.assertEqual(built.read(f"{signed}/{name}", "rb"), built.read(f"{built.step('payload')}/payload/{name}", "rb"))

    def test_loaders_carry_the_public_key(self):
        public = subprocess.run([SIGN, "public", "/keys"], check=True, capture_output=True).stdout
        loaders = glob.glob(built.step("payload") + "/payload/*.EFI")
        self.assertTrue(loaders)
        for path in loaders:  # the one for BIOS is packed
            self.assertIn(public, built.read(path, "rb"))

    def test_root_carries_the_certificate(self):
        """By which keelson-install knows an image."""
        self.assertEqual(built.read(built.root() + "/usr/lib/keelson/boot.crt"), built.read("/keys/boot.crt"))

    def test_published_image_is_signed(self):
        name = built.IMAGES + "/disk.img.zst.sig"
        signature = built.read(name, "rb")
        self.assertIn("disk.img.zst.sig", built.read(built.IMAGES + "/SHA256SUMS"))
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(name.removesuffix(".sig"), folder + "/slot.cfg")  # a name that `check` looks for
            with open(folder + "/slot.cfg.sig", "wb") as file:
                file.write(signature)
            done = call(SIGN, "check", folder, "/keys")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_private_key_leaves_the_build(self):
        for folder in glob.glob(f"{built.TREE}/out/{built.ARCH}/steps/*/root"):
            done = subprocess.run(["grep", "-rlaE", "-e", "-----BEGIN (RSA |ENCRYPTED )?PRIVATE KEY", folder], capture_output=True, text=True, check=False)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
