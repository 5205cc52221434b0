package load

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/fetch"
)

// Collector brings the files of declared sources and loads them.
type Collector struct {
	Loader *Loader
	// Fetcher brings files from addresses. Of private hosts it may ask those that the source of a run allows.
	Fetcher *fetch.Fetcher
	// Downloads is a folder for files on their way; other processes on the same folder take turns, a source at a time.
	Downloads string
	// Roots are where sources may look for files on the machine.
	Roots Roots
}

// Fetch is what an address gave at one time.
type Fetch struct {
	Address            string
	ETag, LastModified string // as the publisher stated them; sent with the next question
	File               string // what the publisher calls the file
	SHA256             string
	Load               uint64 // that the file ended in, 0 where its source leaves it alone
	At                 time.Time
}

// Run looks at all places of a source, loads the files that are there and records the run. What is wrong with one place or file
// does not stop the others.
func (c *Collector) Run(ctx context.Context, source *catalog.Source, trigger string, report Report) (Run, error) {
	return c.run(ctx, source, c.begin(source, trigger), report)
}

func (c *Collector) begin(source *catalog.Source, trigger string) Run {
	var places []string
	for _, place := range source.Where {
		places = append(places, place.Folder+place.URL+place.Page) // it has one of them
	}
	return c.Loader.runs.begin(source.ID, trigger, strings.Join(places, ", "))
}

func (c *Collector) run(ctx context.Context, source *catalog.Source, run Run, report Report) (Run, error) {
	err := c.collect(ctx, source, &run, report)
	return c.Loader.runs.end(ctx, run, err)
}

func (c *Collector) collect(ctx context.Context, source *catalog.Source, run *Run, report Report) (err error) {
	folder := filepath.Join(c.Downloads, source.ID)
	if err := os.MkdirAll(c.Downloads, 0o750); err != nil {
		return err
	}
	release, err := FileLock(folder + ".lock")(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := os.RemoveAll(folder); err != nil { // what a crash left behind
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	v := &visit{Loader: c.Loader, fetcher: *c.Fetcher, roots: c.Roots, folder: folder, run: run}
	v.fetcher.Private, v.hosts = source.Private, hosts(source)
	found, err := v.look(ctx, source.Where)
	if err != nil {
		return err
	}
	return c.Loader.runs.each(ctx, run, found, report)
}

// hosts are those that the addresses of a source may lead to.
func hosts(source *catalog.Source) []string {
	all := slices.Clone(source.Hosts)
	for _, place := range source.Where {
		if address, err := url.Parse(place.URL + place.Page); err == nil && address.Host != "" {
			all = append(all, address.Hostname())
		}
	}
	return all
}

// visit is one run of a source under way.
type visit struct {
	*Loader
	fetcher fetch.Fetcher
	hosts   []string
	roots   Roots
	folder  string
	run     *Run
}

// look finds the files of the places, each once, in the order of the places.
func (v *visit) look(ctx context.Context, places []catalog.Location) ([]foundFile, error) {
	var found []foundFile
	add := func(more ...foundFile) {
		for _, f := range more {
			if !slices.ContainsFunc(found, func(known foundFile) bool { return known.name == f.name }) {
				found = append(found, f)
			}
		}
	}
	for _, place := range places {
		switch {
		case place.Folder != "":
			folder, err := v.roots.Check(place.Folder)
			if err != nil {
				v.fault(err)
				continue
			}
			files, unreadable, err := Discover([]string{folder})
			v.fault(errors.Join(err, unreadable))
			add(v.runs.files(files, v.run, File{})...)
		case place.URL != "":
			add(v.address(place.URL))
		default:
			page, err := v.fetcher.Links(ctx, fetch.Request{Address: place.Page, Hosts: v.hosts}, place.Pattern())
			if _, remote := errors.AsType[*fetch.Error](err); err != nil && !remote {
				return nil, err
			}
			v.fault(err)
			for _, link := range page.Refused {
				v.fault(fmt.Errorf("%s leads to %s, which is not followed: %s", place.Page, link.Link, link.Reason))
			}
			for _, link := range page.Links {
				add(v.address(link))
			}
		}
	}
	return found, nil
}

// fault counts a place that cannot be looked at.
func (v *visit) fault(err error) {
	if err != nil {
		v.run.Failed++
		v.run.note(err)
	}
}

func (v *visit) address(address string) foundFile {
	return foundFile{address, func(ctx context.Context) (Outcome, error) { return v.get(ctx, address) }}
}

// get brings the file of an address and loads it. One that has not changed since it was loaded is not sent again.
func (v *visit) get(ctx context.Context, address string) (outcome Outcome, err error) {
	request := fetch.Request{Address: address, Hosts: v.hosts}
	earlier, ok, err := v.Store.LatestFetch(ctx, address)
	if err != nil {
		return outcome, err
	}
	if ok {
		if outcome, ok, err = v.settled(ctx, earlier); err != nil {
			return outcome, err
		}
	}
	if ok {
		request.ETag, request.LastModified = earlier.ETag, earlier.LastModified
	}
	file, err := v.fetcher.Get(ctx, request, v.folder)
	if err != nil {
		return Outcome{}, err
	}
	if file.NotModified {
		return outcome, nil
	}
	defer func() { err = errors.Join(err, os.Remove(file.Path)) }()
	content, err := os.Open(file.Path)
	if err != nil {
		return Outcome{}, err
	}
	defer content.Close()
	if outcome, err = v.Load(ctx, File{Name: file.Name, Content: content, Source: v.run.Source}, v.run.Trigger); err != nil {
		return outcome, err // nothing is remembered, so it is brought again
	}
	return outcome, v.Store.RecordFetch(ctx, Fetch{
		Address: address, ETag: file.ETag, LastModified: file.LastModified, File: file.Name, SHA256: file.SHA256, Load: outcome.Load.ID, At: v.Now(),
	})
}

// settled tells what became of a file that was brought before, and whether the same file again would change nothing.
func (v *visit) settled(ctx context.Context, f Fetch) (Outcome, bool, error) {
	if reason, skipped := v.Catalog.Skipped(f.File); skipped {
		return Outcome{Skipped: reason}, true, nil
	}
	latest, ok, err := v.Store.LatestLoad(ctx, f.SHA256)
	return Outcome{Load: latest, Known: true}, ok && v.known(latest, false), err
}
