package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// avoided are the words that readers stumble over, each with what says the same. They stand in no sentence, comment or name: not in pages, the
// API, the audit pack, the command line, definitions, SQL or documents.
var avoided = map[string]string{
	`cannot be told`:                             "the reason; not known",
	`cannot tell`:                                "the reason; not known",
	`(held|hold|holds) against`:                  "compared with",
	`asked for by`:                               "the source",
	`the past (goes|gone) on`:                    "if the trend continues",
	`\d+ in 100 chances between`:                 "likely range",
	`the most alike first`:                       "most similar first",
	`came or left`:                               "joined or left",
	`counted anew`:                               "new way of counting",
	`is not zero;|, which is not zero`:           "not counted as zero",
	`stands otherwise`:                           "changed",
	`week still runs`:                            "this week is not over",
	`taken back`:                                 "withdrawn",
	`remarkable`:                                 "to check",
	`usually lie within`:                         "usually about",
	`borne out`:                                  "met",
	`the words are ours`:                         "summarised by us",
	`too small to be seen`:                       "smaller than this data can detect",
	`hangs on`:                                   "depends on",
	`how far can these data see`:                 "how reliable are these tests",
	`it finds what has`:                          "all your words must match",
	`there is nothing here`:                      "page not found",
	`points of a hundred`:                        "percentage points",
	`nought`:                                     "zero",
	`(on|off) trajectory`:                        "on track, off track",
	`(is|nothing) asked for in`:                  "Target: at least ...",
	`what (it|the target|a target|one) asks for`: "what the target requires",
	`asks for (nothing|anything)`:                "there is no target",
	`beyond chance`:                              "statistically significant",
	`special cause (of|variation)`:               "unusual change",
	`changed otherwise`:                          "changed in another way",
	`goes on as the figures went`:                "continues the trend",
	`nothing came of it`:                         "nothing changed",
	`whoever`:                                    "who",
	`UnaskedError`:                               "UnknownParameterError",
	`mostX|fewestX`:                              "maxX, minX",
}

// stored are texts that stay as they are, by file, with why.
var stored = map[string][]string{
	// The outcome of a check is a value of the API and of kept verdicts. Readers see its words.
	"internal/claim/check.go": {`"cannot tell"`},
	// Claims have ends in the words of those who made them.
	"internal/catalog/ending.go": {"hold"},
}

func TestPlainWords(t *testing.T) {
	pattern := regexp.MustCompile(`(?i)\b(` + strings.Join(keysOf(avoided), "|") + `)`)
	kinds := []string{".go", ".html", ".ts", ".yaml", ".tmpl", ".sql", ".md", ".scss"}
	root := filepath.Join("..", "..")
	for _, folder := range []string{"internal", "cmd", "dashboards", "frontend", "sql", "docs", "README.md", "CONTRIBUTING.md"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && slices.Contains([]string{"node_modules", "dist", "testdata", "bundled", "test-results"}, entry.Name()):
				return filepath.SkipDir
			case entry.IsDir() || !slices.Contains(kinds, filepath.Ext(path)) || filepath.Base(path) == "plain_words_test.go":
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(root, path)
			name = filepath.ToSlash(name)
			for i, line := range strings.Split(string(text), "\n") {
				for _, keep := range stored[name] {
					line = strings.ReplaceAll(line, keep, "")
				}
				if found := pattern.FindString(line); found != "" {
					t.Errorf("%s:%d: %q; write %q", name, i+1, found, instead(found))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// instead is what says the same as a word that was found.
func instead(found string) string {
	for word, better := range avoided {
		if regexp.MustCompile(`(?i)^(` + word + `)`).MatchString(found) {
			return better
		}
	}
	return ""
}

func keysOf(m map[string]string) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
