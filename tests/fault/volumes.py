# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of a test's own: an ext4 image that can lose its power, and a small file system in memory. Both need root."""

import fcntl
import os
import struct
import subprocess

# linux/ext4.h: EXT4_IOC_SHUTDOWN is _IOR('X', 125, __u32); 2 stops without flushing the journal, as a power cut does.
EXT4_IOC_SHUTDOWN = 0x8004587D
WITHOUT_LOG_FLUSH = 2


def command(*words):
    if os.geteuid() != 0:
        words = ("sudo", "-n", *words)
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, words))}: {done.stderr or done.stdout}"


class Ext4Image:
    def __init__(self, folder, megabytes):
        self.image, self.mount_point = folder / "volume.img", folder / "volume"
        self.mount_point.mkdir()
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        command("/sbin/mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1", self.image)
        self.is_mounted = False
        self.mount()
        if os.geteuid() != 0:
            command("chown", str(os.getuid()), self.mount_point)

    def mount(self):
        command("mount", "-o", "loop", self.image, self.mount_point)
        self.is_mounted = True

    def cut_power(self):
        """From now on every write fails; what was not synced is lost at the next mount."""
        if os.geteuid() != 0:
            script = ("import fcntl, os, struct; fcntl.ioctl(os.open(%r, os.O_RDONLY), %d, struct.pack('I', %d))"
                      % (str(self.mount_point), EXT4_IOC_SHUTDOWN, WITHOUT_LOG_FLUSH))
            return command("/usr/bin/python3", "-c", script)
        folder = os.open(self.mount_point, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_LOG_FLUSH))
        finally:
            os.close(folder)

    def unmount(self):
        if self.is_mounted:
            command("umount", self.mount_point)
            self.is_mounted = False


class MemoryVolume:
    def __init__(self, folder, megabytes, name="volume"):
        self.mount_point = folder / name
        self.mount_point.mkdir(parents=True)
        owner = f",uid={os.getuid()}" if os.geteuid() != 0 else ""
        command("mount", "-t", "tmpfs", "-o", f"size={megabytes}M{owner}", "maxiofs-test", self.mount_point)

    def unmount(self):
        command("umount", self.mount_point)
