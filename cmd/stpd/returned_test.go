package main

import (
	"context"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"stpdash/internal/act"
	"stpdash/internal/config"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/load"
	"stpdash/internal/warehouse/engine/enginetest"
)

// killedReturns is how often the service is killed while a return is confirmed. STPD_TEST_CRASHES sets another number: make crashes.
const killedReturns = 3

// somebody is a person who is signed in.
type somebody struct {
	*http.Client
	t       testing.TB
	address string
}

// send sends a form, and gives the page that follows; an error where the service ends meanwhile.
func (p somebody) send(path string, form url.Values) (page string, status int, err error) {
	a, err := p.PostForm(p.address+path, form)
	if err != nil {
		return "", 0, err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	return string(body), a.StatusCode, err
}

// must sends a form that is accepted.
func (p somebody) must(path string, form url.Values) string {
	p.t.Helper()
	page, status, err := p.send(path, form)
	if err != nil || status != http.StatusOK {
		p.t.Fatalf("%s: %d %v %.900s", path, status, err, page)
	}
	return page
}

// signIn signs in at a service.
func signIn(t testing.TB, s *service, address, password string) somebody {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := somebody{&http.Client{Jar: jar}, t, s.address}
	p.must("/sign-in", url.Values{"address": {address}, "password": {password}})
	return p
}

// hiddenFields are those of a form, with a reason.
func hiddenFields(page string) url.Values {
	form := url.Values{"reason": {"the register was counted again"}}
	for _, f := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		form.Set(f[1], html.UnescapeString(f[2]))
	}
	return form
}

