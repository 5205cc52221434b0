//go:build linux || darwin

package engine

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/net/netutil"
	"golang.org/x/sys/unix"
)

// ChildCommand is the first argument with which the binary re-executes itself to be the engine.
const ChildCommand = "engine-child"

// The descriptors that a child inherits beside the standard ones.
const (
	lifelineFD = 3 + iota // ends when the parent ends, or wants the child to
	lockFD                // nobody else starts an engine on the same files while this is open
	doorFD                // listens for the engine's questions who may log in
)

// doorVariable holds the orders for a child.
const doorVariable = "STPD_ENGINE_DOOR"

// orders are what a child has to know beside its arguments.
type orders struct {
	Secret   string   // without it the door is not asked
	DoorPort int      // where the door is asked
	Port     int      // that the engine opens
	Key      string   // by which what comes to that port is signed; empty where it is not
	Folders  []string // that the engine may change
	Library  bool     // whether the engine is a library, which needs no other files
}

// takeOrders reads the orders, which nothing that this process starts needs.
func takeOrders() (o orders, err error) {
	if err = json.Unmarshal([]byte(os.Getenv(doorVariable)), &o); err != nil {
		return o, fmt.Errorf("orders: %w", err)
	}
	return o, nil
}

// fenced is the argument of a child that has given up what it does not need.
const fenced = "fenced"

// enclose gives up all files, addresses and ports that the engine does not need, and begins the program anew: only so does that hold for
// every thread.
func enclose(o orders, library string, args []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if known, err := fence(o, self, library); err != nil || !known {
		return err
	}
	return syscall.Exec(self, append([]string{os.Args[0], ChildCommand, fenced, library}, args...), os.Environ())
}

// The exit codes of a child that could not begin.
const (
	exitBadLibrary = 3
	exitFailed     = 1
)

// RunChild is the engine's process: the binary calls it, with the arguments after ChildCommand, before it does anything else,
// and exits with the code it returns.
//
// The engine is a clickhouse-local that opens its port and waits at its prompt, for which it needs a terminal.
// Without one it would take every failed login, and every client that breaks its connection, for a reason to abort.
func RunChild(args []string) int {
	// Pdeathsig, where there is one, ends a process with the thread that started it.
	runtime.LockOSThread()
	if len(args) < 2 || unix.Getpgrp() != os.Getpid() {
		fmt.Fprintf(os.Stderr, "%s is not for use by hand: stpd starts it\n", ChildCommand)
		return 2
	}
	o, err := takeOrders()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	inside := args[0] == fenced
	if inside {
		args = args[1:]
	}
	path, args := args[0], args[1:]
	if !inside {
		if err := enclose(o, path, args); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitFailed
		}
	}

	// A supervisor may signal the whole group; the engine serves the service until that has finished.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
	if err := keepDoor(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	keyboard, terminal, err := openTerminal()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	go func() { _, _ = io.Copy(io.Discard, keyboard) }() // what the prompt prints
	go func() {
		_, _ = io.Copy(io.Discard, os.NewFile(lifelineFD, "lifeline"))
		_ = syscall.Kill(0, syscall.SIGKILL) // the group: the engine may be a process of its own
	}()
	if isLibrary(path) {
		return runLibrary(path, args, terminal)
	}
	return runProgram(path, args, terminal)
}

// keepDoor answers the engine's questions whether its own user, who has no password, may log in: yes to the first, which is
// the engine itself before it opens its port, and no to all others for as long as the process lives.
//
// At that moment it also removes the folder that the process is in. ClickHouse resolves the folder before it opens any
// file that a question names, so that the functions file(), sqlite() and their like, for some of which there is no grant
// that could be withheld, fail from then on.
func keepDoor(o orders) error {
	listener, err := net.FileListener(os.NewFile(doorFD, "door"))
	if err != nil {
		return fmt.Errorf("door: %w", err)
	}
	folder, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("door: %w", err)
	}
	if err := os.Unsetenv(doorVariable); err != nil {
		return fmt.Errorf("door: %w", err)
	}
	var opened atomic.Bool
	server := &http.Server{
		ReadTimeout: time.Second, WriteTimeout: time.Second, MaxHeaderBytes: 4 << 10,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			right := o.Secret != "" && subtle.ConstantTimeCompare([]byte(r.URL.Path), []byte("/"+o.Secret)) == 1
			if !right || !opened.CompareAndSwap(false, true) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			if err := os.Remove(folder); err != nil {
				fmt.Fprintf(os.Stderr, "door: %v\n", err)
				w.WriteHeader(http.StatusForbidden)
				return
			}
			if o.Key != "" {
				go signPort(o)
			}
		}),
	}
	server.SetKeepAlivesEnabled(false)
	go func() { _ = server.Serve(shutting{netutil.LimitListener(listener, maxAsking), listener, &opened}) }()
	return nil
}

