package account

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Key seals what has to be read again, such as the keys of authenticator apps, so that who reads the warehouse or a backup does not have them.
type Key [sha256.Size]byte

// NewKey is the key of a secret.
func NewKey(secret string) Key { return sha256.Sum256([]byte("stpd accounts 1\n" + secret)) }

// keyFile is where a data directory keeps a secret of its own.
const keyFile = "accounts.key"

// FolderKey is the key of a data directory, which is made when it is first needed. It is in no backup: after a restore elsewhere second factors are
// set up anew.
func FolderKey(folder string) (Key, error) {
	path := filepath.Join(folder, keyFile)
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if secret, err = makeKey(folder, path); err != nil {
			return Key{}, fmt.Errorf("make the key of accounts: %w", err)
		}
	}
	if err != nil {
		return Key{}, fmt.Errorf("read the key of accounts: %w", err)
	}
	if len(secret) < 26 {
		return Key{}, fmt.Errorf("%s: found %d characters, accepted: the file as stpd made it", path, len(secret))
	}
	return NewKey(string(secret)), nil
}

// makeKey writes a secret under its name when it is whole; of two at once the first stays.
func makeKey(folder, path string) ([]byte, error) {
	draft, err := os.CreateTemp(folder, keyFile+".*") // for its owner alone
	if err != nil {
		return nil, err
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(rand.Text() + rand.Text())
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

func (k Key) gcm() cipher.AEAD {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		panic(err) // the length is right
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // the block is of AES
	}
	return gcm
}

// seal seals a text for one use.
func (k Key) seal(text, use string) string {
	return base64.RawURLEncoding.EncodeToString(k.gcm().Seal(nil, nil, []byte(text), []byte(use)))
}

// open opens what was sealed for that use.
func (k Key) open(sealed, use string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("open what was sealed: %w", err)
	}
	text, err := k.gcm().Open(nil, nil, raw, []byte(use))
	if err != nil {
		return "", fmt.Errorf("open what was sealed: %w", err)
	}
	return string(text), nil
}
