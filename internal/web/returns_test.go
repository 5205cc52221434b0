package web

import (
	"bytes"
	"encoding/json"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/load"
)

const returnForm = "?footprint=" + devon + "&measure=complex_needs_care_plan&period=2017-Q4"

// send uploads a file.
func (o *office) send(path, token, name string, content []byte) *httptest.ResponseRecorder {
	o.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil || form.Close() != nil {
		o.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: plainPrefix + sessionUse, Value: token})
	a := httptest.NewRecorder()
	o.open.ServeHTTP(a, r)
	return a
}

// hidden are the hidden fields of a form, with a reason.
func hidden(page, reason string) url.Values {
	form := url.Values{"reason": {reason}}
	for _, f := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		form.Set(f[1], html.UnescapeString(f[2]))
	}
	return form
}

// text is what a reader reads of a page.
func text(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " "))), " ")
}

// A lead types a figure in, sees what it changes, confirms it, revises it with a reason, and everybody reads who did and why.
func TestReturnByForm(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Contributor, act.Footprint(devon))
	o.person("lea", act.Lead, act.Region("south-west"))
	ann, lea := o.signIn("ann"), o.signIn("lea")
	a := o.ask(o.open, http.MethodPost, "/returns", ann, url.Values{"place": {devon}, "period": {"2017-Q4"}, "measure": {"complex_needs_care_plan"}})
	if to := a.Header().Get("Location"); a.Code != http.StatusSeeOther || to != "/returns/new"+returnForm {
		t.Fatalf("%d %s", a.Code, to)
	}
	a = o.ask(o.open, http.MethodGet, "/returns/new"+returnForm, ann, nil)
	if said := text(a.Body.String()); a.Code != http.StatusOK || !strings.Contains(said, "Devon, October to December 2017 (Q3 of 2017/18)") {
		t.Fatalf("%d %.900s", a.Code, said)
	}
	typed := func(token, numerator, denominator string) *httptest.ResponseRecorder {
		return o.ask(o.open, http.MethodPost, "/returns/new"+returnForm, token, url.Values{"n0": {numerator}, "d0": {denominator}})
	}
	a = typed(ann, "60x", "50")
	if page := a.Body.String(); a.Code != http.StatusBadRequest || !strings.Contains(page, `value="60x"`) ||
		!strings.Contains(page, `<a href="#n0">Devon, People with complex needs`) {
		t.Fatalf("a wrong number: %d %.900s", a.Code, page)
	}
	a = typed(ann, "3000", "5000")
	trial := a.Body.String()
	if said := text(trial); a.Code != http.StatusOK || !strings.Contains(said, "Nothing 60.0% (3,000 of 5,000) New") {
		t.Fatalf("%d %.2000s", a.Code, said)
	}
	card := "/footprints/" + devon + "/complex_needs_care_plan"
	if page := o.ask(o.open, http.MethodGet, card, "", nil).Body.String(); strings.Contains(page, "60.0%") {
		t.Error("what was only tried is shown")
	}
	form := hidden(trial, "")
	if strings.Contains(trial, `name="reason"`) {
		form.Set("reason", "as the registers have it")
	}
	var at string
	var both sync.WaitGroup
	for i := range 4 { // one form that is sent again and again, also at once
		both.Go(func() {
			a := o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, ann, form)
			if a.Code != http.StatusSeeOther {
				t.Errorf("confirmed: %d %.900s", a.Code, text(a.Body.String()))
			}
			if i == 0 {
				at = a.Header().Get("Location")
			}
		})
	}
	both.Wait()
	if said := text(
		o.ask(o.open, http.MethodGet, at, ann, nil).Body.String(),
	); !strings.Contains(said, "Its figures are shown since") ||
		!strings.Contains(said, "ann,") {
		t.Fatalf("the receipt: %.1500s", said)
	}
	if said := text(o.ask(o.open, http.MethodGet, card, "", nil).Body.String()); !strings.Contains(said, "60.0%") || strings.Contains(said, "Revised from") {
		t.Errorf("the card: %.1500s", said)
	}

	mine, theirs := typed(ann, "3500", "5000").Body.String(), typed(lea, "3400", "5000").Body.String()
	if said := text(mine); !strings.Contains(said, "60.0% (3,000 of 5,000) 70.0% (3,500 of 5,000) Revised") {
		t.Fatalf("%.2000s", said)
	}
	if a := o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, lea, hidden(theirs, "")); a.Code != http.StatusBadRequest ||
		!strings.Contains(a.Body.String(), `<a href="#reason">Say why`) {
		t.Errorf("without a reason: %d", a.Code)
	}
	if a := o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, lea, hidden(theirs, "A practice was left out")); a.Code != http.StatusSeeOther {
		t.Fatalf("%d %.900s", a.Code, text(a.Body.String()))
	}
	a = o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, ann, hidden(mine, "Counted again"))
	if said := text(a.Body.String()); a.Code != http.StatusConflict || !strings.Contains(said, "68.0% (3,400 of 5,000) 70.0% (3,500 of 5,000) Revised") ||
		!strings.Contains(a.Body.String(), `value="Counted again"`) {
		t.Fatalf("changed meanwhile: %d %.2000s", a.Code, said)
	}
	said := text(o.ask(o.open, http.MethodGet, card, "", nil).Body.String())
	if !strings.Contains(said, "Revised from 60.0% (3,000 of 5,000) on ") || !strings.Contains(said, ", by lea, because: A practice was left out.") {
		t.Errorf("the card: %.3000s", said)
	}
	if a := o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, ann, hidden(a.Body.String(), "Counted again")); a.Code != http.StatusSeeOther {
		t.Errorf("with both versions seen: %d", a.Code)
	}
	var acts []act.Return
	if err := o.log.View(t.Context(), func(s *act.State) { acts = s.Returns(func(act.Scope) bool { return true }) }); err != nil || len(acts) != 3 {
		t.Errorf("%d returns are logged: %v", len(acts), err)
	}
}

