package load

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// Archive keeps every file that was ever received, named after its content.
type Archive struct{ Folder string }

// Fingerprint is the SHA-256 of a file's content in hexadecimal.
func Fingerprint(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Keep stores content under its fingerprint; content that is already kept stays as it is.
func (a Archive) Keep(fingerprint string, content []byte) error {
	target := a.Path(fingerprint)
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	part, err := os.CreateTemp(filepath.Dir(target), "part-*")
	if err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	defer func() { _ = os.Remove(part.Name()) }()
	_, err = part.Write(content)
	if err == nil {
		err = part.Sync()
	}
	if closing := part.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(part.Name(), target)
	}
	if err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	return nil
}

// Path is where content of this fingerprint is kept.
func (a Archive) Path(fingerprint string) string {
	return filepath.Join(a.Folder, fingerprint[:2], fingerprint)
}
