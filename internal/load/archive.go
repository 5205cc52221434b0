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

// ErrDamaged tells that a kept file no longer has the content that it is named after, or is gone.
var ErrDamaged = errors.New("the kept file is damaged")

// Keep stores content under its fingerprint. Content that is already kept stays as it is, unless it is damaged: then it is replaced.
func (a Archive) Keep(fingerprint string, content io.Reader) error {
	if a.Verify(fingerprint) == nil {
		return nil
	}
	if err := a.keep(a.Path(fingerprint), fingerprint, content); err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	return nil
}

// Open opens kept content, after reading it whole to see that it still is what it is named after; else the error is ErrDamaged.
func (a Archive) Open(fingerprint string) (*os.File, error) {
	path := a.Path(fingerprint)
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	found, _, err := Fingerprint(file)
	if err == nil && found != fingerprint {
		err = fmt.Errorf("%s: found content with the SHA-256 %s, accepted: the one that the file is named after", path, found)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrDamaged, err), file.Close())
	}
	return file, nil
}

// Verify tells whether content is kept as it was received; else the error is ErrDamaged.
func (a Archive) Verify(fingerprint string) error {
	file, err := a.Open(fingerprint)
	if err != nil {
		return err
	}
	return file.Close()
}

// Size is how many bytes kept content has.
func (a Archive) Size(fingerprint string) (int64, error) {
	info, err := os.Stat(a.Path(fingerprint))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return info.Size(), nil
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
