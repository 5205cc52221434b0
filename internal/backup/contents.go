package backup

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// contentsName is ClickHouse's own list of what it wrote.
const contentsName = Warehouse + "/.backup"

// What that list may hold. It could also send ClickHouse to another backup, at any address, for some of the files.
var (
	listElements = []string{"version", "deduplicate_files", "timestamp", "uuid", "backup_id", "contents", "original_endpoint", "original_namespace"}
	fileElements = []string{"name", "size", "checksum", "data_file"}
)

// CheckContents refuses the files of a warehouse, unpacked into a folder, whose list leads out of the backup.
func CheckContents(folder string) (err error) {
	list, err := os.Open(filepath.Join(folder, filepath.FromSlash(contentsName)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	decoder := xml.NewDecoder(bufio.NewReader(list))
	var within []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", contentsName, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := t.Name.Local
			known := len(within) == 0 && name == "config" ||
				len(within) == 1 && slices.Contains(listElements, name) ||
				len(within) == 2 && within[1] == "contents" && name == "file" ||
				len(within) == 3 && within[2] == "file" && slices.Contains(fileElements, name)
			if !known || len(t.Attr) > 0 {
				return fmt.Errorf("%s: found the element %s within %q, accepted: a list of files of this backup", contentsName, name, path.Join(within...))
			}
			within = append(within, name)
		case xml.EndElement:
			within = within[:len(within)-1]
		case xml.CharData:
			last := ""
			if len(within) == 4 {
				last = within[3]
			}
			if file := string(t); (last == "name" || last == "data_file") && !fs.ValidPath(file) {
				return fmt.Errorf("%s: found the file %q, accepted: a path within the backup", contentsName, file)
			}
		case xml.Directive:
			return fmt.Errorf("%s: found a document type, accepted: none", contentsName)
		}
	}
}
