package load

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Roots are the folders below which sources may look for files. The root of the file system is none of them: it would allow every
// folder, and is the working directory of many a service.
type Roots []string

// Check resolves a folder, links and all, and refuses one that is neither a root nor below one.
func (r Roots) Check(folder string) (string, error) {
	resolved, err := resolve(folder)
	if err != nil {
		return "", err
	}
	for _, root := range r {
		root, err := resolve(root)
		if err != nil || root == filepath.Dir(root) {
			continue // nothing can be below what is not there
		}
		if within, err := filepath.Rel(root, resolved); err == nil && filepath.IsLocal(within) {
			return resolved, nil
		}
	}
	return "", fmt.Errorf("found the folder %s, accepted: a folder in %s, or in one that STP_FOLDERS names", folder, strings.Join(r, " or "))
}

func resolve(folder string) (string, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}
