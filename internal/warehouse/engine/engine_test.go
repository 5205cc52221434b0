//go:build linux || darwin

package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"go.uber.org/goleak"

	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// What the test binary is when it re-executes itself, beside the engine: another stpd, or the clickhouse executable.
const (
	roleVariable   = "STPD_TEST_ROLE"
	roleOwner      = "owner"
	roleGuest      = "guest"
	roleClickHouse = "clickhouse"
	dirVariable    = "STPD_TEST_DIR"
	libVariable    = "STPD_TEST_LIBRARY"
)

// leaks is a test suite that ends with no goroutine of the engine left.
type leaks struct{ *testing.M }

func (l leaks) Run() int {
	code := l.M.Run()
	if err := errors.Join(enginetest.Stop(), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}
