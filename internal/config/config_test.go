package config_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/config"
)

// file writes a .env file.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	want := config.Config{Addr: "127.0.0.1:8044", DataDir: "./var", Bundled: true, LogLevel: "info", Rate: 100, Read: config.ReadAnyone, AdminAddr: "127.0.0.1:0"}
	for name, path := range map[string]string{"no file": filepath.Join(t.TempDir(), ".env"), "an empty file": file(t, ""), "empty settings": file(t, "STP_PROXY=\nSTP_CONTACT=\nSTP_PUBLIC_URL=\n")} {
		got, err := config.Read(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEveryExample(t *testing.T) {
	example, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	got, err := config.Read(file(t, string(example)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(
		config.Config{Addr: "127.0.0.1:8044", DataDir: "./var", Bundled: true, LogLevel: "info", Rate: 100, Read: config.ReadAnyone, AdminAddr: "127.0.0.1:0"},
		got,
	); diff != "" {
		t.Errorf(".env.example states other than the defaults (-default +example):\n%s", diff)
	}
	_, err = config.Read(file(t, "STP_NO_SUCH_NAME=1\n"), nil)
	if err == nil {
		t.Fatal("an unknown name is accepted")
	}
	_, names, _ := strings.Cut(err.Error(), "accepted: ")
	for name := range strings.SplitSeq(names, ", ") {
		if !strings.Contains(string(example), name+"=") {
			t.Errorf(".env.example does not name %s", name)
		}
	}
}

func TestEnvironmentWins(t *testing.T) {
	inbox := t.TempDir()
	path := file(t, `# settings
export STP_ADDR=0.0.0.0:80 # everywhere
STP_DATA_DIR="/srv/stp data"
STP_INBOX='`+inbox+`'
STP_BUNDLED=false
STP_LOG_LEVEL=debug
STP_CLOCK=2018-03-31T12:00:00Z
STP_CLICKHOUSE_DSN=clickhouse://a:b@host:9000/stp
STP_ADMIN_ADDR=[::1]:9000
STP_PUBLIC_URL=https://stp.nhs.uk/
STP_PROXY=http://a:b@proxy:3128
STP_CONTACT=https://nhs.uk/stp
STP_RATE=7.5
STP_TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8
OTHER=of somebody else
`)
	want := config.Config{
		Addr:          "0.0.0.0:80",
		DataDir:       "/srv/stp data",
		Inbox:         inbox,
		LogLevel:      "debug",
		Rate:          7.5,
		ClickHouseDSN: "clickhouse://a:b@host:9000/stp",
		Clock: time.Date(
			2018,
			3,
			31,
			12,
			0,
			0,
			0,
			time.UTC,
		),
		AdminAddr:      "[::1]:9000",
		PublicURL:      &url.URL{Scheme: "https", Host: "stp.nhs.uk", Path: "/"},
		Contact:        "https://nhs.uk/stp",
		Proxy:          &url.URL{Scheme: "http", User: url.UserPassword("a", "b"), Host: "proxy:3128"},
		TrustedProxies: []string{"127.0.0.1", "10.0.0.0/8"},
		Read:           config.ReadAnyone,
	}
	got, err := config.Read(path, []string{"HOME=/", "STP_SHARED=/elsewhere", "OTHER"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(url.Userinfo{})); diff != "" {
		t.Errorf("from the file (-want +got):\n%s", diff)
	}
	want.Addr, want.Bundled, want.DataDir = "[::1]:0", true, "a=b"
	if got, err = config.Read(path, []string{"STP_ADDR=[::1]:0", "STP_BUNDLED=1", "STP_DATA_DIR=a=b"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(url.Userinfo{})); diff != "" {
		t.Errorf("with the environment (-want +got):\n%s", diff)
	}
}

func TestMistakes(t *testing.T) {
	const (
		unreadable = "found what cannot be read, accepted: NAME=value, with quotes closed, and comments after #"
		names      = "accepted: STP_ACCOUNTS_KEY, STP_ADDR, STP_ADMIN_ADDR, STP_BACKUP_KEY, STP_BUNDLED, STP_CHROMIUM, STP_CLICKHOUSE_DSN, STP_CLOCK, STP_CONTACT, STP_DASHBOARDS, STP_DATA_DIR, STP_ENGINE_LIBRARY, STP_FEEDBACK, STP_FOLDERS, STP_INBOX, STP_LOG_LEVEL, " +
			"STP_OIDC_CLIENT, STP_OIDC_GROUP, STP_OIDC_ISSUER, STP_OIDC_NAME, STP_OIDC_SECRET, STP_PROXY, STP_PUBLIC_URL, STP_RATE, STP_READ, STP_TRUSTED_PROXIES"
		proxy    = "accepted: the address of a proxy, for example http://proxy:3128"
		feedback = "accepted: a mail address, for example stp@example.nhs.uk, or a web address that begins with https://"
		address  = "accepted: host:port, for example 127.0.0.1:8044"
		admin    = "accepted: an address of this machine alone, for example 127.0.0.1:8045, or off"
		site     = "accepted: where readers find the service, without a path, for example https://stp.example.nhs.uk"
		issuer   = "accepted: the address by which the provider names itself, with https, for example https://login.example.nhs.uk/realms/nhs, and STP_PUBLIC_URL set too"
		level    = "accepted: debug, info, warn or error"
		folder   = "accepted: a folder that exists"
		moment   = "accepted: a time such as 2018-03-31T12:00:00Z"
	)
	for _, test := range []struct {
		name, content string
		environment   []string
		want          []string // a leading : stands for the file
	}{
		{"a proxy that is none", "STP_PROXY=socks5://a:secret@proxy\n", nil, []string{":1:11: STP_PROXY: found something else, " + proxy}},
		{"a proxy without a scheme", "", []string{"STP_PROXY=proxy:3128"}, []string{"environment: STP_PROXY: found something else, " + proxy}},
		{"a proxy that is no address", "", []string{"STP_PROXY=http://a:secret@[proxy"}, []string{"environment: STP_PROXY: found something else, " + proxy}},
		{"a provider without https", "STP_PUBLIC_URL=https://nhs.uk\nSTP_OIDC_CLIENT=a\nSTP_OIDC_ISSUER=http://login.nhs.uk\n", nil, []string{`:3:17: STP_OIDC_ISSUER: found "http://login.nhs.uk", ` + issuer}},
		{"a provider with a password", "", []string{"STP_PUBLIC_URL=https://nhs.uk", "STP_OIDC_CLIENT=a", "STP_OIDC_ISSUER=https://a:b@login.nhs.uk"}, []string{`environment: STP_OIDC_ISSUER: found "https://a:b@login.nhs.uk", ` + issuer}},
		{"a provider and no public address", "", []string{"STP_OIDC_CLIENT=a", "STP_OIDC_ISSUER=https://login.nhs.uk"}, []string{`environment: STP_OIDC_ISSUER: found "https://login.nhs.uk", ` + issuer}},
		{"a provider that knows no name of the service", "", []string{"STP_PUBLIC_URL=https://nhs.uk", "STP_OIDC_ISSUER=https://login.nhs.uk"}, []string{`settings: STP_OIDC_CLIENT: found "", accepted: how the provider names this service, where STP_OIDC_ISSUER is set`}},
		{"a provider on this machine", "", []string{"STP_PUBLIC_URL=http://127.0.0.1:8044", "STP_OIDC_CLIENT=a", "STP_OIDC_ISSUER=http://127.0.0.1:8080/realms/nhs"}, nil},
		{"an address of metrics that others reach", "", []string{"STP_ADMIN_ADDR=0.0.0.0:9000"}, []string{`environment: STP_ADMIN_ADDR: found "0.0.0.0:9000", ` + admin}},
		{"an address of metrics without a host", "", []string{"STP_ADMIN_ADDR=:9000"}, []string{`environment: STP_ADMIN_ADDR: found ":9000", ` + admin}},
		{"a name as the address of metrics", "", []string{"STP_ADMIN_ADDR=elsewhere:9000"}, []string{`environment: STP_ADMIN_ADDR: found "elsewhere:9000", ` + admin}},
		{"a public address with a path", "", []string{"STP_PUBLIC_URL=https://nhs.uk/stp"}, []string{`environment: STP_PUBLIC_URL: found "https://nhs.uk/stp", ` + site}},
		{"a public address without a scheme", "", []string{"STP_PUBLIC_URL=stp.nhs.uk"}, []string{`environment: STP_PUBLIC_URL: found "stp.nhs.uk", ` + site}},
		{"a public address with a query", "", []string{"STP_PUBLIC_URL=https://nhs.uk?"}, []string{`environment: STP_PUBLIC_URL: found "https://nhs.uk?", ` + site}},
		{"no metrics", "", []string{"STP_ADMIN_ADDR=off"}, nil},
		{"a negative rate", "STP_RATE=-1\n", nil, []string{`:1:10: STP_RATE: found "-1", accepted: questions a second from 0.1 to 1000000, or 0 for no limit`}},
		{"no rate", "STP_RATE=NaN\n", nil, []string{`:1:10: STP_RATE: found "NaN", accepted: questions a second from 0.1 to 1000000, or 0 for no limit`}},
		{"a script to write to", "STP_FEEDBACK=javascript:alert(1)\n", nil, []string{`:1:14: STP_FEEDBACK: found "javascript:alert(1)", ` + feedback}},
		{"a page without encryption to write to", "STP_FEEDBACK=http://nhs.uk\n", nil, []string{`:1:14: STP_FEEDBACK: found "http://nhs.uk", ` + feedback}},
		{"a name and an address to write to", "STP_FEEDBACK='STP <stp@nhs.uk>'\n", nil, []string{`:1:14: STP_FEEDBACK: found "STP <stp@nhs.uk>", ` + feedback}},
		{"a contact in brackets", "STP_CONTACT='(me)'\n", nil, []string{`:1:13: STP_CONTACT: found "(me)", accepted: a web or mail address in ASCII, without brackets`}},
		{"a double quote that is not closed", "A=1\nSTP_ADDR=\"127.0.0.1\nB=2\n", nil, []string{":2:10: " + unreadable}},
		{"a single quote that is not closed", "STP_ADDR='127.0.0.1\n", nil, []string{":1:10: " + unreadable}},
		{"text after a quote", "STP_ADDR=\"127.0.0.1:1\" then\n", nil, []string{":1:10: " + unreadable}},
		{"no equals sign", "A=1\n\nSTP_ADDR\n", nil, []string{":3:1: " + unreadable}},
		{"a fault after a value of several lines", "A=\"one\ntwo\"\nB=1\nbad line\n", nil, []string{":4:1: " + unreadable}},
		{"binary", "\x00\x01\x02", nil, []string{":1:1: " + unreadable}},
		{"an unknown name", "# port\n  STP_PORT=80\n", nil, []string{":2:3: found STP_PORT, " + names}},
		{"a name in lower case", "STP_addr=127.0.0.1:80\n", nil, []string{":1:1: found STP_addr, " + names}},
		{"neither true nor false", "STP_BUNDLED=perhaps\n", nil, []string{`:1:13: STP_BUNDLED: found "perhaps", accepted: true or false`}},
		{"no time", "STP_CLOCK=yesterday\n", nil, []string{`:1:11: STP_CLOCK: found "yesterday", ` + moment}},
		{"a time without a zone", "STP_CLOCK=2018-03-31T12:00:00\n", nil, []string{`:1:11: STP_CLOCK: found "2018-03-31T12:00:00", ` + moment}},
		{"an address without a port", "export  STP_ADDR = localhost\n", nil, []string{`:1:20: STP_ADDR: found "localhost", ` + address}},
		{"a port that is too high", "STP_ADDR=:65536\n", nil, []string{`:1:10: STP_ADDR: found ":65536", ` + address}},
		{"a port in words", "STP_ADDR: \"localhost:http\"\n", nil, []string{`:1:11: STP_ADDR: found "localhost:http", ` + address}},
		{"an unknown level", "STP_LOG_LEVEL=loud\n", nil, []string{`:1:15: STP_LOG_LEVEL: found "loud", ` + level}},
		{"two levels", "STP_LOG_LEVEL=info warn\n", nil, []string{`:1:15: STP_LOG_LEVEL: found "info warn", ` + level}},
		{"an inbox that is not there", "STP_INBOX=/no/such/folder\n", nil, []string{`:1:11: STP_INBOX: found "/no/such/folder", ` + folder}},
		{"the last of two", "STP_ADDR=a\nSTP_ADDR=b\n", nil, []string{`:2:10: STP_ADDR: found "b", ` + address}},
		{"all of several", "STP_LOG_LEVEL=x\nSTP_ADDR=y\nSTP_CLOCK=z\nSTP_BUNDLED=w\n", nil, []string{
			`:4:13: STP_BUNDLED: found "w", accepted: true or false`, `:3:11: STP_CLOCK: found "z", ` + moment,
			`:2:10: STP_ADDR: found "y", ` + address, `:1:15: STP_LOG_LEVEL: found "x", ` + level,
		}},
		{"in the environment", "STP_ADDR=127.0.0.1:80\n", []string{"STP_ADDR=nowhere"}, []string{`environment: STP_ADDR: found "nowhere", ` + address}},
		{"in the environment, not parsed", "", []string{"STP_BUNDLED=perhaps"}, []string{`environment: STP_BUNDLED: found "perhaps", accepted: true or false`}},
		{"in both", "STP_LOG_LEVEL=x\n", []string{"STP_CLOCK=now"}, []string{`environment: STP_CLOCK: found "now", ` + moment, `:1:15: STP_LOG_LEVEL: found "x", ` + level}},
		{
			"a library", "STP_ADDR=:80\n export STP_ENGINE_LIBRARY = /tmp/lib.so\n",
			[]string{"STP_ENGINE_LIBRARY=/usr/lib/libchdb.so"},
			[]string{":2:30: STP_ENGINE_LIBRARY: found in a file, accepted: in the environment alone, as it names a program to run"},
		},
		{"in the file, put right by the environment", "STP_ADDR=nowhere\n", []string{"STP_ADDR=:80"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := file(t, test.content)
			_, err := config.Read(path, test.environment)
			var got []string
			if err != nil {
				for line := range strings.SplitSeq(err.Error(), "\n") {
					got = append(got, strings.TrimPrefix(line, path))
				}
				var mistake *config.Mistake
				if !errors.As(err, &mistake) {
					t.Errorf("%T is no mistake with a place", err)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilesThatOthersCanChange(t *testing.T) {
	read := func(path string) error {
		_, err := config.Read(path, nil)
		return err
	}
	refused := func(what, path string, words ...string) {
		t.Helper()
		err := read(path)
		if err == nil {
			t.Fatalf("%s: accepted", what)
		}
		for _, word := range append(words, path, "accepted: ") {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %v, want %q in it", what, err, word)
			}
		}
	}
	path := file(t, "STP_ADDR=:80\n")
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o644: true, 0o400: true, 0o620: false, 0o664: false, 0o602: false, 0o666: false, 0o777: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if !ok {
			refused(mode.String(), path, fmt.Sprintf("%04o", mode), "chmod go-w")
		} else if err := read(path); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	refused("a folder", folder, "a regular file")
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	refused("a pipe", pipe, "a regular file")
	link := filepath.Join(folder, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := read(link); err != nil {
		t.Errorf("a link of our own: %v", err)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file another user's")
	}
	const other = 65534
	if err := os.Lchown(link, other, other); err != nil {
		t.Fatal(err)
	}
	refused("another user's link", link, "owner 65534")
	if err := os.Chown(path, other, other); err != nil {
		t.Fatal(err)
	}
	refused("another user's file", path, "owner 65534")
}

func TestInboxThatIsAFile(t *testing.T) {
	path := file(t, "")
	_, err := config.Read(filepath.Join(t.TempDir(), ".env"), []string{"STP_INBOX=" + path})
	if want := `environment: STP_INBOX: found "` + path + `", accepted: a folder that exists`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestPasswordIsNotRepeated(t *testing.T) {
	_, err := config.Read(file(t, "STP_CLICKHOUSE_DSN=\"clickhouse://user:secret@host/stp\n"), nil)
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	if _, err := config.Read(t.TempDir(), nil); err == nil {
		t.Error("a folder is accepted as the file")
	}
}

// Readers can write to a mail address or by a page; a link leads there.
func TestFeedback(t *testing.T) {
	for text, want := range map[string]config.Feedback{
		"stp@nhs.uk":                   "mailto:stp@nhs.uk",
		"o'neil+stp@nhs.uk":            "mailto:o%27neil+stp@nhs.uk",
		"https://nhs.uk/stp?subject=a": "https://nhs.uk/stp?subject=a",
		"":                             "",
	} {
		got, err := config.Read("", []string{"STP_FEEDBACK=" + text})
		if err != nil || got.Feedback != want {
			t.Errorf("%q is %q, %v; want %q", text, got.Feedback, err, want)
		}
	}
}
