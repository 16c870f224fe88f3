package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// holder names a process that has f locked: "process 4711 (lifeboat)".
func holder(f *os.File) string {
	info, err := statFile(f)
	if err != nil {
		return ""
	}
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return ""
	}
	defer locks.Close()
	pid := holderIn(locks, info.dev, info.ino)
	if pid <= 0 {
		return ""
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("process %d (%s)", pid, bytes.TrimSpace(name))
}

// holderIn looks for a flock on the inode. A line of /proc/locks is
// "1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF". The device is left out of the
// comparison when it does not fit any: some file systems show another one there.
func holderIn(locks *os.File, dev, ino uint64) (pid int) {
	device := fmt.Sprintf("%02x:%02x:%d", unix.Major(dev), unix.Minor(dev), ino)
	inode := fmt.Sprintf(":%d", ino)
	for s := bufio.NewScanner(locks); s.Scan(); {
		w := strings.Fields(s.Text())
		if len(w) < 6 || w[1] != "FLOCK" || !strings.HasSuffix(w[5], inode) {
			continue
		}
		n, err := strconv.Atoi(w[4])
		if err != nil {
			continue
		}
		if w[5] == device {
			return n
		}
		pid = n
	}
	return pid
}

// networkFS names a file system on which neither locks nor mapped files can be
// trusted, "" for one where they can.
func networkFS(dir string) string {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return ""
	}
	switch uint32(s.Type) {
	case unix.NFS_SUPER_MAGIC:
		return "nfs"
	case unix.CIFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return "cifs"
	case unix.V9FS_MAGIC:
		return "9p"
	case unix.FUSE_SUPER_MAGIC:
		return "fuse"
	case unix.AFS_SUPER_MAGIC, unix.CODA_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC:
		return "a network file system"
	}
	return ""
}

// publish gives a finished file its name, unless that name is taken.
func publish(temp, path string) error {
	err := unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, path, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return publishByLink(temp, path)
	}
	return err
}

// statFile leaves out the times of the file. A file whose times someone asked for
// gets a more exact one from the kernel at its next write, and to sync that takes
// half as long again. It is only told where statx is allowed.
func statFile(f *os.File) (fileInfo, error) {
	var s unix.Statx_t
	err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_TYPE|unix.STATX_INO|unix.STATX_SIZE, &s)
	if err != nil {
		return plainStat(f.Stat())
	}
	return infoOf(&s), nil
}

// statPath is statFile for a name.
func statPath(path string) (fileInfo, error) {
	var s unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_TYPE|unix.STATX_INO|unix.STATX_SIZE, &s)
	if err != nil {
		return plainStat(os.Stat(path))
	}
	return infoOf(&s), nil
}

func infoOf(s *unix.Statx_t) fileInfo {
	return fileInfo{
		dev: unix.Mkdev(s.Dev_major, s.Dev_minor), ino: s.Ino,
		size: int64(s.Size), regular: s.Mode&unix.S_IFMT == unix.S_IFREG,
	}
}
