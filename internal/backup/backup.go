// Package backup writes and reads backups. A backup is one tar file: first a manifest that lists what follows, then the kept files
// and the files of the warehouse in the order of their names, last a seal of every byte before it. A backup is read without trust: one
// that does not follow its manifest to the byte is refused. The seal is an SHA-256, which finds damage but which anyone can make anew,
// or with a Key an HMAC-SHA256, which only those who know the key can make.
package backup

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Format is the version of the form of backups that this package writes and reads.
const Format = 1

// The folders that a backup holds.
const (
	Files     = "files"     // the kept files, each named after the SHA-256 of its content
	Warehouse = "warehouse" // what ClickHouse wrote to restore itself from
)

const (
	manifestName = "manifest.json"
	sealName     = "sha256"
	// sealSize is that of a SHA-256 in hexadecimal.
	sealSize = 64
	// afterSeal is what a tar file has after the seal: zeros up to a whole block, and two blocks of zeros.
	afterSeal = 512 - sealSize + 2*512
	// maxManifest bounds the memory that a manifest can ask for: it is enough for 400,000 entries.
	maxManifest = 64 << 20
)

// Key makes the seal of a backup one that cannot be forged without it; without a key the seal only finds damage.
type Key string

func (k Key) seal() hash.Hash {
	if k == "" {
		return sha256.New()
	}
	return hmac.New(sha256.New, []byte(k))
}

// Manifest says what is in a backup.
type Manifest struct {
	Format     int       `json:"format"`
	Version    string    `json:"stpd"`        // the stpd that made it
	Made       time.Time `json:"made"`        // when
	Schema     int64     `json:"schema"`      // the newest migration that its tables have had
	NewestLoad uint64    `json:"newest_load"` // the newest published load
	Act        uint64    `json:"act"`         // the newest act of the log; 0 where there is none
	ActHash    string    `json:"act_hash"`    // its hash, by which a log that was written anew is found
	Keyed      bool      `json:"keyed"`       // whether the seal was made with a key
	Entries    []Entry   `json:"entries"`     // in the order of their names, which is theirs in the file
}

// Entry is one file of a backup.
type Entry struct {
	Name   string `json:"name"` // its path, below Files or Warehouse
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Size is how many bytes the entries hold together.
func (m *Manifest) Size() int64 {
	var total int64
	for _, e := range m.Entries {
		total += e.Size
	}
	return total
}

var fingerprint = regexp.MustCompile(`^[0-9a-f]{64}$`)

// check tells what keeps a manifest from being followed.
func (m *Manifest) check() error {
	if m.Format != Format {
		return fmt.Errorf("found format %d, accepted: format %d", m.Format, Format)
	}
	last := ""
	for _, e := range m.Entries {
		folder, _, _ := strings.Cut(e.Name, "/")
		switch {
		case !fs.ValidPath(e.Name) || folder == e.Name || folder != Files && folder != Warehouse:
			return fmt.Errorf("found the name %q, accepted: a path below %s/ or %s/", e.Name, Files, Warehouse)
		case e.Name <= last:
			return fmt.Errorf("found %q after %q, accepted: every name once, in order", e.Name, last)
		case e.Size < 0:
			return fmt.Errorf("%s: found a size of %d, accepted: 0 or more", e.Name, e.Size)
		case !fingerprint.MatchString(e.SHA256):
			return fmt.Errorf("%s: found the SHA-256 %q, accepted: 64 hexadecimal digits", e.Name, e.SHA256)
		case folder == Files && path.Base(e.Name) != e.SHA256:
			return fmt.Errorf("%s: found content with the SHA-256 %s, accepted: the one that the file is named after", e.Name, e.SHA256)
		}
		last = e.Name
	}
	return nil
}

// Source is a file to be backed up.
type Source struct {
	Name string // in the backup
	Path string // where its content is
	Size int64
}

// Sources are the files of a folder and of those within, named as below another folder; none where there is no such folder.
func Sources(below, folder string) ([]Source, error) {
	var all []Source
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, file)
		all = append(all, Source{path.Join(below, relative), file, info.Size()})
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return all, nil
}

// bound is a reader that ends with its context.
type bound struct {
	ctx context.Context
	io.Reader
}

func (b bound) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}
