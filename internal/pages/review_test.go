package pages_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/frontend"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

// board is what two weeks of loads made, by a clock that the tests turn.
type board struct {
	*composed
	now    time.Time
	pages  frontend.Pages
	loader *load.Loader
}

func day(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at
}

// newBoard loads thirteen quarters in the first week.
func newBoard(t *testing.T, figures string) *board {
	t.Helper()
	b := &board{now: day("2018-07-10T10:00:00Z")}
	clock := func() time.Time { b.now = b.now.Add(time.Millisecond); return b.now }
	b.composed = composerAt(t, figures, clock)
	b.loader = load.New(
		load.Settings{
			Store:     b.Warehouse,
			Catalog:   b.Catalog,
			Reference: b.Reference,
			Archive:   load.Archive{Folder: t.TempDir()},
			Now:       clock,
			Logger:    slog.New(slog.DiscardHandler),
		},
	)
	var err error
	if b.pages, err = frontend.Parse(); err != nil {
		t.Fatal(err)
	}
	return b
}

// bring loads figures in canonical form.
func (b *board) bring(t *testing.T, name, figures string) load.Load {
	t.Helper()
	content := "measure,organisation,period,numerator,denominator,published_file,published_row\n" + strings.ReplaceAll(figures, "\n", ",figures.xls,1\n")
	o, err := b.loader.Load(t.Context(), load.File{Name: name, Content: strings.NewReader(content), Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
		t.Fatalf("%+v, %v", o.Load, err)
	}
	return o.Load
}

// retest keeps the verdicts on claims.
func (b *board) retest(t *testing.T) {
	t.Helper()
	if _, err := b.Retest(t.Context(), func(ctx context.Context, verdicts []register.Verdict) error {
		return b.Warehouse.KeepVerdicts(ctx, verdicts)
	}); err != nil {
		t.Fatal(err)
	}
}

// review composes that of the South West, and gives it as it is sent too.
func (b *board) review(t *testing.T, week, as string) (pages.ReviewPage, string) {
	t.Helper()
	r, err := b.FindRegion("south-west")
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := b.AsOf(t.Context(), as)
	if err != nil {
		t.Fatal(err)
	}
	w, err := b.Week(t.Context(), week, asOf)
	if err != nil {
		t.Fatal(err)
	}
	page, err := b.Review(t.Context(), r, w, asOf)
	if err != nil {
		t.Fatal(err)
	}
	var html bytes.Buffer
	if err := b.pages.Render(&html, "review", page); err != nil {
		t.Fatal(err)
	}
	return page, html.String()
}

func holds(t *testing.T, sentences []string, want ...string) {
	t.Helper()
	for _, words := range want {
		if !slices.Contains(sentences, words) {
			t.Errorf("the page does not say %q: %q", words, sentences)
		}
	}
}

// asking counts the questions for figures.
type asking struct {
	figures.Store
	values atomic.Int64
}

func (a *asking) EachValue(ctx context.Context, asOf figures.AsOf, measures, places []string, r figures.Range, hand func(measure.Value) error) error {
	a.values.Add(1)
	return a.Store.EachValue(ctx, asOf, measures, places, r, hand)
}

// Who first reads the reviews after a start waits for no figures of the week that has ended.
func TestWarmPreparesReviews(t *testing.T) {
	now := day("2018-07-10T10:00:00Z")
	c := composerAt(t, "ae_attendances_type1,RD1,2017-04,12,\n", func() time.Time { return now })
	now = day("2018-07-17T10:00:00Z")
	asked := &asking{Store: c.Warehouse}
	c = compose(figurestest.Know(c.Warehouse, asked, c.Catalog, c.Reference, func() time.Time { return now }))
	if err := c.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	warmed := asked.values.Load()
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	week, err := c.Week(t.Context(), "", asOf)
	if err != nil || week.String() != "2018-W28" {
		t.Fatal(week, err)
	}
	page, err := c.Reviews(t.Context(), week, asOf)
	if err != nil || len(page.Reviews) != len(c.Reference.Regions()) {
		t.Fatal(page, err)
	}
	if more := asked.values.Load() - warmed; warmed == 0 || more > 0 {
		t.Errorf("%d questions were asked at the start, and %d by the first reader", warmed, more)
	}
}

// A page of the moment of its request says so: a file of it is another the next minute.
func TestReviewsOfNow(t *testing.T) {
	now := day("2018-07-10T10:00:00Z")
	c := composerAt(t, "ae_attendances_type1,RD1,2017-04,12,\n", func() time.Time { return now })
	now = day("2018-07-18T10:00:00Z")
	south, err := c.FindRegion("south-west")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		week, as string
		ofNow    bool
	}{
		{"2018-W29", "", true}, {"2018-W29", "2018-07-18", true}, {"2018-W29", "2018-07-17", false}, {"2018-W28", "", false}, {"2018-W28", "2018-07-18", false},
	} {
		asOf, err := c.AsOf(t.Context(), one.as)
		if err != nil {
			t.Fatal(err)
		}
		week, err := c.Week(t.Context(), one.week, asOf)
		if err != nil {
			t.Fatal(err)
		}
		all, err := c.Reviews(t.Context(), week, asOf)
		if err != nil {
			t.Fatal(err)
		}
		review, err := c.Review(t.Context(), south, week, asOf)
		if err != nil {
			t.Fatal(err)
		}
		if all.Frame().OfNow != one.ofNow || review.Frame().OfNow != one.ofNow {
			t.Errorf("week %s as of %q: of now are all reviews %t, and one %t; want %t", one.week, one.as, all.OfNow, review.OfNow, one.ofNow)
		}
	}
}

