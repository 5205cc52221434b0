package act_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/act"
	"stpdash/internal/warehouse/engine"
)

// Eight write at once, four at each of two services, and as many with a service of their own: every act is in the log, once, in one order.
func TestEightWriters(t *testing.T) {
	t.Parallel()
	for _, services := range []int{2, 8} {
		t.Run(fmt.Sprint(services), func(t *testing.T) {
			t.Parallel()
			const writers, each = 8, 6
			endpoint := database(t)
			var logs []*act.Log
			for range services {
				logs = append(logs, log(t, endpoint))
			}
			add(t, logs[0], "a", act.Contributor, act.Footprint(devon))
			var mu sync.Mutex
			written := map[string]act.Act{}
			var all errgroup.Group
			for w := range writers {
				all.Go(func() error {
					for i := range each {
						a, err := logs[w%services].Do(t.Context(), note("a", devon, fmt.Sprintf("%d of %d", i, w)))
						if err != nil {
							return err
						}
						mu.Lock()
						written[a.ID] = a
						mu.Unlock()
					}
					return nil
				})
			}
			if err := all.Wait(); err != nil {
				t.Fatal(err)
			}
			kept, err := store(t, endpoint).Acts(t.Context(), 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]int{}
			for _, a := range kept {
				found[a.ID]++
				if w, ok := written[a.ID]; ok && w != a {
					t.Errorf("act %d is kept otherwise than it was written: %+v, %+v", a.Seq, a, w)
				}
			}
			lost, doubled := 0, 0
			for id := range written {
				switch found[id] {
				case 0:
					lost++
				case 1:
				default:
					doubled++
				}
			}
			t.Logf("acts written %d, lost %d, doubled %d", len(written), lost, doubled)
			if lost > 0 || doubled > 0 || len(written) != writers*each || len(kept) != writers*each+2 {
				t.Errorf("written %d, kept %d, lost %d, doubled %d", len(written), len(kept), lost, doubled)
			}
			report, err := act.Verify(t.Context(), store(t, endpoint), "")
			if err != nil || report.Broken != nil || report.Acts != writers*each+2 {
				t.Errorf("%+v, %v", report, err)
			}
			time.Sleep(time.Second) // a service that only reads knows all by then
			if err := logs[services-1].View(t.Context(), func(s *act.State) {
				if n := len(s.Notes(act.Footprint(devon), "ae_four_hour", s.Seq)); n != writers*each {
					t.Errorf("a service knows %d notes", n)
				}
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whatever is done to the log in the database, the check names the act, and the service does nothing more.
func TestVerify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change string
		want   act.BrokenError
	}{
		"a changed byte":  {"ALTER TABLE act UPDATE body = replaceOne(body, 'three', 'throe') WHERE seq = 5", act.BrokenError{Seq: 5, Fault: act.FaultChanged}},
		"a changed time":  {"ALTER TABLE act UPDATE at = at + INTERVAL 1 SECOND WHERE seq = 4", act.BrokenError{Seq: 4, Fault: act.FaultChanged}},
		"another actor":   {"ALTER TABLE act UPDATE actor = 'b' WHERE seq = 6", act.BrokenError{Seq: 6, Fault: act.FaultChanged}},
		"an act left out": {"ALTER TABLE act DELETE WHERE seq = 5", act.BrokenError{Seq: 5, Fault: act.FaultMissing}},
		"an act twice":    {"INSERT INTO act SELECT * FROM act WHERE seq = 5", act.BrokenError{Seq: 5, Fault: act.FaultDoubled}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint := database(t)
			l := log(t, endpoint)
			add(t, l, "a", act.Contributor, act.Footprint(devon))
			var ids []string
			for _, text := range []string{"one", "two", "three", "four"} {
				ids = append(ids, do(t, l, note("a", devon, text)).ID)
			}
			before, err := act.Verify(t.Context(), store(t, endpoint), "")
			if err != nil || before.Broken != nil || before.Acts != 6 {
				t.Fatalf("%+v, %v", before, err)
			}
			execute(t, endpoint, c.change)
			if c.want.Fault != act.FaultMissing {
				c.want.ID = ids[c.want.Seq-3]
			}
			after, err := act.Verify(t.Context(), store(t, endpoint), "")
			if err != nil || after.Broken == nil || *after.Broken != c.want ||
				after.Acts != c.want.Seq-uint64(map[bool]int{true: 0, false: 1}[c.want.Fault == act.FaultDoubled]) {
				t.Errorf("%+v %+v, %v", after, after.Broken, err)
			}
			fresh := log(t, endpoint)
			var broken *act.BrokenError
			if _, err := fresh.Do(t.Context(), note("a", devon, "five")); !errors.As(err, &broken) || *broken != c.want {
				t.Errorf("a service writes on: %v", err)
			}
			if err := fresh.View(t.Context(), func(*act.State) { t.Error("a service shows what follows from it") }); !errors.As(err, &broken) {
				t.Error(err)
			}
		})
	}
}

// Who writes the whole log anew, hashes included, is found by a hash that was noted before.
func TestNotedHash(t *testing.T) {
	t.Parallel()
	endpoint := database(t)
	l := log(t, endpoint)
	add(t, l, "a", act.Contributor, act.Footprint(devon))
	noted := do(t, l, note("a", devon, "one")).Hash
	for hash, want := range map[string]bool{noted: true, "0" + noted[1:]: noted[0] == '0'} {
		r, err := act.Verify(t.Context(), store(t, endpoint), hash)
		if err != nil || r.Found == nil || *r.Found != want || r.Broken != nil {
			t.Errorf("%s: %+v, %v", hash, r, err)
		}
	}
}

func execute(t testing.TB, endpoint engine.Endpoint, query string) {
	t.Helper()
	conn, err := clickhouse.Open(endpoint.Options(endpoint.User))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"mutations_sync": 2, "insert_deduplicate": 0}))
	if err := conn.Exec(ctx, query); err != nil {
		t.Fatal(err)
	}
}

