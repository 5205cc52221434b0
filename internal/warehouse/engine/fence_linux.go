package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

func ptr[T any](t *T) unsafe.Pointer { return unsafe.Pointer(t) }

const (
	readable = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR | unix.LANDLOCK_ACCESS_FS_EXECUTE
	writable = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	ofFiles  = readable&^unix.LANDLOCK_ACCESS_FS_READ_DIR | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
)

// system is what a program needs of the machine, and no secret is in.
var system = map[string]uint64{
	"/usr":               readable,
	"/lib":               readable,
	"/lib64":             readable,
	"/bin":               readable,
	"/proc":              readable,
	"/sys":               readable,
	"/etc/ld.so.cache":   readable,
	"/etc/localtime":     readable,
	"/etc/timezone":      readable,
	"/etc/hosts":         readable,
	"/etc/host.conf":     readable,
	"/etc/nsswitch.conf": readable,
	"/etc/resolv.conf":   readable,
	"/etc/gai.conf":      readable,
	"/dev/null":          writable,
	"/dev/zero":          writable,
	"/dev/random":        readable,
	"/dev/urandom":       readable,
	"/dev/ptmx":          writable,
	"/dev/pts":           writable,
	"/dev/tty":           writable,
}

// fence keeps the thread, and what it executes, to its own folders and, where the kernel knows how, to its two ports: it opens the first
// and asks at the second. It reports whether the kernel knows how to keep it to its folders (Landlock).
func fence(o orders, programs ...string) (bool, error) {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return false, nil
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1}
	if version >= 2 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 4 {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if version >= 6 {
		attr.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(ptr(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return false, fmt.Errorf("fence: %w", errno)
	}
	defer unix.Close(int(rules))

	allowed := map[string]uint64{}
	for path, access := range system {
		allowed[path] = access
	}
	for _, program := range programs {
		allowed[program] = readable
	}
	if !o.Library { // who knows what a program needs to read
		allowed["/"] = readable
	}
	for _, folder := range o.Folders {
		allowed[folder] = attr.Handled_access_fs
	}
	for path, access := range allowed {
		if err := allowPath(int(rules), path, access&attr.Handled_access_fs); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, fmt.Errorf("fence: %s: %w", path, err)
		}
	}
	if version >= 4 {
		for port, access := range map[int]uint64{o.Port: unix.LANDLOCK_ACCESS_NET_BIND_TCP, o.DoorPort: unix.LANDLOCK_ACCESS_NET_CONNECT_TCP} {
			if err := allowPort(int(rules), port, access); err != nil {
				return false, fmt.Errorf("fence: port %d: %w", port, err)
			}
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return false, fmt.Errorf("fence: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); errno != 0 {
		return false, fmt.Errorf("fence: %w", errno)
	}
	return true, nil
}

func allowPath(rules int, path string, access uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		access &= ofFiles
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	return addRule(rules, unix.LANDLOCK_RULE_PATH_BENEATH, ptr(&rule))
}

func allowPort(rules, port int, access uint64) error {
	const ruleNetPort = 2 // LANDLOCK_RULE_NET_PORT
	rule := struct{ access, port uint64 }{access, uint64(port)}
	return addRule(rules, ruleNetPort, ptr(&rule))
}

func addRule(rules int, kind uintptr, rule unsafe.Pointer) error {
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), kind, uintptr(rule), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