func TestReview(t *testing.T) {
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	var before, after strings.Builder
	for line := range strings.Lines(cancerWaits(r)) {
		if strings.Contains(line, ",2018-Q2,") {
			after.WriteString(line)
		} else {
			before.WriteString(line)
		}
	}
	b := newBoard(t, before.String())
	b.retest(t)
	worse := r.Footprints()[0] // of the South West
	var other footprint.Footprint
	for _, f := range r.Footprints()[1:] {
		if f.Region == worse.Region {
			other = f
			break
		}
	}

	b.now = day("2018-07-18T10:00:00Z")
	second := b.bring(t, "june.csv", after.String()+fmt.Sprintf("cancer_62_day_late,%s,2016-Q1,20,\n", other.Code))
	b.retest(t)
	b.now = day("2018-07-26T10:00:00Z")

	first, _ := b.review(t, "2018-W28", "")
	if first.Finding != "The first figures were loaded this week: all of them are new" || first.EarlierWeek.URL != "" ||
		first.LaterWeek.URL != "/review?region=south-west&week=2018-W29" || len(first.States)+len(first.Signals)+len(first.Revised) > 0 {
		t.Errorf("the first week: %+v", first)
	}
	holds(t, first.Sentences, "1 file was loaded.", "7 figures are compared with targets for the first time.")

	page, html := b.review(t, "2018-W29", "")
	want := "“Cancer treated within 62 days” went off track in " + worse.Name + "; “Cancer treated within 62 days” shows a new unusual change of concern in " + worse.Name
	if page.Finding != want {
		t.Errorf("the finding is %q", page.Finding)
	}
	if len(page.States) != 1 || page.States[0].Before.Icon != "met" || page.States[0].After.Icon != "off_trajectory" ||
		page.States[0].Period != "April to June 2018" {
		t.Errorf("against targets: %+v", page.States)
	}
	place := pages.StatePlace{
		Place:  pages.Link{Text: worse.Name, URL: "/footprints/" + worse.Code + "/cancer_62_day?as_of=2018-07-22"},
		Before: "88.0%",
		After:  "40.0%",
	}
	if diff := cmp.Diff([]pages.StatePlace{place}, page.States[0].Places); diff != "" {
		t.Errorf("against targets (-want +got):\n%s", diff)
	}
	if len(page.Signals) != 1 || page.Signals[0].Before.Icon != "common_cause" || page.Signals[0].After.Icon != "concern_low" ||
		page.Signals[0].Places[0] != place {
		t.Errorf("special causes: %+v", page.Signals)
	}
	if len(page.Revised) != 1 || page.Revised[0].Place.Text != other.Name || page.Revised[0].Period != "January to March 2016" ||
		page.Revised[0].Before.Text == page.Revised[0].After.Text || !strings.Contains(page.Revised[0].Before.ProvenanceURL, "as_of=2018-07-15") {
		t.Errorf("revised: %+v", page.Revised)
	}
	if len(page.OffTrack.Columns) != 1 || len(page.OffTrack.Rows) != 1 || page.OffTrack.Rows[0].Cells[0].State.Text != "Off track (new)" {
		t.Errorf("off track: %+v", page.OffTrack)
	}
	if off := page.OffTrack.Rows[0].Cells[0]; off.Short != "1 quarter" ||
		off.Card != "/footprints/"+worse.Code+"/cancer_62_day?as_of=2018-07-22" {
		t.Errorf("off track: %+v", off)
	}
	if len(page.Messages) != 1 {
		t.Fatalf("messages: %+v", page.Messages)
	}
	message := page.Messages[0]
	if want := "Cancer treated within 62 days: unusually low in " + worse.Name + " in April to June 2018"; message.Headline != want {
		t.Errorf("the headline is %q", message.Headline)
	}
	if !message.New || !message.Worse || message.Required != "Target: at least 85.0%." || len(message.Findings) != 1 {
		t.Fatalf("the message: %+v", message)
	}
	comparedWith := "after 88.0% in January to March 2018; usual range "
	if f := message.Findings[0]; f.Figure != "40.0%" || !strings.HasPrefix(f.Beside, comparedWith) {
		t.Errorf("the finding: %+v", f)
	}
	if c := message.Chart; c.Value != "40.0%" || c.Path == "" || c.Range == "" || c.Target == "" {
		t.Errorf("the message: %+v", message)
	}
	if page.Pin != "" || page.Stood == "" {
		t.Errorf("its address keeps its figures, without as_of=%s", page.Pin)
	}
	holds(
		t,
		page.Sentences,
		"1 file was loaded.",
		"Figures of the 7 footprints of South West: 7 new and 1 revised.",
		"Against targets 1 went off track, 0 are back on track, 0 changed in another way.",
		"Unusual changes of concern: 1 new, 0 ended; other signals that began or ended: 0.",
		"No verdict on a claim changed.",
		"Off track at the end: 1 figure, in 1 of 7 footprints.",
	)
	if page.Region.URL != "/regions/south-west?as_of=2018-07-22" || page.CompareURL != "/compare?from=2018-07-15&to=2018-07-22" || page.Until != "" {
		t.Errorf("it leads to %s and %s", page.Region.URL, page.CompareURL)
	}

	b.checkFeeds(t, worse.Code, other.Code)
	told := b.feeds(t, worse.Code, other.Code)

	running, soFar := b.review(t, "2018-W30", "")
	if running.Finding != "Nothing was loaded this week so far, so nothing changed" || running.Until != "26 July 2018 at 11:00" ||
		len(running.OffTrack.Rows) != 1 ||
		running.OffTrack.New ||
		!strings.HasPrefix(running.Kept, "/review?as_of=2018-07-26T10%3A00%3A00Z") ||
		running.LaterWeek.URL != "" {
		t.Errorf("the week that runs: %+v", running)
	}
	if len(running.Messages) != 1 || running.Messages[0].New || running.Messages[0].Headline != message.Headline {
		t.Errorf("the week that runs tells what stands: %+v", running.Messages)
	}
	holds(t, running.Sentences, "Nothing was loaded.", "No verdict on a claim changed.")
	kept, _ := b.review(t, "2018-W30", "2018-07-26T10:00:01Z")
	if kept.Finding != running.Finding || kept.Until != running.Until || !strings.Contains(soFar, "This week is not over") {
		t.Errorf("as of then: %+v", kept)
	}
	var wrong *figures.InputError
	now, err := b.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := b.Composer.Loads(t.Context(), now, 1); err != nil || len(list.Loads) != 4 || list.Older != "" {
		t.Errorf("the loads: %+v, %v", list.Loads, err)
	}
	if _, err := b.Composer.Loads(t.Context(), now, 2); !errors.As(err, &wrong) || wrong.Parameter != "page" || !strings.HasPrefix(wrong.Accepted, "1 to 1,") {
		t.Errorf("a page of loads too far: %v", err)
	}

	b.now = day("2018-07-27T10:00:00Z")
	if _, err := b.loader.Withdraw(t.Context(), second.ID, "recalled"); err != nil {
		t.Fatal(err)
	}
	b.retest(t)
	b.now = day("2018-08-01T10:00:00Z")
	taken, _ := b.review(t, "", "")
	if taken.WeekID != "2018-W30" || taken.Finding != "1 figure is back on track" || len(taken.Revised) != 8 || taken.Revised[0].Cause != "Load withdrawn" {
		t.Errorf("the week of the withdrawal: %+v", taken)
	}
	holds(t, taken.Sentences, "0 files were loaded and 1 withdrawn.")
	b.checkFeedsLater(t, told, worse.Code, other.Code)
	for _, c := range b.Catalog.Claims[:3] {
		b.checkClaimFeed(t, c)
	}
	after30, _ := b.review(t, "2018-W30", "2018-07-26T10:00:01Z")
	if after30.Finding != running.Finding {
		t.Errorf("what the board saw became %q", after30.Finding)
	}
	// But for the links to the weeks beside it, and the hint that names a day and a load of now.
	beside := regexp.MustCompile(`(?s)<nav class="weeks".*?</nav>|<div class="nhsuk-hint" id="as-of-hint">.*?</div>`)
	_, again := b.review(t, "2018-W29", "")
	if diff := cmp.Diff(beside.ReplaceAllString(html, ""), beside.ReplaceAllString(again, "")); diff != "" {
		t.Errorf("the same address shows something else (-then +now):\n%s", diff)
	}
}

