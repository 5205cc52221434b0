package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"

	"stpdash/frontend"
	"stpdash/internal/dashboard"
	"stpdash/internal/load"
	"stpdash/internal/web"
)

// drainTime is how long requests under way may take when the service stops.
const drainTime = 5 * time.Second

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Start the service: load what is new and serve the dashboards",
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
	// The address is taken first: a second service on it fails before it starts an engine.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", settings.Addr)
	if err != nil {
		return fmt.Errorf("STP_ADDR: %w", err)
	}
	defer func() { _ = listener.Close() }()
	pages, err := frontend.Parse()
	if err != nil {
		return err
	}
	calibration, err := storedCalibration()
	if err != nil {
		return err
	}
	p, err := open(ctx, settings, c.ErrOrStderr(), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.prepare(ctx); err != nil {
		return err
	}
	registry := p.metrics()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	published := make(chan struct{}, 1) // what several runs publish meanwhile is tested once
	schedule := &load.Schedule{Collector: p.collector, Inbox: settings.Inbox, Clock: p.clock, Logger: p.logger, Published: func() {
		select {
		case published <- struct{}{}:
		default:
		}
	}}
	if err := schedule.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, schedule.Stop()) }()
	composer := p.composer()
	composer.Schedule = schedule.Entries
	composer.Calibration = calibration
	server := &http.Server{
		Handler: web.New(web.Options{
			Composer: composer,
			Run:      schedule.Run, Token: settings.Token,
			Render: pages.Render, Assets: frontend.Assets(), Ready: p.readiness().ready, Registry: registry, Logger: p.logger, Version: versionText(), Rate: settings.Rate, Now: p.clock.Now,
		}),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: web.ReadTime, WriteTimeout: web.WriteTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: web.MostHeader,
		ErrorLog: slog.NewLogLogger(p.logger.Handler(), slog.LevelWarn),
	}
	fmt.Fprintf(c.OutOrStdout(), "The dashboard is at http://%s\n", listener.Addr())
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	go func() {
		if err := composer.Warm(ctx); err != nil && ctx.Err() == nil {
			p.logger.Warn("pages could not be made ready", "error", err)
		}
	}()
	go p.keepTesting(ctx, composer, published)
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

// untestedTime is how long claims wait that could not be tested, as while the engine restarts.
const untestedTime = time.Minute

// keepTesting tests the claims at once and whenever something is published, until the service stops.
func (p *product) keepTesting(ctx context.Context, c *dashboard.Composer, published <-chan struct{}) {
	for {
		var again <-chan time.Time // never
		switch r, err := p.retest(ctx, c); {
		case ctx.Err() != nil:
			return
		case err != nil:
			p.logger.Warn("claims could not be tested", "error", err)
			again = p.clock.After(untestedTime)
		case r.Tested > 0:
			p.logger.Info("claims tested", "claims", r.Tested, "verdicts", r.Words())
		}
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-published:
		}
	}
}
