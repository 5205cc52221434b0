//go:build linux || darwin

// Package engine starts the embedded ClickHouse and keeps it running: the library libchdb.so, or the clickhouse
// executable where one is installed, in a child process that listens on the loopback.
package engine

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Options says which engine to start, and where it keeps its data.
type Options struct {
	DataDir    string       // the engine keeps everything under DataDir/clickhouse
	Library    string       // path of libchdb.so; empty to look for clickhouse on PATH, then for the library where it is usually installed
	Logger     *slog.Logger // nil for none
	Executable string       // the binary that calls RunChild; empty for this one
}

// Engine is a running ClickHouse, restarted whenever it ends before Close.
type Engine struct {
	binary     string // the library or program that is the engine
	executable string
	log        *slog.Logger
	files      layout
	ownerLock  *os.File
	engineLock *os.File
	cancel     context.CancelFunc
	done       chan struct{}

	mu       sync.Mutex
	endpoint Endpoint
	running  running // what Dial connects to
	ready    bool
	pid      int
	restarts int
}

const (
	startPatience   = 2 * time.Minute  // loading the tables of a large data directory
	handoverPending = 10 * time.Second // a killed owner's engine may still be ending
)

// Start starts the engine and returns when it answers. The context bounds the start, not the engine's life.
// A data directory that another process owns gives an *InUseError.
func Start(ctx context.Context, o Options) (*Engine, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Executable == "" {
		path, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("engine: own executable: %w", err)
		}
		o.Executable = path
	}
	executable, err := filepath.Abs(o.Executable)
	if err != nil {
		return nil, fmt.Errorf("engine: own executable: %w", err)
	}
	files, err := newLayout(o.DataDir)
	if err != nil {
		return nil, err
	}
	o.Executable = executable
	binary, err := o.find(ctx)
	if err != nil {
		return nil, err
	}
	if err := files.create(); err != nil {
		return nil, err
	}
	e := &Engine{
		binary: binary, executable: executable, log: o.Logger, files: files,
		done: make(chan struct{}),
	}
	if err = e.take(); err != nil {
		return nil, errors.Join(err, e.giveBack())
	}
	life, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	first := make(chan error, 1)
	go e.supervise(life, first)

	select {
	case err = <-first:
	case <-ctx.Done():
		err = fmt.Errorf("engine: start: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// take makes this process the owner of the data directory.
func (e *Engine) take() (err error) {
	const passing = 200 * time.Millisecond // Attach takes the lock for an instant
	if e.ownerLock, err = lock(e.files.ownerLock(), passing); err != nil {
		return err
	}
	if err = sign(e.ownerLock); err != nil {
		return err
	}
	if e.engineLock, err = lock(e.files.engineLock(), handoverPending); err != nil {
		return err
	}
	e.endpoint, err = e.files.newEndpoint()
	return err
}

func (e *Engine) giveBack() error {
	var errs []error
	for _, f := range []*os.File{e.engineLock, e.ownerLock} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// Close stops the engine at once and gives the data directory back.
func (e *Engine) Close() error {
	e.cancel()
	<-e.done
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.giveBack()
	e.engineLock, e.ownerLock = nil, nil
	return err
}

// Endpoint is how to reach the engine. Its address stays the same over restarts, unless another program took the
// port meanwhile.
func (e *Engine) Endpoint() Endpoint {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.endpoint
}

// ErrNotReady says that the engine is down, and will be back in a moment unless it was closed.
var ErrNotReady = errors.New("engine: ClickHouse is being started again")

// Dial connects to the engine at the address that it has now. As DialContext of clickhouse.Options it lets a client
// follow the engine to another port, and keeps the password from any other program that listens there.
func (e *Engine) Dial(ctx context.Context, _ string) (net.Conn, error) {
	e.mu.Lock()
	running, ready := e.running, e.ready
	e.mu.Unlock()
	if !ready {
		return nil, ErrNotReady
	}
	return running.dial(ctx)
}

// Options are those of a client of this process that logs in as one of the two users.
func (e *Engine) Options(user string) *clickhouse.Options {
	options := e.Endpoint().Options(user)
	options.DialContext = e.Dial
	return options
}

// Ask tells whether the engine answers a question asked through its port, on a connection of its own.
func (e *Engine) Ask(ctx context.Context) error {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	options := e.Options(e.Endpoint().Reader)
	options.Settings = clickhouse.Settings{"log_queries": 0} // one a second would fill the log
	// The client bounds its login by a time of its own, whatever the context: so the line is cut when patience ends.
	options.DialContext = func(dialling context.Context, address string) (net.Conn, error) {
		conn, err := e.Dial(dialling, address)
		if err == nil {
			context.AfterFunc(ctx, func() { conn.Close() })
		}
		return conn, err
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	defer conn.Close()
	err = conn.Exec(ctx, "SELECT 1")
	if err != nil && !errors.Is(err, ErrNotReady) {
		return fmt.Errorf("engine: ClickHouse does not answer: %w", err)
	}
	return err
}

// watch asks again and again, and returns why the engine must be started again, or nil when it ended or the context did.
func (e *Engine) watch(ctx context.Context, gone <-chan struct{}) error {
	const (
		pause   = time.Second
		hanging = time.Minute // without an answer: a busy engine may be slow, and a restart would break off its work
	)
	answered := time.Now()
	for {
		select {
		case <-gone:
			return nil
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		switch err := e.Ask(ctx); {
		case err == nil:
			answered = time.Now()
		case refuses(err), time.Since(answered) > hanging:
			select {
			case <-gone: // so much for its port
				return nil
			default:
				return err
			}
		}
	}
}

// Ready tells whether the engine answers; it does not while it is being restarted, and after Close.
func (e *Engine) Ready() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ready
}

// Restarts counts how often the engine ended by itself and was started again.
func (e *Engine) Restarts() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.restarts
}

// PID is the engine's process, 0 while there is none.
func (e *Engine) PID() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pid
}

// ResidentBytes is the memory that the engine holds, 0 where the system does not tell.
func (e *Engine) ResidentBytes() int64 {
	if pid := e.PID(); pid != 0 {
		return residentBytes(pid)
	}
	return 0
}

// supervise runs the engine until the context ends. It tells the outcome of the first start to first.
func (e *Engine) supervise(ctx context.Context, first chan<- error) {
	defer close(e.done)
	// The kernel ends the child with the thread that started it, so that thread must stay.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	const portTries = 5
	var pause backoff
	answered := false
	for try := 1; ; try++ {
		began := time.Now()
		err := e.run(ctx, func() {
			if !answered {
				first <- nil
			}
			answered = true
		})
		switch {
		case ctx.Err() != nil:
			return
		case !answered && errors.Is(err, errPortTaken) && try < portTries:
			continue
		case !answered:
			first <- err
			return
		}
		delay := pause.next(time.Since(began))
		e.mu.Lock()
		e.restarts++
		e.mu.Unlock()
		e.log.Error("the embedded ClickHouse ended and will be started again", "error", err, "pause", delay)
		select {
		case <-ctx.Done():
			return
		case <-time.After(delay):
		}
	}
}

// run starts the engine once, calls onReady when it answers, and returns why it ended. When the context ends, it
// ends the engine.
func (e *Engine) run(ctx context.Context, onReady func()) error {
	door, secret, err := openDoor()
	if err != nil {
		return err
	}
	defer door.Close()
	endpoint, err := e.prepare("http://" + door.address + "/" + secret)
	if err != nil {
		return err
	}
	o, key, err := e.orders(endpoint, door, secret)
	if err != nil {
		return err
	}
	childsEnd, lifeline, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	defer lifeline.Close()

	var said transcript
	cmd := exec.Command(e.executable, append([]string{ChildCommand, e.binary}, e.arguments()...)...)
	cmd.Dir = e.files.workDir() // see keepDoor
	cmd.Env = append(withoutSettings(os.Environ()), "TZ=UTC", doorVariable+"="+o)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.ExtraFiles = []*os.File{childsEnd, e.engineLock, door.File} // in the order of lifelineFD, lockFD and doorFD
	cmd.SysProcAttr = dieWithParent()
	cmd.SysProcAttr.Setsid = true // Ctrl-C is for the service, and the prompt must not find its terminal
	cmd.WaitDelay = time.Second
	err = cmd.Start()
	childsEnd.Close()
	door.Close()
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	gone := make(chan struct{})
	var exit error // to be read once the child is gone
	go func() {
		exit = cmd.Wait()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it may have left behind
		close(gone)
	}()
	e.set(cmd.Process.Pid, false)

	now := running{endpoint, cmd.Process.Pid, key}
	e.mu.Lock()
	e.running = now
	e.mu.Unlock()
	startErr := e.files.writeRunning(now)
	if startErr == nil {
		startErr = e.await(ctx, now, gone, &said)
	}
	var lost error
	if startErr == nil {
		e.set(cmd.Process.Pid, true)
		onReady()
		lost = e.watch(ctx, gone)
	}
	e.set(cmd.Process.Pid, false)
	// What it acknowledged is on the disk. To end in order it would wait for its clients, and need the folder that keepDoor removed.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	<-gone
	e.set(0, false)
	if lost != nil {
		if errors.Is(lost, errStranger) {
			e.leavePort()
		}
		return lost
	}
	if startErr != nil && !errors.Is(startErr, errEnded) {
		return startErr
	}
	return e.explain(exit, &said)
}

// door is what the child answers the engine's questions at.
type door struct {
	*os.File
	address string
}

func openDoor() (d door, secret string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return d, "", fmt.Errorf("engine: door: %w", err)
	}
	defer listener.Close()
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		return d, "", fmt.Errorf("engine: door: %w", err)
	}
	return door{file, listener.Addr().String()}, crand.Text(), nil
}

