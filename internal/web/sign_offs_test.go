package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stpdash/internal/act"
	"stpdash/internal/claim"
	"stpdash/internal/register"
)

const signedClaim = "better_care_fund_admissions"

// found keeps a verdict on a claim, as a test of it with some figures does.
func (o *office) found(verdict claim.Verdict, figures string, load uint64) {
	o.t.Helper()
	now := time.Now().UTC().Truncate(time.Microsecond)
	if err := o.known.Warehouse.KeepVerdicts(o.t.Context(), []register.Verdict{{
		Claim: signedClaim, Verdict: string(verdict), Reason: claim.Reason{Code: claim.NoStart}, Definition: "a", Others: []string{"b"}, Figures: figures,
		Version: "test", Load: load, Since: now, At: now,
	}}); err != nil {
		o.t.Fatal(err)
	}
}

// page is what everybody reads at an address.
func (o *office) page(path, token string) string {
	o.t.Helper()
	a := o.ask(o.open, http.MethodGet, path, token, nil)
	if a.Code != http.StatusOK {
		o.t.Fatalf("%s: %d %.900s", path, a.Code, text(a.Body.String()))
	}
	return a.Body.String()
}

// signed is a form to sign something off, filled in.
func (o *office) signed(address, token, statement string) url.Values {
	o.t.Helper()
	form := hidden(o.page(address, token), "")
	form.Set("statement", statement)
	return form
}

// An auditor signs a verdict off as it is shown; what changes has the sign-off lapse, for everybody and for the signer, and they withdraw it.
func TestSigningOffAVerdict(t *testing.T) {
	o := newOffice(t)
	o.person("aud", act.Auditor, act.All)
	o.person("lea", act.Lead, act.Region("south-west"))
	o.person("ann", act.Contributor, act.Footprint(devon))
	aud, lea, ann := o.signIn("aud"), o.signIn("lea"), o.signIn("ann")
	const address, onPage = "/sign-offs/new?kind=verdict&of=" + signedClaim, "/claims/" + signedClaim
	if a := o.ask(o.open, http.MethodGet, address, aud, nil); a.Code != http.StatusNotFound {
		t.Errorf("before it was tested: %d", a.Code)
	}
	o.found(claim.CannotBeTested, "one", 1)
	if page := o.page(
		onPage,
		"",
	); !strings.Contains(text(page), "Nobody has signed this off") ||
		!strings.Contains(page, "/sign-offs/new?kind=verdict&amp;of="+signedClaim) {
		t.Fatalf("%.3000s", text(page))
	}
	form := o.signed(address, aud, "Cells <b>checked</b>")
	for who, token := range map[string]string{"a lead": lea, "a contributor": ann, "nobody": ""} {
		if a := o.ask(o.open, http.MethodPost, address, token, form); a.Code == http.StatusSeeOther && !strings.HasPrefix(a.Header().Get("Location"), "/sign-in") {
			t.Errorf("%s signs it off: %d %s", who, a.Code, a.Header())
		}
	}
	form.Set("id", act.NewID()) // a refused attempt used the other
	empty := url.Values{"id": {act.NewID()}, "sha256": form["sha256"], "definitions": form["definitions"], "load": form["load"], "statement": {" "}}
	if a := o.ask(
		o.open,
		http.MethodPost,
		address,
		aud,
		empty,
	); a.Code != http.StatusBadRequest ||
		!strings.Contains(a.Body.String(), `<a href="#statement">Enter a text`) {
		t.Errorf("without a statement: %d %.900s", a.Code, text(a.Body.String()))
	}
	for _, field := range []string{"sha256", "definitions", "load"} {
		other := url.Values{}
		for name, value := range form {
			other[name] = value
		}
		other.Set(field, "7")
		a := o.ask(o.open, http.MethodPost, address, aud, other)
		if a.Code != http.StatusConflict || !strings.Contains(a.Body.String(), "Cells &lt;b&gt;checked&lt;/b&gt;</textarea>") {
			t.Errorf("what was shown had another %s: %d %.900s", field, a.Code, text(a.Body.String()))
		}
	}
	for range 2 { // sent again
		if a := o.ask(
			o.open,
			http.MethodPost,
			address,
			aud,
			form,
		); a.Code != http.StatusSeeOther ||
			a.Header().Get("Location") != onPage+"#sign-off-s"+form.Get("id") {
			t.Fatalf("%d %s %.900s", a.Code, a.Header().Get("Location"), text(a.Body.String()))
		}
	}
	page := o.page(onPage, "")
	if said := text(
		page,
	); strings.Count(said, "Signed off ") != 1 || !strings.Contains(page, "Cells &lt;b&gt;checked&lt;/b&gt;") ||
		!strings.Contains(page, form.Get("sha256")) {
		t.Errorf("%.3000s", said)
	}
	if a := o.ask(o.open, http.MethodPost, address, aud, o.signed(address, aud, "again")); a.Code == http.StatusSeeOther {
		t.Error("one person signed the same off twice")
	}
	listed := func() (rows []signOffRow) {
		t.Helper()
		if err := json.Unmarshal([]byte(o.page("/api/v1/sign-offs?kind=verdict&of="+signedClaim, "")), &rows); err != nil || len(rows) != 1 {
			t.Fatalf("%d sign-offs (%v)", len(rows), err)
		}
		return rows
	}
	if row := listed()[0]; row.SHA256 != form.Get("sha256") || row.Statement != "Cells <b>checked</b>" || row.ScopeKind != "everywhere" || row.Withdrawn != nil {
		t.Errorf("%+v", row)
	}

	o.found(claim.Inconclusive, "two", 2)
	if said := text(o.page(onPage, "")); !strings.Contains(said, "Lapsed: what it showed and the load it rests on changed since") {
		t.Errorf("after a load: %.3000s", said)
	}
	if said := text(o.page("/account", aud)); !strings.Contains(said, "1 has lapsed.") {
		t.Errorf("the signer reads %.2000s", said)
	}
	stale := o.ask(o.open, http.MethodPost, address, aud, form)
	if stale.Code != http.StatusSeeOther { // its act stands
		t.Errorf("sent once more: %d", stale.Code)
	}
	own := "/sign-offs/s" + form.Get("id")
	if a := o.ask(o.open, http.MethodPost, own, lea, hidden(o.page(own, lea), "not right")); a.Code != http.StatusForbidden && a.Code != http.StatusBadRequest {
		t.Errorf("another withdraws it: %d", a.Code)
	}
	if a := o.ask(o.open, http.MethodPost, own, aud, hidden(o.page(own, aud), "A trust revised its figures")); a.Code != http.StatusSeeOther {
		t.Fatalf("%d %.900s", a.Code, text(a.Body.String()))
	}
	if said := text(o.page(onPage, "")); !strings.Contains(said, "by aud: A trust revised its figures") || strings.Contains(said, "Lapsed") {
		t.Errorf("withdrawn: %.3000s", said)
	}
	if row := listed()[0]; row.Withdrawn == nil || row.Reason != "A trust revised its figures" {
		t.Errorf("%+v", row)
	}
}

