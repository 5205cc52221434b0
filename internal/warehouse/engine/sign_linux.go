package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// signSegments has the kernel take, on a TCP socket, only segments that carry a signature by the key (RFC 2385) where they come from the given
// network, and sign its own.
func signSegments(fd int, with netip.Prefix, key string) error {
	s := unix.TCPMD5Sig{Flags: unix.TCP_MD5SIG_FLAG_PREFIX, Prefixlen: uint8(with.Bits()), Keylen: uint16(len(key))}
	address := (*unix.RawSockaddrInet4)(ptr(&s.Addr))
	address.Family, address.Addr = unix.AF_INET, with.Addr().As4()
	copy(s.Key[:], key)
	return os.NewSyscallError("TCP_MD5SIG", unix.SetsockoptTCPMD5Sig(fd, unix.IPPROTO_TCP, unix.TCP_MD5SIG_EXT, &s))
}

var everybody = netip.MustParsePrefix("0.0.0.0/0")

// canSign tells whether this system signs segments.
func canSign() bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return signSegments(fd, everybody, "tried") == nil
}

// dialSigned connects to an address whose listener takes signed segments alone.
func dialSigned(ctx context.Context, address, key string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = signSegments(int(fd), netip.PrefixFrom(to.Addr(), 32), key) })
		return errors.Join(err, failed)
	}}
	return d.DialContext(ctx, "tcp4", address)
}

// listensAt tells whether the process or a child of it listens at an address. Nothing that is sent to a port without a listener comes back
// signed, so who dials would not be told.
func listensAt(pid int, address string) error {
	server, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	listening, _, err := socketsOf(server, netip.AddrPortFrom(netip.IPv4Unspecified(), 0))
	switch {
	case err != nil:
		return err
	case listening == "":
		return syscall.ECONNREFUSED
	case !keeps(pid, listening):
		return errStranger
	}
	return nil
}

// signListener has the socket of this process that listens at a port take signed segments alone, and tells whether there is one.
func signListener(port int, key string) (found bool, err error) {
	descriptors, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		return false, err
	}
	for _, descriptor := range descriptors {
		number, err := strconv.Atoi(filepath.Base(descriptor))
		if err != nil {
			continue
		}
		if listens, err := unix.GetsockoptInt(number, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err != nil || listens == 0 {
			continue
		}
		address, err := unix.Getsockname(number)
		if at, ok := address.(*unix.SockaddrInet4); err != nil || !ok || at.Port != port {
			continue
		}
		if err := signSegments(number, everybody, key); err != nil {
			return true, fmt.Errorf("port %d: %w", port, err)
		}
		return true, nil
	}
	return false, nil
}