// orders are those for a child, with the key by which what comes to its port is signed. It is empty where the system cannot sign, or the
// engine is a program of its own, into whose sockets the child cannot reach.
func (e *Engine) orders(endpoint Endpoint, door door, secret string) (text, key string, err error) {
	port, err := portOf(endpoint.Address)
	if err != nil {
		return "", "", err
	}
	doorPort, err := portOf(door.address)
	if err != nil {
		return "", "", err
	}
	if isLibrary(e.binary) && canSign() {
		key = crand.Text()
	}
	all, err := json.Marshal(
		orders{Secret: secret, DoorPort: doorPort, Port: port, Key: key, Folders: []string{e.files.dir(), e.files.backups()}, Library: isLibrary(e.binary)},
	)
	if err != nil {
		return "", "", fmt.Errorf("engine: %w", err)
	}
	return string(all), key, nil
}

func portOf(address string) (int, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return 0, fmt.Errorf("engine: address: %w", err)
	}
	return int(at.Port()), nil
}

// withoutSettings leaves out those of the product: there are secrets among them that the engine has no need of.
func withoutSettings(environment []string) []string {
	return slices.DeleteFunc(environment, func(pair string) bool { return strings.HasPrefix(pair, "STP_") })
}

// leavePort has the next start choose another port.
func (e *Engine) leavePort() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.endpoint.Address = ""
}

