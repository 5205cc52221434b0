// Package ownfile tells whether only this user, or root, decides what a file holds.
package ownfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// othersWrite are the bits with which somebody else may write.
const othersWrite fs.FileMode = 0o022

// Open opens a regular file whose content only this user or root can change, or says who else can.
func Open(path string) (*os.File, error) {
	// Who made a link chose what is read, even where the file behind it is ours.
	link, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if link.Mode()&fs.ModeSymlink != 0 {
		if err := owned(path, link); err != nil {
			return nil, err
		}
	}
	if err := kept(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not keep us waiting
	if err != nil {
		return nil, err
	}
	info, err := f.Stat() // of what was opened: the name may lead elsewhere by now
	if err == nil {
		err = check(path, info)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// kept tells whether only this user or root can put another file in the place of one: who may write a folder above it can, unless the sticky bit
// leaves each file to its owner.
func kept(path string) error {
	const everybody fs.FileMode = 0o002
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for _, start := range []string{path, real} {
		for folder := filepath.Dir(start); ; folder = filepath.Dir(folder) {
			info, err := os.Stat(folder)
			if err != nil {
				return err
			}
			if err := owned(folder, info); err != nil {
				return fmt.Errorf("%s could be replaced: %w", path, err)
			}
			if info.Mode()&everybody != 0 && info.Mode()&fs.ModeSticky == 0 {
				return fmt.Errorf(
					"%s could be replaced: its folder %s has mode %04o, which lets other users change it; accepted: folders that others may not write (chmod o-w %s)",
					path,
					folder,
					info.Mode().Perm(),
					folder,
				)
			}
			if folder == filepath.Dir(folder) {
				break
			}
		}
	}
	return nil
}

func check(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: found %s, accepted: a regular file", path, info.Mode())
	}
	if err := owned(path, info); err != nil {
		return err
	}
	if info.Mode()&othersWrite != 0 {
		return fmt.Errorf("%s: found mode %04o, which lets other users change it; accepted: a file that only its owner may write (chmod go-w %s)",
			path, info.Mode().Perm(), path)
	}
	return nil
}

func owned(path string, info fs.FileInfo) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("%s: the system does not tell whose it is", path)
	}
	if us := os.Geteuid(); stat.Uid != 0 && int(stat.Uid) != us {
		return fmt.Errorf("%s: found owner %d, accepted: root or the user that runs stpd (%d)", path, stat.Uid, us)
	}
	return nil
}

// Folder tells who else than this user owns a folder.
func Folder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s: its owner is another user; accepted: a folder of the user that runs stpd (%d)", path, os.Geteuid())
	}
	return nil
}
