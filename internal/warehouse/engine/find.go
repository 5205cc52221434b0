//go:build linux || darwin

package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Version is the version of the npm package that `make engine` installs, and that this package was tested with.
const Version = "26.7.3-stable.1"

const libraryName = "libchdb.so" // on macOS too

// remedy is what to do when there is no engine to start.
func remedy() string {
	platform := map[string]string{
		"linux/amd64": "linux-x64-gnu", "linux/arm64": "linux-arm64-gnu",
		"darwin/amd64": "darwin-x64", "darwin/arm64": "darwin-arm64",
	}[runtime.GOOS+"/"+runtime.GOARCH]
	return fmt.Sprintf("run `make engine` to install it (npm package @chdb/lib-%s, version %s), "+
		"or set STP_CLICKHOUSE_DSN to use a ClickHouse server instead", platform, Version)
}

// find returns the path of what is to be run as the engine: the library that was asked for, or else a
// clickhouse executable, or else the library where it is usually installed.
func (o Options) find(ctx context.Context) (string, error) {
	if o.Library != "" {
		info, err := os.Stat(o.Library)
		if err == nil && !info.Mode().IsRegular() {
			err = errors.New("not a regular file")
		}
		if err != nil {
			return "", fmt.Errorf("engine: ClickHouse library %s: %w; %s", o.Library, err, remedy())
		}
		return filepath.Abs(o.Library)
	}
	if path, ok := clickhouseOnPath(ctx); ok {
		return path, nil
	}
	beside := filepath.Dir(o.Executable)
	candidates := []string{
		filepath.Join(beside, libraryName),
		filepath.Join(beside, "engine", libraryName),
		filepath.Join(beside, "bin", "engine", libraryName),
		filepath.Join("bin", "engine", libraryName),
		filepath.Join(dataHome(), "stpd", "engine", libraryName),
	}
	for _, path := range candidates {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return filepath.Abs(path)
		}
	}
	return "", fmt.Errorf("engine: no ClickHouse found: neither `clickhouse` %d.%d or newer on PATH, nor any of %s; %s",
		oldestMajor, oldestMinor, strings.Join(candidates, ", "), remedy())
}

func dataHome() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return dir
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".local", "share")
}

// The oldest release whose `clickhouse local` was found to serve as the library does.
const oldestMajor, oldestMinor = 26, 7

var versionPattern = regexp.MustCompile(`version (\d+)\.(\d+)`)

func clickhouseOnPath(ctx context.Context) (string, bool) {
	path, err := exec.LookPath("clickhouse")
	if err != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, path, "local", "--version").Output()
	if err != nil {
		return "", false
	}
	version := versionPattern.FindSubmatch(text)
	if version == nil {
		return "", false
	}
	major, _ := strconv.Atoi(string(version[1]))
	minor, _ := strconv.Atoi(string(version[2]))
	return path, major > oldestMajor || major == oldestMajor && minor >= oldestMinor
}