// prepare writes the configuration, with a port if none is chosen yet.
func (e *Engine) prepare(doorman string) (Endpoint, error) {
	if err := os.RemoveAll(e.files.staleSystemTables()); err != nil {
		return Endpoint{}, fmt.Errorf("engine: %w", err)
	}
	if err := os.MkdirAll(e.files.workDir(), 0o700); err != nil {
		return Endpoint{}, fmt.Errorf("engine: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.endpoint.Address == "" || !free(e.endpoint.Address) {
		address, err := freeAddress()
		if err != nil {
			return Endpoint{}, err
		}
		e.endpoint.Address = address
	}
	return e.endpoint, e.files.writeConfig(e.endpoint, doorman)
}

// arguments are those of clickhouse-local: to open the port, then to wait at the prompt, without any of what makes
// the prompt pleasant.
func (e *Engine) arguments() []string {
	return []string{
		"--config-file", e.files.config(), "--log-level", "warning",
		"--query", "SYSTEM START LISTEN TCP", "--interactive",
		"--disable_suggestion", "--highlight=0", "--history_file=/dev/null",
		"--progress=off", "--progress-table=off", "--enable-progress-table-toggle=0",
	}
}

func (e *Engine) set(pid int, ready bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pid, e.ready = pid, ready
}

var (
	errPortTaken    = errors.New("the port is taken")
	errNotListening = errors.New("not listening yet")
	errEnded        = errors.New("ended")
)

// await returns when the engine answers and has its database, or cannot.
func (e *Engine) await(ctx context.Context, now running, gone <-chan struct{}, said *transcript) error {
	endpoint := now.Endpoint
	options := endpoint.Options(endpoint.User)
	options.Auth.Database = "system" // the other is not there yet
	options.DialContext = func(ctx context.Context, _ string) (net.Conn, error) { return now.dial(ctx) }
	conn, err := clickhouse.Open(options)
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, startPatience, fmt.Errorf("no answer for %s", startPatience))
	defer cancel()
	for err = errNotListening; ; {
		if said.listening(now.Key != "") { // another program that has the port would be found out, but not why the engine has not
			err = ping(ctx, conn)
		}
		if err == nil {
			if err := conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+endpoint.Database); err != nil {
				return fmt.Errorf("engine: database %s: %w", endpoint.Database, err)
			}
			return nil
		}
		if said.complaint() != "" {
			return errEnded // as good as: it waits at the prompt, with no port open
		}
		select {
		case <-gone:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("engine: start: %w: %w", context.Cause(ctx), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func ping(ctx context.Context, conn clickhouse.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return conn.Ping(ctx)
}

// explain says why the engine ended by itself.
func (e *Engine) explain(exit error, said *transcript) error {
	if coded := (*exec.ExitError)(nil); errors.As(exit, &coded) && coded.ExitCode() == exitBadLibrary {
		return fmt.Errorf("engine: %s cannot be loaded as ClickHouse: %s; %s", e.binary, said.last(), remedy())
	}
	reason := said.complaint()
	switch {
	case strings.Contains(reason, "Address already in use"):
		err := fmt.Errorf("engine: %s: %w", e.Endpoint().Address, errPortTaken)
		e.leavePort()
		return err
	case reason == "":
		reason = said.last()
	}
	if exit == nil {
		exit = errEnded
	}
	return fmt.Errorf("engine: ClickHouse: %w: %s (its log is %s)", exit, reason, e.files.log())
}

// transcript keeps the end of what the engine prints.
type transcript struct {
	mu   sync.Mutex
	text []byte
}

func (t *transcript) Write(p []byte) (int, error) {
	const enough = 8192
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if len(t.text) > enough {
		t.text = t.text[len(t.text)-enough:]
	}
	return len(p), nil
}

var complaintPattern = regexp.MustCompile(`Code: \d+\. DB::Exception: .*`)

// complaint is the first error that the engine printed.
func (t *transcript) complaint() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(complaintPattern.Find(t.text))
}

// listening tells whether the engine has opened its port: the prompt says so after the statement that does. Where what comes to it has to be
// signed, the child says when that holds.
func (t *transcript) listening(signed bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Contains(t.text, []byte("\nOk.\n")) && (!signed || bytes.Contains(t.text, []byte(signedPort)))
}

// last is the last line that the engine printed.
func (t *transcript) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.text))
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// backoff spaces out restarts.
type backoff struct{ delay time.Duration }

// next is the pause after a run of the given length: longer after each short run, and random in part.
func (b *backoff) next(lived time.Duration) time.Duration {
	const shortest, longest, stable = 200 * time.Millisecond, 10 * time.Second, time.Minute
	if lived >= stable {
		b.delay = 0
	}
	b.delay = min(max(2*b.delay, shortest), longest)
	return b.delay/2 + rand.N(b.delay/2)
}
