package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Write writes a backup of the sources, sealed with a key or none, and returns its manifest, made from the one given. It reads every source twice, to list it
// and to copy it, and refuses one that changes between. Progress is written what is read.
func Write(ctx context.Context, out io.Writer, m Manifest, sources []Source, key Key, progress io.Writer) (Manifest, error) {
	sources = slices.SortedFunc(slices.Values(sources), func(a, b Source) int { return cmp.Compare(a.Name, b.Name) })
	m.Format, m.Keyed, m.Entries = Format, key != "", nil
	for _, s := range sources {
		e, err := s.copy(ctx, progress)
		if err != nil {
			return m, err
		}
		m.Entries = append(m.Entries, e)
	}
	if err := m.check(); err != nil { // what could not be restored is not written
		return m, err
	}
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return m, err
	}
	if len(text) > maxManifest {
		return m, fmt.Errorf("the manifest of %d files takes %d bytes, accepted: at most %d", len(m.Entries), len(text), maxManifest)
	}

	buffered, seal := bufio.NewWriterSize(out, 1<<20), key.seal()
	archive := tar.NewWriter(io.MultiWriter(buffered, seal))
	begin := func(name string, size int64) error {
		return archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: m.Made})
	}
	if err := begin(manifestName, int64(len(text))); err != nil {
		return m, err
	}
	if _, err := io.Copy(archive, bytes.NewReader(text)); err != nil {
		return m, err
	}
	for i, s := range sources {
		listed := m.Entries[i]
		if err := begin(listed.Name, listed.Size); err != nil {
			return m, err
		}
		copied, err := s.copy(ctx, io.MultiWriter(archive, progress))
		if errors.Is(err, tar.ErrWriteTooLong) || err == nil && copied != listed {
			return m, fmt.Errorf("%s: the file changed while it was backed up", s.Path)
		}
		if err != nil {
			return m, err
		}
	}
	if err := begin(sealName, sealSize); err != nil {
		return m, err
	}
	if _, err := io.WriteString(archive, hex.EncodeToString(seal.Sum(nil))); err != nil {
		return m, err
	}
	if err := archive.Close(); err != nil {
		return m, err
	}
	return m, buffered.Flush()
}

// copy writes the content of a source and tells what it was.
func (s Source) copy(ctx context.Context, out io.Writer) (Entry, error) {
	f, err := os.Open(s.Path)
	if err != nil {
		return Entry{}, err
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(out, sum), bound{ctx, f})
	return Entry{s.Name, size, hex.EncodeToString(sum.Sum(nil))}, err
}
