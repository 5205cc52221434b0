package act_test

import (
	"testing"
	"time"

	"stpdash/internal/act"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const (
	devon, dorset, leeds = "E54000037", "E54000041", "E54000054"
	south, north         = "south-west", "north"
)

var places = act.Places{devon: south, dorset: south, leeds: north}

// store is a service's own connection to the database of a test.
func store(t testing.TB, endpoint engine.Endpoint) *warehouse.Warehouse {
	t.Helper()
	w, err := warehouse.Open(t.Context(), endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// database is a database of the test's own with the tables.
func database(t testing.TB) engine.Endpoint {
	t.Helper()
	endpoint, _ := enginetest.Prepared(t, "tables", func(endpoint engine.Endpoint, _ string) { store(t, endpoint) })
	return endpoint
}

func log(t testing.TB, endpoint engine.Endpoint) *act.Log {
	t.Helper()
	return act.NewLog(store(t, endpoint), places, time.Now)
}

// do does what has to succeed.
func do(t testing.TB, l *act.Log, d act.Deed) act.Act {
	t.Helper()
	a, err := l.Do(t.Context(), d)
	if err != nil {
		t.Fatalf("%s: %v", d.Kind, err)
	}
	return a
}

// add adds a person who has a role, as the operator does.
func add(t testing.TB, l *act.Log, person string, role act.Role, place act.Scope) {
	t.Helper()
	do(t, l, act.Deed{Via: act.ByCommand, Kind: act.PersonAdded, Scope: act.All, Subject: person})
	grant(t, l, person, role, place)
}

func grant(t testing.TB, l *act.Log, person string, role act.Role, place act.Scope) string {
	t.Helper()
	id := act.NewID()
	do(t, l, act.Deed{Via: act.ByCommand, Kind: act.GrantGiven, Scope: place, Subject: id, Body: act.GrantBody{Person: person, Role: role}})
	return id
}

// note is a note on A&E in a footprint.
func note(actor, place, text string) act.Deed {
	return act.Deed{
		Actor: actor, Via: act.ByBrowser, Kind: act.NoteAdded, Scope: act.Footprint(place), Subject: act.NewID(),
		Body: act.NoteBody{Measure: "ae_four_hour", Period: "2018-04", Text: text},
	}
}
