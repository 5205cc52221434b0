package register

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"time"

	"stpdash/internal/archivecache"
	"stpdash/internal/claim"
)

// longestTest bounds the test of a claim whose result is kept.
const longestTest = 10 * time.Minute

// kept is the result of a test that takes seconds, which is read where it was kept by the same program with the same definitions and figures. What
// cannot be kept, as the disk is full or another process writes, is found all the same.
func (r *Register) kept(ctx context.Context, name string, test func(context.Context) (*claim.Result, error)) (result *claim.Result, err error) {
	if r.results == nil {
		return test(ctx)
	}
	var found *claim.Result
	file, err := r.results.Open(ctx, r.directory.Catalog.Hash()+" "+name, archivecache.Making{
		Longest: longestTest,
		Enter: func(ctx context.Context) (func(), error) { // several are tested at once, and written one after the other
			var err error
			found, err = test(ctx)
			return func() {}, err
		},
		Write: func(_ context.Context, w io.Writer) error { return gob.NewEncoder(w).Encode(found) },
	})
	if err != nil {
		if found != nil {
			return found, nil
		}
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	result = &claim.Result{}
	if err := gob.NewDecoder(bufio.NewReader(file)).Decode(result); err != nil {
		return nil, fmt.Errorf("the kept result of a test (%s): %w", file.Name(), err)
	}
	return result, nil
}
