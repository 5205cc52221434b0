package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"

	"stpdash/frontend"
	"stpdash/internal/archivecache"
	"stpdash/internal/audit"
	"stpdash/internal/chromium"
	"stpdash/internal/config"
	"stpdash/internal/figures"
	"stpdash/internal/identity"
	"stpdash/internal/load"
	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
	"stpdash/internal/web"
)

// drainTime is how long requests under way may take when the service stops.
const drainTime = 5 * time.Second

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Start the service: load what is new and serve the dashboards",
		Long: "Start the service. The first start loads the bundled figures while readers are answered: first those that the page of England opens with. " +
			"Until all are loaded each page says how far it is, and claims wait. On a terminal a bar shows the progress, else a line for each file. " +
			"A start that is broken off is gone on with by the next.",
		Example: "  stpd serve\n  STP_INBOX=./inbox STP_ADDR=127.0.0.1:9000 stpd serve", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return serve(c) },
	}
}

func serve(c *cobra.Command) (err error) {
	ctx := c.Context()
	settings, err := settings(c)
	if err != nil {
		return err
	}
	limit, err := limitMemory()
	if err != nil {
		return fmt.Errorf("GOMEMLIMIT: %w", err)
	}
	// The address is taken first: a second service on it fails before it starts an engine.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", settings.Addr)
	if err != nil {
		return fmt.Errorf("STP_ADDR: %w", err)
	}
	defer func() { _ = listener.Close() }()
	var admin net.Listener // nil where there is none
	if settings.AdminAddr != config.AdminOff {
		if admin, err = (&net.ListenConfig{}).Listen(ctx, "tcp", settings.AdminAddr); err != nil {
			return fmt.Errorf("STP_ADMIN_ADDR: %w", err)
		}
		defer func() { _ = admin.Close() }()
	}
	templates, err := frontend.Parse()
	if err != nil {
		return err
	}
	calibration, err := storedCalibration()
	if err != nil {
		return err
	}
	start := newStarting(c)
	p, err := open(ctx, settings, start, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	bundle, err := p.prepareWhole(ctx)
	if err != nil {
		return err
	}
	loaded := make(chan struct{})
	registry := p.metrics()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	published := make(chan struct{}, 1) // what several runs publish meanwhile is tested once
	test := func() {
		select {
		case published <- struct{}{}:
		default:
		}
	}
	schedule := &load.Schedule{Collector: p.collector, Inbox: settings.Inbox, Clock: p.clock, Logger: p.logger, After: loaded, Published: test}
	returns := load.Returns{Loader: p.loader, Drafts: load.Archive{Folder: filepath.Join(settings.DataDir, "drafts")}, Published: test}
	if p.warehouse.Damage() == nil {
		if err := schedule.Start(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, schedule.Stop()) }()
	}
	known := p.facts(limit*rememberedPart/100, calibration)
	known.moments.Loading = bundle.Progress
	people, err := p.accounts(ctx)
	if err != nil {
		return err
	}
	browser, err := chromium.Find(settings.Chromium)
	if err != nil {
		return fmt.Errorf("STP_CHROMIUM: %w", err)
	}
	composed := pages.New(known.figures, known.loads, known.register, schedule.Entries, string(settings.Feedback)).
		With(pages.Acts{Log: people.log, Names: people.Names, Provider: settings.NameOfProvider()}).Printing(browser != nil)
	program, err := programHash()
	if err != nil {
		return err
	}
	ready := p.readiness(bundle.Progress).ready
	server := &http.Server{
		Handler: web.New(web.Options{
			Figures:        known.figures,
			Loads:          known.loads,
			Register:       known.register,
			Pages:          composed,
			Schedule:       schedule.Entries,
			Run:            schedule.Run,
			Accounts:       people.Accounts,
			Provider:       provider(settings, p.clock.Now),
			Acts:           people.log,
			ListActs:       p.warehouse.FilteredActs,
			Returns:        returns,
			ReadClosed:     settings.Read == config.ReadSignedIn,
			Render:         templates.Render,
			Assets:         frontend.Assets(),
			Ready:          ready,
			Registry:       registry,
			Logger:         p.logger,
			Version:        versionText(),
			PublicURL:      settings.PublicURL,
			Rate:           settings.Rate,
			TrustedProxies: settings.TrustedProxies,
			CacheBytes:     limit * keptPart / 100,
			Packs:          audit.NewPackCache(filepath.Join(settings.DataDir, "packs"), maxPacks, program, p.clock.Now),
			Packages:       archivecache.New(filepath.Join(settings.DataDir, "packages"), ".zip", maxPackages, program, p.clock.Now),
			Browser:        browser,
			Prints:         archivecache.New(filepath.Join(settings.DataDir, "prints"), ".pdf", maxPrints, program, p.clock.Now),
			Program:        program,
			Now:            p.clock.Now,
		}),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: web.ReadTime, WriteTimeout: web.WriteTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: web.MaxHeader,
		ErrorLog: slog.NewLogLogger(p.logger.Handler(), slog.LevelWarn),
	}
	fmt.Fprintf(c.OutOrStdout(), "The dashboard is at http://%s\n", listener.Addr())
	stopped := make(chan error, 2)
	go func() { stopped <- server.Serve(listener) }()
	if admin != nil {
		p.logger.Info("metrics and readiness", "address", "http://"+admin.Addr().String())
		running := &http.Server{
			Handler: web.Admin(
				registry,
				ready,
				bundle.Progress,
			),
			ReadTimeout:    web.ReadTime,
			WriteTimeout:   web.ReadTime,
			MaxHeaderBytes: web.MaxHeader,
			ErrorLog:       server.ErrorLog,
		}
		defer func() { _ = running.Close() }()
		go func() { stopped <- running.Serve(admin) }()
	}
	var loading sync.WaitGroup
	ctx, end := context.WithCancel(ctx)
	defer func() { end(); loading.Wait() }() // a load under way notes that it was broken off, or its file would be blamed for a death
	loading.Go(func() {
		if p.keepLoading(ctx, bundle, start.told); ctx.Err() != nil {
			return
		}
		if p.warehouse.Damage() == nil {
			if err := p.resume(ctx, people.log, returns); err != nil && ctx.Err() == nil {
				p.logger.Error("returns that are recorded could not be shown", "error", err)
			}
		}
		start.end(p.warehouse.Damage())
		close(loaded)
		go p.keepChecking(ctx)
		go p.keepTesting(ctx, known, composed.Warm, published)
	})
	select {
	case err := <-stopped:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// provider is where people can sign in, beside here; nil where there is none.
func provider(c config.Config, now func() time.Time) *identity.Provider {
	if c.Issuer == nil {
		return nil
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	if c.Proxy != nil {
		transport.Proxy = http.ProxyURL(c.Proxy)
	}
	return identity.New(identity.Settings{
		Issuer: c.Issuer.String(), ClientID: c.Client, ClientSecret: c.ClientSecret, Name: c.NameOfProvider(), Group: c.ProviderGroup,
		Back: c.PublicURL.Scheme + "://" + c.PublicURL.Host + web.ProviderBack,
	}, transport, now)
}

// maxPacks bounds the audit packs that are kept, in bytes, maxPackages the data packages and maxPrints the printed pages.
const maxPacks, maxPackages, maxPrints = 256 << 20, 256 << 20, 64 << 20

// programHash names this program, to the byte: what another has made is not taken for its own.
var programHash = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	program, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = program.Close() }()
	sum := sha256.New()
	_, err = io.Copy(sum, program)
	return hex.EncodeToString(sum.Sum(nil)), err
})

