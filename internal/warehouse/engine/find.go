//go:build linux || darwin

package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"stpdash/internal/ownfile"
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
		if err := usable(o.Library); err != nil {
			return "", fmt.Errorf("engine: ClickHouse library: %w; %s", err, remedy())
		}
		return filepath.Abs(o.Library)
	}
	path, err := clickhouseOnPath(ctx)
	if path != "" || err != nil {
		return path, err
	}
	beside := filepath.Dir(o.Executable)
	candidates := []string{
		filepath.Join(beside, libraryName),
		filepath.Join(beside, "engine", libraryName),
		filepath.Join(beside, "bin", "engine", libraryName),
	}
	if home := dataHome(); home != "" {
		candidates = append(candidates, filepath.Join(home, "stpd", "engine", libraryName))
	}
	for _, path := range candidates { // none of them below the folder that one happens to stand in
		switch err := usable(path); {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("engine: ClickHouse library: %w", err)
		}
	}
	return "", fmt.Errorf("engine: no ClickHouse found: neither `clickhouse` %d.%d or newer on PATH, nor any of %s; %s",
		oldestMajor, oldestMinor, strings.Join(candidates, ", "), remedy())
}

// usable tells whether a file may be run: nobody but this user and root can have changed it.
func usable(path string) error {
	f, err := ownfile.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// dataHome is where a user keeps what programs need, or nothing where it is not known.
func dataHome() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(home, ".local", "share")
}

// The oldest release whose `clickhouse local` was found to serve as the library does.
const oldestMajor, oldestMinor = 26, 7

var versionPattern = regexp.MustCompile(`version (\d+)\.(\d+)`)

// clickhouseOnPath finds an executable that is new enough. Go finds none in a relative folder of PATH.
func clickhouseOnPath(ctx context.Context) (string, error) {
	path, err := exec.LookPath("clickhouse")
	if err != nil {
		return "", nil
	}
	if err := usable(path); err != nil {
		return "", fmt.Errorf("engine: ClickHouse on PATH: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, path, "local", "--version").Output()
	if err != nil {
		return "", nil
	}
	version := versionPattern.FindSubmatch(text)
	if version == nil {
		return "", nil
	}
	major, _ := strconv.Atoi(string(version[1]))
	minor, _ := strconv.Atoi(string(version[2]))
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return "", nil
	}
	return path, nil
}