// maxAsking bounds how many connections there are to the door before it is opened.
const maxAsking = 64

// shutting takes connections until the door was opened. From then on the answer to all is no: each is closed as it comes, which costs
// nothing. Its port is never given up, as who took it could say yes.
type shutting struct {
	net.Listener
	unbounded net.Listener
	opened    *atomic.Bool
}

func (l shutting) Accept() (net.Conn, error) {
	for !l.opened.Load() {
		conn, err := l.Listener.Accept()
		if err != nil || !l.opened.Load() {
			return conn, err
		}
		_ = conn.Close()
	}
	for {
		conn, err := l.unbounded.Accept()
		if err != nil {
			return nil, err
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

// signedPort is what the child says once its port takes signed segments alone.
const signedPort = "stpd: the port is signed"

// signPort has the engine's port take signed segments alone as soon as it is open.
func signPort(o orders) {
	for range time.Tick(time.Millisecond) {
		switch found, err := signListener(o.Port, o.Key); {
		case err != nil:
			fmt.Fprintf(os.Stderr, "door: %v\n", err)
			os.Exit(exitFailed)
		case found:
			fmt.Fprintln(os.Stdout, signedPort)
			return
		}
	}
}

func isLibrary(path string) bool {
	return strings.HasSuffix(path, ".so") || strings.HasSuffix(path, ".dylib")
}

// runProgram runs the clickhouse executable.
func runProgram(path string, args []string, terminal *os.File) int {
	cmd := exec.Command(path, append([]string{"local"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{os.NewFile(lockFD, "lock")}
	cmd.SysProcAttr = dieWithParent()
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), exitFailed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return 0
}

// runLibrary runs the main function of clickhouse-local that the library holds.
func runLibrary(path string, args []string, terminal *os.File) int {
	if err := unix.Dup2(int(terminal.Fd()), 0); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	library, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBadLibrary
	}
	mainSymbol, err := purego.Dlsym(library, "chdb_query_cmdline")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBadLibrary
	}
	var clickhouseMain func(argc int32, argv unsafe.Pointer) uintptr
	purego.RegisterFunc(&clickhouseMain, mainSymbol)
	var resultError func(result uintptr) string
	purego.RegisterLibFunc(&resultError, library, "chdb_result_error")

	argv := make([]*byte, 0, len(args)+2)
	for _, arg := range append([]string{"clickhouse-local"}, args...) {
		text, err := syscall.BytePtrFromString(arg)
		if err != nil {
			fmt.Fprintf(os.Stderr, "argument %q: %v\n", arg, err)
			return exitFailed
		}
		argv = append(argv, text)
	}
	argv = append(argv, nil)
	var pinned runtime.Pinner
	defer pinned.Unpin()
	for _, arg := range argv[:len(argv)-1] {
		pinned.Pin(arg)
	}
	if message := resultError(clickhouseMain(int32(len(argv)-1), unsafe.Pointer(&argv[0]))); message != "" {
		fmt.Fprintln(os.Stderr, message)
		return exitFailed
	}
	return 0
}

// openTerminal opens a pseudo-terminal: what is written to the keyboard is typed at the terminal.
func openTerminal() (keyboard, terminal *os.File, err error) {
	var (
		posixOpenpt       func(flags int32) int32
		grantpt, unlockpt func(fd int32) int32
		ptsname           func(fd int32) string
	)
	for name, function := range map[string]any{
		"posix_openpt": &posixOpenpt, "grantpt": &grantpt, "unlockpt": &unlockpt, "ptsname": &ptsname,
	} {
		purego.RegisterLibFunc(function, purego.RTLD_DEFAULT, name)
	}
	fd := posixOpenpt(syscall.O_RDWR | syscall.O_NOCTTY)
	if fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0 {
		return nil, nil, errors.New("the system has no pseudo-terminal to give (/dev/ptmx), which the engine needs")
	}
	syscall.CloseOnExec(int(fd))
	terminal, err = os.OpenFile(ptsname(fd), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("pseudo-terminal: %w", err)
	}
	return os.NewFile(uintptr(fd), "keyboard"), terminal, nil
}