// reloadTime is how long bundled figures wait that could not be loaded, and untestedTime claims that could not be tested, as while the engine
// restarts.
const reloadTime, untestedTime = 5 * time.Second, time.Minute

// keepLoading loads the bundled figures, and begins again where the machine was at fault, until all are loaded or the service stops. A damaged
// warehouse is left as it is.
func (p *app) keepLoading(ctx context.Context, bundle *load.Bundle, told func(load.Progress, string)) {
	for p.warehouse.Damage() == nil {
		err := bundle.Load(ctx, told)
		if err == nil || ctx.Err() != nil {
			return
		}
		p.logger.Warn("the bundled figures could not be loaded", "error", err, "again_in", reloadTime)
		select {
		case <-ctx.Done():
			return
		case <-p.clock.After(reloadTime):
		}
		if err := p.loader.Recover(ctx); errors.Is(err, load.ErrLost) || errors.Is(err, figures.ErrDamaged) {
			p.warehouse.Distrust(err)
			p.logger.Error("nothing is loaded or shown", "error", err)
		}
	}
}

// keepTesting makes the pages ready and tests the claims, at once and whenever something is published, until the service stops.
func (p *app) keepTesting(ctx context.Context, c *facts, warm func(context.Context) error, published <-chan struct{}) {
	for {
		if err := warm(ctx); err != nil && ctx.Err() == nil {
			p.logger.Warn("pages could not be made ready", "error", err)
		}
		var again <-chan time.Time // never
		switch r, err := p.retest(ctx, c); {
		case ctx.Err() != nil:
			return
		case err != nil:
			p.logger.Warn("claims could not be tested", "error", err)
			again = p.clock.After(untestedTime)
		case r.Tested > 0:
			p.logger.Info("claims tested", "claims", r.Tested, "verdicts", wording.Retested(r))
		}
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-published:
		}
	}
}

// prepareWhole prepares a warehouse that is not damaged. A damaged one is left as it is: the service says so until it is rebuilt.
func (p *app) prepareWhole(ctx context.Context) (*load.Bundle, error) {
	if p.config.ClickHouseDSN == "" {
		if err := p.warehouse.CheckDetached(ctx); err != nil && !errors.Is(err, figures.ErrDamaged) {
			return nil, err
		}
	}
	bundle := &load.Bundle{}
	if p.warehouse.Damage() == nil {
		prepared, err := p.prepare(ctx)
		switch {
		case errors.Is(err, load.ErrLost), errors.Is(err, figures.ErrDamaged):
			p.warehouse.Distrust(err)
		case err != nil:
			return nil, err
		default:
			bundle = prepared
		}
	}
	if err := p.warehouse.Damage(); err != nil {
		p.logger.Error("nothing is loaded or shown", "error", err)
	}
	return bundle, nil
}

// checkEvery is how often the files of the warehouse are compared with their checksums.
const checkEvery = 24 * time.Hour

// keepChecking reads the files of the embedded engine's tables at the start and every day. Damage is told of in readiness and in the log.
func (p *app) keepChecking(ctx context.Context) {
	for p.config.ClickHouseDSN == "" && ctx.Err() == nil {
		switch err := p.warehouse.CheckParts(ctx); {
		case ctx.Err() != nil:
			return
		case errors.Is(err, figures.ErrDamaged):
			p.logger.Error("nothing is shown", "error", err)
		case err != nil:
			p.logger.Warn("the files of the warehouse could not be checked", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-p.clock.After(checkEvery):
		}
	}
}
