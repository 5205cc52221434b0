//go:build linux || darwin

package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

var (
	// errStranger says that another program listens where the engine should.
	errStranger = errors.New("another program listens there")
	errUnproven = errors.New("it is not known yet who has taken the connection")
)

// provePatience is how long an engine that listens may take to accept a connection.
const provePatience = 5 * time.Second

// dialProven connects to an address and returns the connection once it is certain that the socket at its other end is held by the
// engine's process or a child of it. The native protocol begins with the password, so a stranger who took the port must be known before
// a byte is sent. Where what is sent is signed by a key, nobody else can answer; where it is not, the system is asked who has the connection.
func dialProven(ctx context.Context, address string, pid int, key string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, provePatience)
	defer cancel()
	if key != "" {
		err := listensAt(pid, address)
		if err == nil {
			var conn net.Conn
			if conn, err = dialSigned(ctx, address, key); err == nil {
				return conn, nil
			}
		}
		return nil, fmt.Errorf("engine: %s: %w", address, err)
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	for {
		err = prove(ctx, conn, pid)
		if err == nil {
			return conn, nil
		}
		if errors.Is(err, errUnproven) {
			select {
			case <-time.After(2 * time.Millisecond):
				continue
			case <-ctx.Done():
			}
		}
		_ = conn.Close()
		return nil, fmt.Errorf("engine: %s: %w", address, err)
	}
}

func prove(ctx context.Context, conn net.Conn, pid int) error {
	server, isTCP := conn.RemoteAddr().(*net.TCPAddr)
	client, alsoTCP := conn.LocalAddr().(*net.TCPAddr)
	if !isTCP || !alsoTCP {
		return errStranger
	}
	return holds(ctx, pid, server.AddrPort(), client.AddrPort())
}

// refuses tells whether nothing of ours answers at the engine's port, and nothing will.
func refuses(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, errStranger)
}
