//go:build linux || darwin

package engine

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"text/template"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/ownfile"
)

//go:embed config.xml.tmpl
var configTemplate string

//go:embed users.xml.tmpl
var usersTemplate string

// Endpoint is how a client reaches the engine.
type Endpoint struct {
	Address        string `json:"address"`         // host:port of the native protocol
	Database       string `json:"database"`        // exists as soon as the engine is ready
	User           string `json:"user"`            // may write in Database and in databases whose names begin with it
	Password       string `json:"password"`        // of User
	Reader         string `json:"reader"`          // may only read them, within limits of time and memory: for queries of pages
	ReaderPassword string `json:"reader_password"` // of Reader

	files layout
}

// Options are those of a client that logs in as one of the two users. It follows the engine to where it is, and sends the
// password to no other program.
func (p Endpoint) Options(user string) *clickhouse.Options {
	password := p.Password
	if user == p.Reader {
		password = p.ReaderPassword
	}
	return &clickhouse.Options{
		Addr:        []string{p.Address},
		Auth:        clickhouse.Auth{Database: p.Database, Username: user, Password: password},
		DialContext: p.Dial,
	}
}

// Dial connects to the engine where it is now, waiting for one that is being started again. A program that took its port gets
// no connection.
func (p Endpoint) Dial(ctx context.Context, _ string) (net.Conn, error) {
	const patience, pause = 10 * time.Second, 100 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if p.files == (layout{}) {
			return nil, ErrNotRunning // it is of no data directory
		}
		now, err := p.files.readRunning()
		if err != nil {
			return nil, err
		}
		conn, err := now.dial(ctx)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

// running is what the endpoint file holds.
type running struct {
	Endpoint
	PID int    `json:"pid"` // of the engine's process
	Key string `json:"key"` // by which what comes to its port is signed; empty where it is not
}

// dial connects to the engine, and to no other program.
func (r running) dial(ctx context.Context) (net.Conn, error) {
	return dialProven(ctx, r.Address, r.PID, r.Key)
}

// layout names the files of a data directory.
type layout struct{ data string }

func newLayout(dataDir string) (layout, error) {
	if dataDir == "" {
		return layout{}, errors.New("engine: no data directory given")
	}
	path, err := filepath.Abs(dataDir)
	if err != nil {
		return layout{}, fmt.Errorf("engine: data directory %s: %w", dataDir, err)
	}
	return layout{path}, nil
}

func (l layout) ownerLock() string  { return filepath.Join(l.data, "lock") }
func (l layout) backups() string    { return filepath.Join(l.data, "backups") }
func (l layout) dir() string        { return filepath.Join(l.data, "clickhouse") }
func (l layout) engineLock() string { return filepath.Join(l.dir(), "lock") }
func (l layout) config() string     { return filepath.Join(l.dir(), "config.xml") }
func (l layout) users() string      { return filepath.Join(l.dir(), "users.xml") }
func (l layout) endpoint() string   { return filepath.Join(l.dir(), "endpoint.json") }
func (l layout) workDir() string    { return filepath.Join(l.dir(), "empty") }
func (l layout) log() string        { return filepath.Join(l.dir(), "log", "clickhouse.log") }

// staleSystemTables is where the engine keeps the data of query_log. It forgets the table when it stops
// and then refuses to create it where the data still are.
func (l layout) staleSystemTables() string { return filepath.Join(l.dir(), "data", "data", "system") }

func (l layout) create() error {
	for _, dir := range []string{l.data, l.backups(), l.dir(), filepath.Dir(l.log())} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("engine: data directory: %w", err)
		}
	}
	// The data directory may have been made by somebody else for us. What is in these is for no one else.
	for _, dir := range []string{l.backups(), l.dir()} {
		if err := ownfile.Folder(dir); err != nil {
			return fmt.Errorf("engine: data directory: %w", err)
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("engine: data directory: %w", err)
		}
	}
	return nil
}

func (l layout) readRunning() (running, error) {
	r := running{Endpoint: Endpoint{files: l}}
	text, err := os.ReadFile(l.endpoint())
	if err != nil {
		return r, fmt.Errorf("engine: endpoint: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("engine: endpoint %s: %w", l.endpoint(), err)
	}
	return r, nil
}

// newEndpoint is an endpoint without an address yet, with the passwords that the data directory already has, or new ones.
func (l layout) newEndpoint() (Endpoint, error) {
	r, err := l.readRunning()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Endpoint{}, err
	}
	p := r.Endpoint
	// Where both users had one password, any program on the machine could have read it.
	if p.Password == "" || p.ReaderPassword == "" {
		p.Password, p.ReaderPassword = crand.Text(), crand.Text()
	}
	p.Address, p.Database, p.User, p.Reader = "", "stp", "stpd", "stpd_read"
	return p, nil
}

// writeConfig writes the engine's configuration. The doorman's address is where the engine asks who may log in as its own user.
func (l layout) writeConfig(p Endpoint, doorman string) error {
	_, port, err := net.SplitHostPort(p.Address)
	if err != nil {
		return fmt.Errorf("engine: address: %w", err)
	}
	values := struct {
		Endpoint
		Dir, Backups, Port, Doorman, PasswordHash, ReaderPasswordHash string
	}{p, l.dir(), l.backups(), port, doorman, hash(p.Password), hash(p.ReaderPassword)}

	for path, text := range map[string]string{l.config(): configTemplate, l.users(): usersTemplate} {
		var out bytes.Buffer
		t := template.Must(template.New(path).Parse(text))
		if err := t.Execute(&out, values); err != nil {
			return fmt.Errorf("engine: %w", err)
		}
		if err := writeFile(path, out.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func hash(password string) string {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}

// writeRunning tells other processes how to reach the engine.
func (l layout) writeRunning(r running) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("engine: endpoint: %w", err)
	}
	return writeFile(l.endpoint(), text)
}

// writeFile replaces a file whole, readable by its owner only.
func writeFile(path string, text []byte) error {
	draft := path + ".new"
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if err := os.Rename(draft, path); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}

// freeAddress finds a port of the loopback that nobody listens on. It looks below the ports that systems give to
// outgoing connections, so that none of those takes the port while the engine restarts.
func freeAddress() (string, error) {
	const lowest, highest, tries = 20000, 32000, 100
	for range tries {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(lowest+rand.IntN(highest-lowest)))
		if free(address) {
			return address, nil
		}
	}
	return "", fmt.Errorf("engine: no free port found on 127.0.0.1 between %d and %d", lowest, highest)
}

// free tells whether nobody listens at an address.
func free(address string) bool {
	l, err := net.Listen("tcp", address)
	return err == nil && l.Close() == nil
}
