// Package config reads the settings of stpd from the environment and from a .env file.
package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"

	"stpdash/internal/ownfile"
)

// Config is everything that can be set from outside.
type Config struct {
	Addr          string   `env:"STP_ADDR"           envDefault:"127.0.0.1:8044"`
	AdminAddr     string   `env:"STP_ADMIN_ADDR"     envDefault:"127.0.0.1:0"`
	PublicURL     *url.URL `env:"STP_PUBLIC_URL"`
	DataDir       string   `env:"STP_DATA_DIR"       envDefault:"./var"`
	Inbox         string   `env:"STP_INBOX"`
	ClickHouseDSN string   `env:"STP_CLICKHOUSE_DSN"`
	EngineLibrary string   `env:"STP_ENGINE_LIBRARY"`
	// Chromium is the browser that prints pages: a path, off, or nothing for that of the host.
	Chromium   string    `env:"STP_CHROMIUM"`
	Dashboards string    `env:"STP_DASHBOARDS"`
	Bundled    bool      `env:"STP_BUNDLED"    envDefault:"true"`
	LogLevel   LogLevel  `env:"STP_LOG_LEVEL"  envDefault:"info"`
	Clock      time.Time `env:"STP_CLOCK"`
	Proxy      *url.URL  `env:"STP_PROXY"`
	Contact    string    `env:"STP_CONTACT"`
	// Feedback is where readers can write to, as a link leads there.
	Feedback Feedback `env:"STP_FEEDBACK"`
	Rate     float64  `env:"STP_RATE"     envDefault:"100"`
	// Read is who may read: anyone, or who is signed in.
	Read Readers `env:"STP_READ" envDefault:"anyone"`
	// AccountsKey seals the keys of authenticator apps, where several services use one ClickHouse; without one the data directory has its own.
	AccountsKey string `env:"STP_ACCOUNTS_KEY"`
	// Issuer, Client, ClientSecret, ProviderName and ProviderGroup are those of the OpenID Connect provider at which people can sign in; without an issuer
	// there is none.
	Issuer        *url.URL `env:"STP_OIDC_ISSUER"`
	Client        string   `env:"STP_OIDC_CLIENT"`
	ClientSecret  string   `env:"STP_OIDC_SECRET"`
	ProviderName  string   `env:"STP_OIDC_NAME"`
	ProviderGroup string   `env:"STP_OIDC_GROUP"`
	// TrustedProxies are the addresses and networks of proxies that say for whom they ask; the headers of all others say nothing.
	TrustedProxies []string `env:"STP_TRUSTED_PROXIES" envSeparator:","`
	// Folders are those, beside the working directory and the inbox, below which sources may look for files.
	Folders []string `env:"STP_FOLDERS" envSeparator:":"`
	// BackupKey seals backups, so that nobody without it can forge one.
	BackupKey string `env:"STP_BACKUP_KEY"`
}

// Feedback is an address that a link can lead to: mailto: or https:, or nothing.
type Feedback string

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *Feedback) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if address, err := mail.ParseAddress(string(text)); err == nil && address.Address == string(text) {
		*f = Feedback((&url.URL{Scheme: "mailto", Opaque: url.PathEscape(address.Address)}).String())
		return nil
	}
	page, err := url.Parse(string(text))
	if err != nil || page.Scheme != "https" || page.Host == "" || page.User != nil {
		return fmt.Errorf("%q is neither a mail address nor a web address", text)
	}
	*f = Feedback(page.String())
	return nil
}

// Readers says who may read.
type Readers string

// Who may read.
const (
	ReadAnyone   Readers = "anyone"
	ReadSignedIn Readers = "signed-in"
)

// LogLevel is the least important kind of message that is logged.
type LogLevel string

