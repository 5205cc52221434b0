package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
)

// Reader reads one backup from its beginning to its end.
type Reader struct {
	Manifest Manifest

	raw     io.Reader
	archive *tar.Reader
	seal    hash.Hash // of all that was read
}

var errCutOff = errors.New("the backup is cut off")

// NewReader reads the manifest of a backup of some size and refuses one that cannot be followed, and with a key one that was sealed
// without it.
func NewReader(ctx context.Context, file io.Reader, size int64, key Key) (*Reader, error) {
	r := &Reader{seal: key.seal()}
	r.raw = io.TeeReader(bufio.NewReaderSize(bound{ctx, file}, 64<<10), r.seal)
	r.archive = tar.NewReader(r.raw)
	manifest, err := r.next(manifestName)
	if err != nil {
		return nil, fmt.Errorf("this was not made by stpd backup: %w", err)
	}
	if manifest.Size > maxManifest {
		return nil, fmt.Errorf("%s: found %d bytes, accepted: at most %d", manifestName, manifest.Size, maxManifest)
	}
	text, err := io.ReadAll(r.archive)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, cutOff(err))
	}
	err = json.Unmarshal(text, &r.Manifest)
	if err == nil || r.Manifest.Format > Format { // a later format may be of another form
		err = r.Manifest.check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	switch {
	case key != "" && !r.Manifest.Keyed:
		return nil, fmt.Errorf("%s: found a backup that was sealed without a key, accepted: one sealed with the key that is set", manifestName)
	case key == "" && r.Manifest.Keyed:
		return nil, fmt.Errorf("%s: found a backup that was sealed with a key, accepted: the same key", manifestName)
	}
	for _, e := range r.Manifest.Entries { // so that no more is ever written than was read
		if size -= e.Size; size < 0 {
			return nil, fmt.Errorf("%s: %w: the file is shorter than the entries that its manifest lists", e.Name, errCutOff)
		}
	}
	return r, nil
}

// Unpack writes the entries into an empty folder and compares all with the manifest, and the whole with its seal. Where it fails
// the folder holds a part. Progress is written what is unpacked.
func (r *Reader) Unpack(folder string, progress io.Writer) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, e := range r.Manifest.Entries {
		header, err := r.next(e.Name)
		if err != nil {
			return err
		}
		if header.Size != e.Size {
			return fmt.Errorf("%s: found %d bytes, the manifest lists %d", e.Name, header.Size, e.Size)
		}
		if err := r.unpack(root, e, progress); err != nil {
			return fmt.Errorf("%s: %w", e.Name, cutOff(err))
		}
	}
	return r.checkSeal()
}

func (r *Reader) unpack(root *os.Root, e Entry, progress io.Writer) (err error) {
	if err := root.MkdirAll(path.Dir(e.Name), 0o750); err != nil {
		return err
	}
	f, err := root.OpenFile(e.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, sum, progress), r.archive); err != nil {
		return err
	}
	if found := hex.EncodeToString(sum.Sum(nil)); found != e.SHA256 {
		return fmt.Errorf("found content with the SHA-256 %s, the manifest lists %s", found, e.SHA256)
	}
	return nil
}

// next goes on to the next entry, which has to be a file of that name.
func (r *Reader) next(name string) (*tar.Header, error) {
	header, err := r.archive.Next()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cutOff(err))
	}
	if header.Name != name || header.Typeflag != tar.TypeReg {
		return nil, fmt.Errorf("found the entry %q of type %q, expected the file %s", header.Name, header.Typeflag, name)
	}
	return header, nil
}

func (r *Reader) checkSeal() error {
	if _, err := r.next(sealName); err != nil {
		return err
	}
	want := r.seal.Sum(nil)
	found, err := io.ReadAll(io.LimitReader(r.archive, sealSize+1))
	if err != nil {
		return fmt.Errorf("%s: %w", sealName, cutOff(err))
	}
	if given, err := hex.DecodeString(string(found)); err != nil || !hmac.Equal(given, want) {
		return fmt.Errorf("%s: found %q, which is not the seal of the content: the backup was changed after it was made, or sealed with another key", sealName, found)
	}
	end, err := io.ReadAll(io.LimitReader(r.raw, afterSeal+1))
	switch {
	case err != nil:
		return fmt.Errorf("after %s: %w", sealName, err)
	case len(end) < afterSeal:
		return fmt.Errorf("after %s: %w", sealName, errCutOff)
	case !bytes.Equal(end, make([]byte, afterSeal)):
		return fmt.Errorf("after %s: found more than the end of a tar file", sealName)
	}
	return nil
}

// cutOff says what an unexpected end means.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutOff
	}
	return err
}