func TestWeekOfAReview(t *testing.T) {
	b := newBoard(t, "ae_attendances_type1,RD1,2017-04,12,\n")
	b.now = day("2018-07-26T10:00:00Z")
	at := func(text, as string) (string, error) {
		asOf, err := b.AsOf(t.Context(), as)
		if err != nil {
			t.Fatal(err)
		}
		w, err := b.Week(t.Context(), text, asOf)
		return w.String(), err
	}
	for _, test := range []struct{ text, as, want string }{
		{"", "", "2018-W29"},
		{"2018-W28", "", "2018-W28"},
		{"2018-W30", "", "2018-W30"},
		{"", "2018-07-12", "2018-W28"}, // the first one still ran
		{"", "2018-07-17", "2018-W28"},
		{"2018-W30", "2018-07-26", "2018-W30"},
	} {
		if got, err := at(test.text, test.as); got != test.want || err != nil {
			t.Errorf("%q as of %q is %s, %v", test.text, test.as, got, err)
		}
	}
	for _, test := range []struct{ text, as, accepted string }{
		{"2018-W27", "", "a week from 2018-W28, that of the first load, to 2018-W30, the one that runs"},
		{"2018-W31", "", "to 2018-W30"},
		{"last", "", "to 2018-W30"},
		{"2018-W30", "2018-07-17", "to 2018-W29, the one that runs at the moment of as_of"},
		{"", "2018-01-01", "none before the first load"},
	} {
		var wrong *figures.InputError
		if got, err := at(test.text, test.as); !errors.As(err, &wrong) || wrong.Parameter != "week" || !strings.Contains(wrong.Accepted, test.accepted) {
			t.Errorf("%q as of %q is %s, %v", test.text, test.as, got, err)
		}
	}
}

