package catalog

import (
	"os"
	"testing"
)

func TestShippedDefinitions(t *testing.T) {
	c, err := Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(c.Measures), len(c.Sources), len(c.Terms()))
}
