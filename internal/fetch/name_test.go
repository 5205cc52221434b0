package fetch_test

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"stpdash/internal/fetch"
)

func TestName(t *testing.T) {
	for _, test := range []struct{ name, disposition, path, want string }{
		{"of the address", "", "/2018/05/April-2018.csv", "April-2018.csv"},
		{"of the address, decoded", "", "/A%26E%20April%202018%20%C2%A3.csv", "A&E April 2018 £.csv"},
		{"of a folder", "", "/files/latest/", "latest"},
		{"of no path", "", "", "download"},
		{"of the root", "", "/", "download"},
		{"as stated", `attachment; filename="A&E by provider.xls"`, "/download.ashx", "A&E by provider.xls"},
		{"as stated without quotes", `attachment; filename=April.xls`, "/download.ashx", "April.xls"},
		{"as stated in UTF-8", `attachment; filename*=UTF-8''Spend%20%C2%A325k.csv`, "/x", "Spend £25k.csv"},
		{"inline", `inline; filename="April.xls"`, "/x", "April.xls"},
		{"not stated", "attachment", "/x.csv", "x.csv"},
		{"empty", `attachment; filename=""`, "/x.csv", "x.csv"},
		{"broken", `attachment; filename="April.xls`, "/x.csv", "x.csv"},
		{"broken otherwise", `attachment; filename=April 2018.xls`, "/x.csv", "x.csv"},
		{"twice", `attachment; filename=a.xls; filename=b.xls`, "/x.csv", "x.csv"},
		{"a path", `attachment; filename="../../etc/passwd"`, "/x.csv", "x.csv"},
		{"a path of Windows", `attachment; filename="..\\..\\x.xls"`, "/x.csv", "x.csv"},
		{"a path from the root", `attachment; filename="/etc/passwd"`, "/x.csv", "x.csv"},
		{"an encoded path", `attachment; filename*=UTF-8''..%2Fpasswd`, "/x.csv", "x.csv"},
		{"the folder", `attachment; filename="."`, "/x.csv", "x.csv"},
		{"the folder above", `attachment; filename=".."`, "/x.csv", "x.csv"},
		{"hidden", `attachment; filename=".bashrc"`, "/x.csv", "x.csv"},
		{"NUL", `attachment; filename*=UTF-8''x%00.csv`, "/x.csv", "x.csv"},
		{"a line end", `attachment; filename*=UTF-8''x%0A.csv`, "/x.csv", "x.csv"},
		{"written from right to left", `attachment; filename*=UTF-8''x%E2%80%AEvsc.exe`, "/x.csv", "x.csv"},
		{"not UTF-8", "attachment; filename=\"\xa3.csv\"", "/x.csv", "x.csv"},
		{"a stream of Windows", `attachment; filename="x.csv:y"`, "/x.csv", "x.csv"},
		{"long", `attachment; filename="` + strings.Repeat("x", 201) + `"`, "/x.csv", "x.csv"},
		{"an address with a path within", "", "/x/..%2F..%2Fpasswd", "passwd"},
		{"an address with a path of Windows within", "", "/x/..%5C..%5Cpasswd", "_.._passwd"},
		{"an address of the folder above", "", "/x/%2E%2E", "download"},
		{"a hidden one", "", "/x/.bashrc", "bashrc"},
		{"an address with what cannot be shown", "", "/%00%0A%E2%80%AE%FF.csv", "____.csv"},
		{"a long address", "", "/" + strings.Repeat("é", 150) + ".csv", strings.Repeat("é", 98) + ".csv"},
		{"a long extension", "", "/x." + strings.Repeat("y", 300), "x." + strings.Repeat("y", 198)},
	} {
		t.Run(test.name, func(t *testing.T) {
			address, err := url.Parse("https://publisher.example" + test.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := fetch.Name(test.disposition, address); got != test.want {
				t.Errorf("the name is %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzName(f *testing.F) {
	for _, disposition := range []string{"", `attachment; filename="../x.csv"`, `attachment; filename*=UTF-8''%2e%2e%2fx`, "inline; filename*0=a; filename*1=.csv"} {
		f.Add(disposition, "/2018/05/April 2018.csv")
		f.Add(disposition, "/x/..\\..\x00\u202e\xff/. .")
		f.Add(disposition, "/x."+strings.Repeat("é", 150)+".csv")
	}
	f.Fuzz(func(t *testing.T, disposition, path string) {
		name := fetch.Name(disposition, &url.URL{Path: path})
		switch {
		case name == "", name != filepath.Base(name), !filepath.IsLocal(name), strings.ContainsAny(name, `/\`):
			t.Fatalf("%q is not one path element", name)
		case name[0] == '.':
			t.Fatalf("%q is hidden", name)
		case len(name) > fetch.LongestName:
			t.Fatalf("%q is %d bytes long", name, len(name))
		case !utf8.ValidString(name), strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
			t.Fatalf("%q cannot be shown", name)
		case fetch.Clean(name) != name:
			t.Fatalf("%q cleaned again is %q", name, fetch.Clean(name))
		}
	})
}
