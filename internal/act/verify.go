package act

import "context"

// Report is what a check of the whole log found.
type Report struct {
	Acts   uint64       `json:"acts"` // read and found as they were written
	Head   string       `json:"head"` // the hash of the last of them
	Broken *BrokenError `json:"broken,omitempty"`
	// Found tells whether the hash that was looked for is that of an act; nil where none was.
	Found *bool `json:"found,omitempty"`
}

// Verify reads the whole log and checks that every act is as it was written, under its number and linked to the one before. What was written
// anew from some act to the end is only found by a hash that was noted before: it looks for one, where it is given.
func Verify(ctx context.Context, store Store, noted string) (Report, error) {
	var r Report
	if noted != "" {
		r.Found = new(bool)
	}
	for {
		acts, err := store.Acts(ctx, r.Acts, readAtOnce)
		if err != nil {
			return r, err
		}
		for _, a := range acts {
			if err := follow(r.Acts, r.Head, a); err != nil {
				r.Broken, _ = err.(*BrokenError) //nolint:errorlint // follow gives no other
				return r, nil
			}
			r.Acts, r.Head = a.Seq, a.Hash
			if r.Found != nil && a.Hash == noted {
				*r.Found = true
			}
		}
		if len(acts) < readAtOnce {
			return r, nil
		}
	}
}