// A lead signs off what others returned, and not what they returned themselves; withdrawn figures have it lapse.
func TestSigningOffAReturn(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Contributor, act.Footprint(devon))
	o.person("lea", act.Lead, act.Region("south-west"))
	ann, lea := o.signIn("ann"), o.signIn("lea")
	returned := func(token, numerator, reason string) string {
		t.Helper()
		trial := o.ask(o.open, http.MethodPost, "/returns/new"+returnForm, token, url.Values{"n0": {numerator}, "d0": {"5000"}}).Body.String()
		a := o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, token, hidden(trial, reason))
		if a.Code != http.StatusSeeOther {
			t.Fatalf("%d %.900s", a.Code, text(a.Body.String()))
		}
		return a.Header().Get("Location")
	}
	address := func(receipt string) string {
		return "/sign-offs/new?kind=return&of=" + strings.TrimPrefix(receipt, "/returns/")
	}
	first := returned(ann, "3000", "as the registers have it")
	if a := o.ask(o.open, http.MethodPost, address(first), lea, o.signed(address(first), lea, "Agreed")); a.Code != http.StatusSeeOther {
		t.Fatalf("%d %.900s", a.Code, text(a.Body.String()))
	}
	if said := text(o.page(first, ann)); !strings.Contains(said, "Signed off") || !strings.Contains(said, "Agreed lea,") {
		t.Errorf("the receipt: %.2000s", said)
	}
	own := returned(lea, "3100", "A practice was left out")
	if a := o.ask(o.open, http.MethodPost, address(own), lea, o.signed(address(own), lea, "Agreed")); a.Code == http.StatusSeeOther ||
		!strings.Contains(a.Body.String(), "Somebody else has to sign it off") {
		t.Errorf("one's own return: %d %.900s", a.Code, text(a.Body.String()))
	}
}

// What is not there, or not over, is not signed off.
func TestNothingToSignOff(t *testing.T) {
	o := newOffice(t)
	o.person("lea", act.Lead, act.Region("south-west"))
	lea := o.signIn("lea")
	for path, want := range map[string]int{
		"/sign-offs/new":                                    http.StatusBadRequest,
		"/sign-offs/new?kind=load&of=1":                     http.StatusBadRequest,
		"/sign-offs/new?kind=verdict&of=none":               http.StatusNotFound,
		"/sign-offs/new?kind=return&of=none":                http.StatusNotFound,
		"/sign-offs/new?kind=review&of=south-west":          http.StatusNotFound,
		"/sign-offs/new?kind=review&of=nowhere+2019-W01":    http.StatusNotFound,
		"/sign-offs/new?kind=review&of=south-west+9999-W01": http.StatusNotFound,
		"/sign-offs/snone":                                  http.StatusNotFound,
	} {
		if a := o.ask(o.open, http.MethodGet, path, lea, nil); a.Code != want {
			t.Errorf("%s: %d, want %d", path, a.Code, want)
		}
	}
	if a := o.ask(o.open, http.MethodGet, "/api/v1/sign-offs?kind=load", "", nil); a.Code != http.StatusBadRequest {
		t.Errorf("of another kind: %d", a.Code)
	}
}
