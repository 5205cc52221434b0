package load

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Archive keeps every file that was ever received, named after its content.
type Archive struct{ Folder string }

// ErrChanged tells that a file's content was not the same when it was read again.
var ErrChanged = errors.New("the file changed while it was read")

// Fingerprint is the SHA-256 of a content in hexadecimal, and its size.
func Fingerprint(content io.Reader) (fingerprint string, size int64, err error) {
	sum := sha256.New()
	size, err = io.Copy(sum, content)
	return hex.EncodeToString(sum.Sum(nil)), size, err
}

// Keep stores content under its fingerprint; content that is already kept stays as it is.
func (a Archive) Keep(fingerprint string, content io.Reader) error {
	target := a.Path(fingerprint)
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	if err := a.keep(target, fingerprint, content); err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	return nil
}

func (a Archive) keep(target, fingerprint string, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(target), "part-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	kept, _, err := Fingerprint(io.TeeReader(content, part))
	if err == nil && kept != fingerprint {
		err = ErrChanged
	}
	if err == nil {
		err = part.Sync()
	}
	if err := errors.Join(err, part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), target)
}

// Path is where content of this fingerprint is kept.
func (a Archive) Path(fingerprint string) string {
	return filepath.Join(a.Folder, fingerprint[:2], fingerprint)
}