func TestCompare(t *testing.T) {
	b := newBoard(t, "ae_attendances_type1,E54000040,2017-04,12,\n")
	b.now = day("2018-07-18T10:00:00Z")
	var lines strings.Builder
	for i := range 120 {
		fmt.Fprintf(&lines, "lidocaine_cost,E54000040,%s,%d,\n", time.Date(2008, time.Month(1+i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), 1000+i)
	}
	b.bring(t, "more.csv", lines.String()+"ae_attendances_type1,E54000040,2017-04,14,\n")
	b.retest(t)
	b.now = day("2018-07-25T10:00:00Z")
	compare := func(q figures.ChangesQuestion, page int, as string) (pages.ComparePage, error) {
		t.Helper()
		asOf, err := b.AsOf(t.Context(), as)
		if err != nil {
			t.Fatal(err)
		}
		return b.Compare(t.Context(), q, page, asOf)
	}
	week := figures.ChangesQuestion{From: "2018-07-15", To: "2018-07-22"}
	second, err := compare(week, 2, "")
	if err != nil || second.Page != "Page 2 of 3" || len(second.Figures) != 100 || !strings.HasSuffix(second.Older, "&page=3&to=2018-07-22") ||
		!strings.Contains(second.Newer, "page=1") {
		t.Errorf("%d figures, %s, %s, %v", len(second.Figures), second.Page, second.Older, err)
	}
	var wrong *figures.InputError
	if _, err := compare(week, 4, ""); !errors.As(err, &wrong) || wrong.Parameter != "page" || !strings.HasPrefix(wrong.Accepted, "1 to 3,") {
		t.Errorf("a page too far: %v", err)
	}

	week.Measure, week.Footprint = "ae_attendances_type1", "QOX"
	one, err := compare(week, 1, "")
	if err != nil || len(one.Figures) != 1 || one.Page != "" || one.Figures[0].Before.Text != "12" || one.Figures[0].After.Text != "14" ||
		one.Figures[0].Cause != "Revised" ||
		!strings.Contains(one.Figures[0].Before.ProvenanceURL, "as_of=2018-07-15") ||
		!strings.Contains(one.Figures[0].After.ProvenanceURL, "as_of=2018-07-22") {
		t.Errorf("%+v, %v", one.Figures, err)
	}
	if one.FromWords != "the end of 15 July 2018" || one.Pages[1].Before != "/footprints/E54000040?as_of=2018-07-15" ||
		one.Pages[1].After != "/footprints/E54000040?as_of=2018-07-22" {
		t.Errorf("from %s: %+v", one.FromWords, one.Pages)
	}
	if !strings.Contains(one.Downloads.XLSX, "from=2018-07-15") || !strings.Contains(one.Downloads.XLSX, "measure=ae_attendances_type1") {
		t.Error(one.Downloads)
	}

	none, err := compare(figures.ChangesQuestion{From: "2018-07-01"}, 1, "2018-07-05")
	if err != nil || none.Finding != "No figure differs, and no verdict on a claim" || none.To != "2018-07-05" {
		t.Errorf("%+v, %v", none, err)
	}
	if _, err := compare(week, 1, "2018-07-20"); !errors.As(err, &wrong) || wrong.Parameter != "as_of" {
		t.Errorf("to after as_of: %v", err)
	}
	if kept, err := compare(week, 1, "2018-07-22"); err != nil || kept.To != "2018-07-22" || kept.Finding != one.Finding {
		t.Errorf("to that is as_of: %+v, %v", kept, err)
	}
}
