package main

import (
	"context"
	"errors"
	"fmt"
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
	schedule := &load.Schedule{Collector: p.collector, Inbox: settings.Inbox, Clock: p.clock, Logger: p.logger}
	if err := schedule.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, schedule.Stop()) }()
	composer := &dashboard.Composer{
		Figures: p.warehouse, Catalog: p.catalog, Reference: p.reference, Schedule: schedule.Entries, Memory: dashboard.NewMemory(),
		Calibration: calibration, Version: versionText(), Now: p.clock.Now,
	}
	server := &http.Server{
		Handler: web.New(web.Options{
			Composer: composer,
			Run:      schedule.Run, Token: settings.Token,
			Render: pages.Render, Assets: frontend.Assets(), Ready: p.ready, Registry: registry, Logger: p.logger, Version: versionText(),
		}),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	fmt.Fprintf(c.OutOrStdout(), "The dashboard is at http://%s\n", listener.Addr())
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	go func() {
		if err := composer.Warm(ctx); err != nil && ctx.Err() == nil {
			p.logger.Warn("pages could not be made ready", "error", err)
		}
	}()
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

// ready tells whether questions can be answered.
func (p *product) ready(ctx context.Context) error {
	if p.engine != nil {
		if !p.engine.Ready() {
			return errors.New("the embedded ClickHouse is being started again")
		}
		return nil
	}
	return p.warehouse.Ping(ctx)
}
