package fetch

import (
	"cmp"
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode"
)

// longestName is the most bytes of a file's name; file systems take 255.
const longestName = 200

// name is what the publisher calls a file: as the answer states it, if that is one safe path element, else after its address.
func name(disposition string, address *url.URL) string {
	if _, parameters, err := mime.ParseMediaType(disposition); err == nil {
		if stated := parameters["filename"]; stated != "" && clean(stated) == stated {
			return stated
		}
	}
	return clean(path.Base(strings.Trim(address.Path, "/")))
}

// clean makes any text one path element that is not hidden, has nothing unprintable, and which Windows takes as well.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, text)
	text = strings.Trim(text, " .")
	if len(text) > longestName {
		extension := path.Ext(text)
		if len(extension) > 10 {
			extension = ""
		}
		stem := strings.ToValidUTF8(text[:longestName-len(extension)], "")
		text = strings.TrimRight(stem, " .") + extension
	}
	return cmp.Or(text, "download")
}