var accepted = map[string]string{
	"STP_ADDR":            "host:port, for example 127.0.0.1:8044",
	"STP_ADMIN_ADDR":      "an address of this machine alone, for example 127.0.0.1:8045, or off",
	"STP_PUBLIC_URL":      "where readers find the service, without a path, for example https://stp.example.nhs.uk",
	"STP_BUNDLED":         "true or false",
	"STP_LOG_LEVEL":       "debug, info, warn or error",
	"STP_CLOCK":           "a time such as 2018-03-31T12:00:00Z",
	"STP_INBOX":           "a folder that exists",
	"STP_PROXY":           "the address of a proxy, for example http://proxy:3128",
	"STP_CONTACT":         "a web or mail address in ASCII, without brackets",
	"STP_FEEDBACK":        "a mail address, for example stp@example.nhs.uk, or a web address that begins with https://",
	"STP_FOLDERS":         "absolute paths of folders that exist, with : between them",
	"STP_BACKUP_KEY":      "at least 24 characters, or none",
	"STP_TRUSTED_PROXIES": "addresses or networks with commas between them, for example 127.0.0.1,10.0.0.0/8",
	"STP_READ":            "anyone or signed-in",
	"STP_ACCOUNTS_KEY":    "at least 24 characters, or none",
	"STP_OIDC_ISSUER":     "the address by which the provider names itself, with https, for example https://login.example.nhs.uk/realms/nhs, and STP_PUBLIC_URL set too",
	"STP_OIDC_CLIENT":     "how the provider names this service, where STP_OIDC_ISSUER is set",
	"STP_RATE":            "questions a second from 0.1 to 1000000, or 0 for no limit",
}

// NameOfProvider is how people know the provider at which they sign in, or else its host; empty where there is none.
func (c Config) NameOfProvider() string {
	if c.Issuer == nil {
		return ""
	}
	return cmp.Or(c.ProviderName, c.Issuer.Hostname())
}

// AdminOff is the STP_ADMIN_ADDR that opens no listener.
const AdminOff = "off"

// secret settings are not repeated in messages; a proxy's address may hold a password.
var secret = []string{"STP_PROXY", "STP_BACKUP_KEY", "STP_ACCOUNTS_KEY", "STP_OIDC_SECRET"}

// environmentOnly settings are not taken from a file, which may lie in a folder that somebody else filled.
var environmentOnly = []string{"STP_ENGINE_LIBRARY", "STP_CHROMIUM"}

// Mistake is a setting that is not accepted and where it was set.
type Mistake struct {
	Place   string // "environment" or file:line:column; "settings" of one that is missing
	Message string
}

func (m *Mistake) Error() string { return m.Place + ": " + m.Message }