// A form that is sent twice is done once, also by another service and at the same time; its id is no way to do something else.
func TestSentTwice(t *testing.T) {
	t.Parallel()
	endpoint := database(t)
	one, other := log(t, endpoint), log(t, endpoint)
	add(t, one, "a", act.Contributor, act.Footprint(devon))
	d := note("a", devon, "new A&E opened")
	d.ID = act.NewID()
	var all errgroup.Group
	acts := make([]act.Act, 8)
	for i := range acts {
		all.Go(func() (err error) {
			acts[i], err = []*act.Log{one, other}[i%2].Do(t.Context(), d)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, a := range acts {
		if a != acts[0] {
			t.Errorf("done twice: %+v, %+v", a, acts[0])
		}
	}
	if r, err := act.Verify(t.Context(), store(t, endpoint), ""); err != nil || r.Acts != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	changed := note("a", devon, "something else")
	changed.ID, changed.Subject = d.ID, d.Subject
	var refused *act.RefusalError
	if _, err := one.Do(t.Context(), changed); !errors.As(err, &refused) || refused.Code != act.UsedOtherwise {
		t.Errorf("the id of another act: %v", err)
	}
}

// broken is a store that cannot be written to, or not be read after that.
type broken struct {
	act.Store
	fails bool
}

func (b *broken) AppendAct(ctx context.Context, a act.Act) (bool, error) {
	if b.fails {
		return false, errors.New("the disk is full")
	}
	return b.Store.AppendAct(ctx, a)
}

// What cannot be logged does not happen.
func TestActThatCannotBeLogged(t *testing.T) {
	t.Parallel()
	kept := &broken{Store: store(t, database(t))}
	l := act.NewLog(kept, places, time.Now)
	add(t, l, "a", act.Contributor, act.Footprint(devon))
	kept.fails = true
	if _, err := l.Do(t.Context(), note("a", devon, "one")); err == nil {
		t.Error("it says that it was done")
	}
	if err := l.View(t.Context(), func(s *act.State) {
		if s.Seq != 2 || len(s.AllNotes(s.Seq)) != 0 {
			t.Errorf("it happened: %d", s.Seq)
		}
	}); err != nil {
		t.Error(err)
	}
	kept.fails = false
	if a := do(t, l, note("a", devon, "one")); a.Seq != 3 {
		t.Errorf("the next is act %d", a.Seq)
	}
}

// Ten thousand attempts write few acts, of which each says how many it stands for; those of one person do not hide those of another.
func TestRefusedAttempts(t *testing.T) {
	t.Parallel()
	endpoint := database(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	w := store(t, endpoint)
	l := act.NewLog(w, places, func() time.Time { return now })
	add(t, l, "a", act.Contributor, act.Footprint(devon))
	add(t, l, "b", act.Auditor, act.All)
	const attempts = 10_000
	for range attempts {
		l.Refuse(t.Context(), "", act.ByBrowser, act.All, "", act.PasswordSet, act.CredentialsWrong)
	}
	if _, err := l.Do(t.Context(), note("b", devon, "x")); err == nil {
		t.Error("an auditor writes a note")
	}
	now = now.Add(time.Hour)
	l.Refuse(t.Context(), "", act.ByBrowser, act.All, "", act.PasswordSet, act.CredentialsWrong)
	acts, err := w.Acts(t.Context(), 4, 1000)
	if err != nil {
		t.Fatal(err)
	}
	stand := map[string]uint64{}
	for _, a := range acts {
		body := refusedBody(t, a)
		stand[a.Actor] += 1 + body.More
	}
	if len(acts) > 20 || stand[""] != attempts+1 || stand["b"] != 1 {
		t.Errorf("%d acts stand for %v", len(acts), stand)
	}
}

// The clock that is set back does not change the order of times.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	w := store(t, database(t))
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	l := act.NewLog(w, places, func() time.Time { return now })
	add(t, l, "a", act.Contributor, act.Footprint(devon))
	now = now.Add(-time.Hour)
	a := do(t, l, note("a", devon, "one"))
	for at, want := range map[time.Time]uint64{now: 0, now.Add(time.Hour): 1, a.At: 3, a.At.Add(time.Hour): 3} {
		if seq, err := l.SeqAt(t.Context(), at); err != nil || seq != want {
			t.Errorf("%s: act %d, want %d, %v", at, seq, want, err)
		}
	}
}
