//go:build linux || darwin

package engine

import (
	"bytes"
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
)

//go:embed config.xml.tmpl
var configTemplate string

//go:embed users.xml.tmpl
var usersTemplate string

// Endpoint is how a client reaches the engine.
type Endpoint struct {
	Address  string `json:"address"`  // host:port of the native protocol
	Database string `json:"database"` // exists as soon as the engine is ready
	User     string `json:"user"`     // may do everything in Database and in databases whose names begin with it
	Reader   string `json:"reader"`   // may only read them, within limits of time and memory: for queries of pages
	Password string `json:"password"` // of User and Reader
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
	return nil
}

func (l layout) readEndpoint() (Endpoint, error) {
	var p Endpoint
	text, err := os.ReadFile(l.endpoint())
	if err != nil {
		return p, fmt.Errorf("engine: endpoint: %w", err)
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("engine: endpoint %s: %w", l.endpoint(), err)
	}
	return p, nil
}

// newEndpoint is an endpoint without an address yet, with the password that the data directory already has, or a new one.
func (l layout) newEndpoint() (Endpoint, error) {
	p, err := l.readEndpoint()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	if p.Password == "" {
		p.Password = crand.Text()
	}
	p.Address, p.Database, p.User, p.Reader = "", "stp", "stpd", "stpd_read"
	return p, nil
}

// writeConfig writes the engine's configuration and the endpoint that leads to it.
func (l layout) writeConfig(p Endpoint) error {
	_, port, err := net.SplitHostPort(p.Address)
	if err != nil {
		return fmt.Errorf("engine: address: %w", err)
	}
	hash := sha256.Sum256([]byte(p.Password))
	values := struct {
		Endpoint
		Dir, Backups, Port, PasswordHash string
	}{p, l.dir(), l.backups(), port, hex.EncodeToString(hash[:])}

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
	text, err := json.MarshalIndent(p, "", "  ")
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
	var err error
	for range tries {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(lowest+rand.IntN(highest-lowest)))
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", fmt.Errorf("engine: no free port found on 127.0.0.1 between %d and %d: %w", lowest, highest, err)
}