// Read reads the file, when there is one, and the environment, which wins.
func Read(file string, environment []string) (Config, error) {
	var c Config
	values, places, err := readFile(file)
	if err != nil {
		return c, err
	}
	for _, pair := range environment {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, "STP_") && known(name) {
			values[name], places[name] = value, "environment"
		}
	}
	var mistakes []error
	if err := env.ParseWithOptions(&c, env.Options{Environment: values}); err != nil {
		mistakes = locate(err, values, places)
	}
	if c.Proxy != nil && *c.Proxy == (url.URL{}) { // set to nothing, or to what locate has told of
		c.Proxy = nil
	}
	if c.PublicURL != nil && *c.PublicURL == (url.URL{}) {
		c.PublicURL = nil
	}
	if c.Issuer != nil && *c.Issuer == (url.URL{}) {
		c.Issuer = nil
	}
	for _, check := range []struct {
		name string
		ok   bool
	}{
		{"STP_ADDR", isAddress(c.Addr)},
		{"STP_ADMIN_ADDR", c.AdminAddr == AdminOff || isLoopback(c.AdminAddr)},
		{"STP_PUBLIC_URL", c.PublicURL == nil || isSite(c.PublicURL)},
		{"STP_INBOX", c.Inbox == "" || isFolder(c.Inbox)},
		{"STP_PROXY", c.Proxy == nil || (c.Proxy.Scheme == "http" || c.Proxy.Scheme == "https") && c.Proxy.Host != ""},
		{"STP_CONTACT", !strings.ContainsFunc(c.Contact, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`()\`, r) })},
		{"STP_FOLDERS", !slices.ContainsFunc(c.Folders, func(folder string) bool { return !filepath.IsAbs(folder) || !isFolder(folder) })},
		{"STP_BACKUP_KEY", c.BackupKey == "" || len(c.BackupKey) >= 24},
		{"STP_TRUSTED_PROXIES", !slices.ContainsFunc(c.TrustedProxies, func(text string) bool { return !isProxy(text) })},
		{"STP_OIDC_ISSUER", c.Issuer == nil || isIssuer(c.Issuer) && c.PublicURL != nil},
		{"STP_OIDC_CLIENT", c.Issuer == nil || c.Client != ""},
		{"STP_RATE", c.Rate == 0 || c.Rate >= 0.1 && c.Rate <= 1e6},
		{"STP_READ", slices.Contains([]Readers{ReadAnyone, ReadSignedIn}, c.Read)},
		{"STP_ACCOUNTS_KEY", c.AccountsKey == "" || len(c.AccountsKey) >= 24},
		{"STP_LOG_LEVEL", slices.Contains([]LogLevel{"debug", "info", "warn", "error"}, c.LogLevel)},
	} {
		if !check.ok {
			mistakes = append(mistakes, mistake(check.name, values, places))
		}
	}
	return c, errors.Join(mistakes...)
}

func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n <= 65535
}

// isLoopback tells addresses that other machines cannot reach. A name could lead anywhere, so it must be a number.
func isLoopback(text string) bool {
	host, _, err := net.SplitHostPort(text)
	return err == nil && isAddress(text) && net.ParseIP(host).IsLoopback()
}

// isProxy tells an address or a network. One that holds every address would have each reader say who it is.
func isProxy(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	network, err := netip.ParsePrefix(text)
	return err == nil && network.Bits() > 0
}

// isSite tells the address of a whole site: the links of the pages begin at its root.
func isSite(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && (u.Path == "" || u.Path == "/") &&
		u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// isIssuer tells the address by which a provider names itself. Without https anybody on the way could be it, but on this machine.
func isIssuer(u *url.URL) bool {
	secure := u.Scheme == "https" || u.Scheme == "http" && net.ParseIP(u.Hostname()).IsLoopback()
	return secure && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func mistake(name string, values, places map[string]string) error {
	found := strconv.Quote(values[name])
	if slices.Contains(secret, name) {
		found = "something else"
	}
	return &Mistake{cmp.Or(places[name], "settings"), fmt.Sprintf("%s: found %s, accepted: %s", name, found, accepted[name])}
}

// locate tells where the settings stand that could not be parsed.
func locate(err error, values, places map[string]string) []error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []error{err}
	}
	var mistakes []error
	for _, one := range all.Errors {
		var parse env.ParseError
		if errors.As(one, &parse) {
			if field, ok := reflect.TypeFor[Config]().FieldByName(parse.Name); ok {
				one = mistake(field.Tag.Get("env"), values, places)
			}
		}
		mistakes = append(mistakes, one)
	}
	return mistakes
}

// names are the settings there are.
func names() []string {
	var all []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		all = append(all, field.Tag.Get("env"))
	}
	slices.Sort(all)
	return all
}

func known(name string) bool { return slices.Contains(names(), name) }

var assignment = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*[=:]\s*`)

func readFile(file string) (values, places map[string]string, err error) {
	values, places = map[string]string{}, map[string]string{}
	f, err := ownfile.Open(file) // the file is found in the folder that one happens to stand in
	if errors.Is(err, os.ErrNotExist) {
		return values, places, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	if values, err = godotenv.UnmarshalBytes(content); err != nil {
		line, column := faulty(lines)
		return nil, nil, &Mistake{fmt.Sprintf("%s:%d:%d", file, line, column), // without the line: it may hold a password
			"found what cannot be read, accepted: NAME=value, with quotes closed, and comments after #"}
	}
	for i, line := range lines {
		m := assignment.FindSubmatchIndex(line)
		if m == nil {
			continue
		}
		name := string(line[m[2]:m[3]])
		if _, set := values[name]; !set {
			continue
		}
		if strings.HasPrefix(name, "STP_") && !known(name) {
			return nil, nil, &Mistake{
				fmt.Sprintf("%s:%d:%d", file, i+1, m[2]+1),
				fmt.Sprintf("found %s, accepted: %s", name, strings.Join(names(), ", ")),
			}
		}
		places[name] = fmt.Sprintf("%s:%d:%d", file, i+1, m[1]+1)
	}
	for _, name := range environmentOnly {
		if _, set := values[name]; set { // whether or not the line was recognised above
			return nil, nil, &Mistake{cmp.Or(places[name], file), name + ": found in a file, accepted: in the environment alone, as it names a program to run"}
		}
	}
	return values, places, nil
}

// faulty is where the file can no longer be read: the value of the first such line, or the line itself.
func faulty(lines [][]byte) (line, column int) {
	for line = len(lines); line > 1; line-- { // a value in quotes may go on over lines
		if _, err := godotenv.UnmarshalBytes(bytes.Join(lines[:line-1], nil)); err == nil {
			break
		}
	}
	if value := assignment.FindIndex(lines[line-1]); value != nil {
		return line, value[1] + 1
	}
	return line, 1
}