// The workbook that is offered is filled in, uploaded and accepted; what is wrong in it is told at its cell.
func TestReturnByWorkbook(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Contributor, act.Footprint(devon))
	ann := o.signIn("ann")
	all := "?footprint=" + devon + "&period=2017-Q4"
	a := o.ask(o.open, http.MethodGet, "/api/v1/templates"+all+"&format=xlsx", "", nil)
	book, err := excelize.OpenReader(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	checks, err := book.GetDataValidations("return")
	rows, _ := book.GetRows("return")
	if err != nil || len(checks) != 4 || len(rows) < 8 || book.GetSheetList()[1] != "instructions" {
		t.Fatalf("%d checks, %d rows, %v, %v", len(checks), len(rows), book.GetSheetList(), err)
	}
	fill := func(cells map[string]any) []byte {
		for cell, value := range cells {
			if err := book.SetCellValue("return", cell, value); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := book.Write(&out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	a = o.send("/returns/file"+all, ann, `C:\work\devon.xlsx`, fill(map[string]any{"E2": 3000, "F2": 2000, "E3": "x", "F3": 10}))
	if said := text(
		a.Body.String(),
	); a.Code != http.StatusBadRequest || !strings.Contains(said, "return, row 2 E 3000") ||
		!strings.Contains(said, "return, row 3 E x") ||
		strings.Contains(said, "Confirm the return") {
		t.Fatalf("%d %.2000s", a.Code, said)
	}
	a = o.send("/returns/file"+all, ann, `C:\work\devon.xlsx`, fill(map[string]any{"E2": 3000, "F2": 5000, "E3": nil, "F3": nil}))
	said := text(a.Body.String())
	if a.Code != http.StatusOK || !strings.Contains(said, "60.0% (3,000 of 5,000) New return, row 2") || !strings.Contains(said, "Devon, devon.xlsx") {
		t.Fatalf("%d %.2000s", a.Code, said)
	}
	if a = o.ask(o.open, http.MethodPost, "/returns/confirm"+all, ann, hidden(a.Body.String(), "as the registers have it")); a.Code != http.StatusSeeOther {
		t.Fatalf("%d %.900s", a.Code, text(a.Body.String()))
	}
	var series struct{ Points []struct{ Numerator string } }
	a = o.ask(o.open, http.MethodGet, "/api/v1/series?measure=complex_needs_care_plan&footprint="+devon, "", nil)
	if err := json.Unmarshal(a.Body.Bytes(), &series); err != nil || len(series.Points) != 1 || series.Points[0].Numerator != "3000" {
		t.Errorf("%v %s", err, a.Body)
	}
}

// Another's place, files that attack, and forms that were changed.
func TestReturnsOfOthers(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Contributor, act.Footprint(devon))
	ann := o.signIn("ann")
	other := strings.ReplaceAll(returnForm, devon, dorset)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if a := o.ask(o.open, method, "/returns/new"+other, ann, url.Values{"n0": {"1"}, "d0": {"2"}}); a.Code != http.StatusForbidden {
			t.Errorf("%s of another place: %d", method, a.Code)
		}
	}
	trial := o.ask(o.open, http.MethodPost, "/returns/new"+returnForm, ann, url.Values{"n0": {"3000"}, "d0": {"5000"}}).Body.String()
	if a := o.ask(o.open, http.MethodPost, "/returns/confirm"+other, ann, hidden(trial, "x")); a.Code != http.StatusForbidden {
		t.Errorf("confirmed for another place: %d", a.Code)
	}
	heading := "measure,organisation,period,numerator,denominator,note\n"
	file := []byte(heading + "complex_needs_care_plan," + dorset + ",2017-Q4,1000,5000,\ncomplex_needs_care_plan," + devon + ",2017-Q4,3000,5000,\n")
	if a := o.send(
		"/returns/file"+returnForm,
		ann,
		"both.csv",
		file,
	); a.Code != http.StatusBadRequest ||
		!strings.Contains(text(a.Body.String()), "Dorset does not belong to Devon") {
		t.Errorf("a file of another place: %d %.900s", a.Code, text(a.Body.String()))
	}
	for name, value := range map[string]string{"sha256": strings.Repeat("0", 64), "digest": "x"} {
		form := hidden(trial, "x")
		form.Set(name, value)
		if a := o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, ann, form); a.Code != http.StatusConflict {
			t.Errorf("another %s: %d", name, a.Code)
		}
	}
	for _, value := range []string{"", "../../../../etc/passwd", strings.Repeat("A", 64), "00"} {
		form := hidden(trial, "x")
		form.Set("sha256", value)
		if a := o.ask(o.open, http.MethodPost, "/returns/confirm"+returnForm, ann, form); a.Code != http.StatusBadRequest {
			t.Errorf("a file %q: %d", value, a.Code)
		}
	}
	for name, content := range map[string][]byte{
		"large.xlsx": make([]byte, 5<<20), "empty.csv": {}, "..\\..\\x.csv": []byte("\x00\x01"), "a\"><script>.xlsx": []byte("PK\x03\x04"),
		".htaccess": []byte(heading), strings.Repeat("n", 400) + ".csv": []byte(heading + "=1+1,a,b,c,d,\"<script>alert(1)</script>\"\n"),
	} {
		a := o.send("/returns/file"+returnForm, ann, name, content)
		want := http.StatusBadRequest
		if name == "large.xlsx" {
			want = http.StatusRequestEntityTooLarge
		}
		if a.Code != want || strings.Contains(a.Body.String(), "<script>") {
			t.Errorf("%.40s: %d %.300s", name, a.Code, text(a.Body.String()))
		}
	}
	for _, value := range []string{"=1+1", "1e400", "-1", strings.Repeat("9", 5000), "NaN", "1,2,3", "<script>"} {
		a := o.ask(o.open, http.MethodPost, "/returns/new"+returnForm, ann, url.Values{"n0": {value}, "d0": {"5000"}})
		if a.Code != http.StatusBadRequest || strings.Contains(a.Body.String(), "<script>") {
			t.Errorf("%.20s: %d", value, a.Code)
		}
	}
	a := o.ask(o.open, http.MethodPost, "/returns/file"+returnForm, ann, url.Values{"file": {"x"}})
	if a.Code != http.StatusBadRequest {
		t.Errorf("no upload: %d", a.Code)
	}
	loads, err := o.known.ListLoads(t.Context(), figures.Moment{Bound: figures.Now}, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range loads {
		if l.ReturnID() != "" || l.State == load.Tried {
			t.Errorf("something is shown: %+v", l)
		}
	}
}