// TestReturnsRecordedAndNotShown starts a service whose log has returns that it had not shown when it stopped: one is shown, and one whose
// figures somebody else returned since is not.
func TestReturnsRecordedAndNotShown(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	settings, err := config.Read("", []string{
		"STP_DATA_DIR=" + folder, "STP_BUNDLED=false", "STP_ENGINE_LIBRARY=" + enginetest.Library(t), "STP_DASHBOARDS=../../dashboards",
	})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	p, err := open(t.Context(), settings, &log, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	people, err := p.accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	do := func(d act.Deed) {
		t.Helper()
		if _, err := people.log.Do(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	const devon, dorset = "E54000037", "E54000041"
	do(act.Deed{Via: act.ByCommand, Kind: act.PersonAdded, Scope: act.All, Subject: "lea"})
	for _, place := range []string{devon, dorset} {
		do(act.Deed{Via: act.ByCommand, Kind: act.GrantGiven, Scope: act.Footprint(place), Subject: act.NewID(), Body: act.GrantBody{Person: "lea", Role: act.Lead}})
	}
	returns := load.Returns{Loader: p.loader, Drafts: load.Archive{Folder: filepath.Join(folder, "drafts")}}
	returned := func(code, numerator string, shown bool) {
		t.Helper()
		place, _ := p.reference.Footprint(code)
		content := "measure,organisation,period,numerator,denominator\ncomplex_needs_care_plan," + code + ",2018-Q1," + numerator + ",5000\n"
		fingerprint, err := returns.Draft(strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		trial, err := returns.Try(t.Context(), "typed.csv", fingerprint, place)
		if err != nil || !trial.Clean() {
			t.Fatalf("%+v, %v", trial, err)
		}
		id := act.NewID()
		do(act.Deed{
			ID: id, Actor: "lea", Via: act.ByBrowser, Kind: act.FiguresReturned, Scope: act.Footprint(code), Subject: id,
			Body: act.ReturnBody{File: "typed.csv", SHA256: fingerprint, Trial: trial.Digest()},
		})
		if !shown {
			return
		}
		if _, _, err := returns.Publish(t.Context(), load.Return{
			Name: "typed.csv", SHA256: fingerprint, Place: place, ID: id, Agree: func(context.Context, load.Trial) error { return nil },
		}); err != nil {
			t.Fatal(err)
		}
	}
	returned(devon, "3000", false)
	returned(dorset, "4000", false)
	returned(dorset, "4100", true)
	for range 2 { // at the first start, and at the next
		if err := p.resume(t.Context(), people.log, returns); err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]string{devon: "3000", dorset: "4100"} {
			values, err := figurestest.Values(t.Context(), p.warehouse, figures.Now, []string{"complex_needs_care_plan"}, []string{code}, figures.Range{})
			if err != nil || len(values) != 1 || values[0].Numerator.Decimal.String() != want {
				t.Errorf("%s: %+v, %v, want %s", code, values, err, want)
			}
		}
	}
	if n := strings.Count(log.String(), "a return is recorded and not shown"); n != 2 {
		t.Errorf("that one is not shown is logged %d times", n)
	}
}

// TestKilledReturns kills the service at random moments while a return is confirmed. When it starts again the return is done once, with its act
// and its figures, or there is neither; and the same form, sent again, is done once.
func TestKilledReturns(t *testing.T) {
	t.Parallel()
	times := killedReturns
	if text, many := os.LookupEnv("STPD_TEST_CRASHES"); many {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		times = n
	}
	folder := t.TempDir()
	settingsOf := func(start int) []string { // roles begin by the clock, so it goes on
		clock := time.Date(2018, 7, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(start) * time.Hour).Format(time.RFC3339)
		return []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false", "STP_CLOCK=" + clock}
	}
	settings := settingsOf(0)
	const address, password = "lea@nhs.example", "three wet umbrellas"
	s := start(t, settings...)
	out, err := stpd(t, settings, "person", "add", "--admin", "--name", "Lea", "--address", address, "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	g := decode[given](t, string(out))
	signing := somebody{http.DefaultClient, t, s.address}
	signing.must("/set-password", url.Values{"address": {address}, "code": {g.Code}, "new": {password}})
	p := signIn(t, s, address, password)
	p.must("/people/"+g.Person, url.Values{"do": {"grant"}, "role": {"lead"}, "place": {"footprint E54000037"}})
	const form = "?footprint=E54000037&measure=complex_needs_care_plan&period=2018-Q1"
	random := rand.New(rand.NewPCG(44, 2016))
	loads := func() int {
		return strings.Count(s.patiently(t, "/api/v1/loads?limit=1000&state=published").body, `"typed.csv"`)
	}
	done, broken, took := 0, 0, time.Second
	for i := range times {
		numerator := strconv.Itoa(3000 + i)
		confirm := hiddenFields(p.must("/returns/new"+form, url.Values{"n0": {numerator}, "d0": {"5000"}}))
		before := loads()
		answered := make(chan error, 1)
		go func() {
			_, _, err := p.send("/returns/confirm"+form, confirm)
			answered <- err
		}()
		time.Sleep(time.Duration(random.Int64N(int64(took))))
		engine := enginePID(s.command.Process.Pid)
		s.kill(t)
		if err := <-answered; err != nil {
			broken++
		}
		eventually(t, "the engine ends with the service", func() bool { return !alive(engine) })
		settings = settingsOf(i + 1)
		s = start(t, settings...)
		p = signIn(t, s, address, password)
		shown := strings.Contains(s.patiently(t, "/api/v1/series?measure=complex_needs_care_plan&footprint=E54000037").body, `"numerator":"`+numerator+`"`)
		out, err := stpd(t, settings, "audit", "--json").Output()
		if err != nil {
			t.Fatal(err)
		}
		logged := strings.Count(string(out), `"id":"`+confirm.Get("id")+`"`)
		if published := loads() - before; logged > 1 || published != logged || shown != (logged == 1) {
			t.Fatalf("kill %d: %d acts, %d loads, shown %v: %s", i, logged, published, shown, s.log)
		}
		done += logged
		began := time.Now()
		page, status, err := p.send("/returns/confirm"+form, confirm) // as a browser does that is loaded again
		if took = min(2*time.Since(began), 5*time.Second); logged == 1 {
			took = time.Second
		}
		if err != nil || status != http.StatusOK || !strings.Contains(page, "Its figures are shown since") || loads() != before+1 {
			t.Fatalf("kill %d, sent again: %v, %d, %d loads more: %.1500s", i, err, status, loads()-before, page)
		}
	}
	t.Logf("%d kills, %d answers broken off, %d returns done before their kill", times, broken, done)
	if out, err := stpd(t, settings, "audit", "--verify").CombinedOutput(); err != nil {
		t.Errorf("%s, %v", out, err)
	}
	s.stop(t)
}
