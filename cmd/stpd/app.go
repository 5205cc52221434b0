package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"stpdash/dashboards"
	"stpdash/internal/archivecache"
	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/config"
	"stpdash/internal/fetch"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/register"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/sql"
)

// app is what the subcommands work with, wired together.
type app struct {
	config    config.Config
	logger    *slog.Logger
	clock     clockwork.Clock
	catalog   *catalog.Catalog
	reference *footprint.Reference
	engine    *engine.Engine // nil when a server, or another stpd's engine, is used
	warehouse *warehouse.Warehouse
	loader    *load.Loader
	stages    *prometheus.HistogramVec // how long those of loads take
	collector *load.Collector
}

// settings reads the configuration of a command.
func settings(c *cobra.Command) (config.Config, error) {
	file, err := c.Flags().GetString("env-file")
	if err != nil {
		return config.Config{}, err
	}
	if c.Flags().Changed("env-file") {
		if _, err := os.Stat(file); err != nil {
			return config.Config{}, fmt.Errorf("--env-file: %w", err)
		}
	}
	return config.Read(file, os.Environ())
}

// definitions reads the catalog from STP_DASHBOARDS, else from ./dashboards, else from the binary.
func definitions(folder string) (*catalog.Catalog, error) {
	var fsys fs.FS = dashboards.Definitions
	if folder == "" {
		if info, err := os.Stat("dashboards/sources"); err == nil && info.IsDir() {
			folder = "dashboards"
		}
	}
	if folder != "" {
		fsys = os.DirFS(folder)
	}
	c, err := catalog.Read(fsys)
	if err != nil {
		return nil, fmt.Errorf("the definitions in %s are not accepted:\n%w", folderName(folder), err)
	}
	return c, nil
}

func folderName(folder string) string {
	if folder == "" {
		return "the binary"
	}
	return folder
}

func reference() (*footprint.Reference, error) {
	tables, err := fs.Sub(sql.Reference, "reference")
	if err != nil {
		return nil, err
	}
	return footprint.Read(tables)
}

func logLevel(l config.LogLevel) slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l)) // the configuration has checked it
	return level
}

// open starts what the subcommands need. Share allows to use the engine that another stpd runs on the same data.
func open(ctx context.Context, c config.Config, log io.Writer, share bool) (p *app, err error) {
	p = &app{config: c, clock: clock(c.Clock), logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: logLevel(c.LogLevel)}))}
	if p.catalog, err = definitions(c.Dashboards); err != nil {
		return nil, err
	}
	if p.reference, err = reference(); err != nil {
		return nil, err
	}
	if err := catalog.CheckCodes(p.catalog, p.reference); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory (STP_DATA_DIR): %w", err)
	}
	writer, reader, err := p.connection(ctx, share)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	var codes []string
	for _, f := range p.reference.Footprints() {
		codes = append(codes, f.Code)
	}
	if p.warehouse, err = warehouse.Open(ctx, writer, reader, codes); err != nil {
		return p, err
	}
	p.stages = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "stpd_load_stage_seconds", Help: "Time of each stage of a load."}, []string{"stage"})
	loading := load.Settings{
		Store: p.warehouse, Catalog: p.catalog, Reference: p.reference, Now: p.clock.Now, Logger: p.logger,
		Archive: load.Archive{Folder: filepath.Join(c.DataDir, "files")},
		Lock:    load.FileLock(filepath.Join(c.DataDir, "load.lock")),
		Apart:   apart,
		Observe: func(stage string, took time.Duration) { p.stages.WithLabelValues(stage).Observe(took.Seconds()) },
	}
	if c.ClickHouseDSN == "" { // a server may have had loads of other data directories
		loading.Journal.Path = filepath.Join(c.DataDir, journalName)
	}
	p.loader = load.New(loading)
	p.collector = &load.Collector{Loader: p.loader, Downloads: filepath.Join(c.DataDir, "downloads"), Roots: roots(c), Fetcher: &fetch.Fetcher{
		Version: version, Contact: c.Contact, Proxy: c.Proxy, Clock: p.clock, Random: rand.Float64, Logger: p.logger,
	}}
	return p, nil
}

// roots are the folders below which sources may look for files.
func roots(c config.Config) load.Roots {
	all := load.Roots{"."}
	if c.Inbox != "" {
		all = append(all, c.Inbox)
	}
	return append(all, c.Folders...)
}

// withApp opens the data of a command, also beside a running stpd, and closes them when it is done.
func withApp(c *cobra.Command, do func(p *app) error) (err error) {
	collectSeldom()
	settings, err := settings(c)
	if err != nil {
		return err
	}
	p, err := open(c.Context(), settings, io.Discard, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	return do(p)
}

func (p *app) connection(ctx context.Context, share bool) (writer, reader *clickhouse.Options, err error) {
	if dsn := p.config.ClickHouseDSN; dsn != "" {
		if writer, err = warehouse.ParseDSN(dsn); err != nil {
			return nil, nil, fmt.Errorf("STP_CLICKHOUSE_DSN: %w", err)
		}
		if reader, err = warehouse.ParseDSN(dsn); err != nil {
			return nil, nil, fmt.Errorf("STP_CLICKHOUSE_DSN: %w", err)
		}
		if reader.Settings == nil {
			reader.Settings = clickhouse.Settings{}
		}
		reader.Settings["readonly"] = 2 // questions never write, whatever the user may do
		return writer, reader, nil
	}
	if share {
		endpoint, err := engine.Attach(p.config.DataDir)
		if err == nil {
			return endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), nil
		}
		if !errors.Is(err, engine.ErrNotRunning) {
			return nil, nil, err
		}
	}
	p.engine, err = engine.Start(ctx, engine.Options{DataDir: p.config.DataDir, Library: p.config.EngineLibrary, Logger: p.logger})
	if err != nil {
		return nil, nil, err
	}
	endpoint := p.engine.Endpoint()
	return p.engine.Options(endpoint.User), p.engine.Options(endpoint.Reader), nil
}

// prepare brings the warehouse to the present definitions, and finds which of the bundled figures are still to be loaded.
func (p *app) prepare(ctx context.Context) (*load.Bundle, error) {
	memberships, err := fs.ReadFile(sql.Reference, "reference/memberships.csv")
	if err != nil {
		return nil, err
	}
	if err := p.loader.Recover(ctx); err != nil {
		return nil, err
	}
	if err := p.loader.Define(ctx, memberships); err != nil {
		return nil, err
	}
	patterns := []string{"reference/registered_patients.csv"}
	if p.config.Bundled {
		patterns = append(patterns, "reference/bundled/*.csv.gz")
	}
	return p.loader.Bundle(ctx, sql.Reference, patterns...)
}

// loadBundled brings the warehouse to the present definitions and loads the bundled figures.
func (p *app) loadBundled(ctx context.Context) error {
	bundle, err := p.prepare(ctx)
	if err != nil {
		return err
	}
	return bundle.Load(ctx, nil)
}

// facts are what is known of figures, loads and claims.
type facts struct {
	directory *figures.Directory
	moments   *figures.Moments
	figures   *figures.Figures
	loads     *figures.Loads
	register  *register.Register
}

// maxResults bounds the results of tests of claims that are kept, in bytes: all claims as of a few moments.
const maxResults = 64 << 20

// facts are those of the warehouse, with a memory of so many bytes. Where the program cannot be read, no results of claims are kept.
func (p *app) facts(memory int64, calibration *claim.Calibration) *facts {
	var results *archivecache.Cache
	if program, err := programHash(); err == nil {
		results = archivecache.New(filepath.Join(p.config.DataDir, "results"), ".gob", maxResults, program, p.clock.Now)
	}
	directory := figures.NewDirectory(p.catalog, p.reference)
	moments := figures.NewMoments(p.warehouse, figures.NewMemory(memory), p.clock.Now)
	known := figures.New(p.warehouse, directory, moments)
	return &facts{directory, moments, known, figures.NewLoads(p.warehouse, known), register.New(p.warehouse, known, calibration, results, versionText())}
}

// retest brings the verdicts on claims up to what is loaded; two at once take turns, and the second finds nothing left to do.
func (p *app) retest(ctx context.Context, c *facts) (register.Retested, error) {
	release, err := load.FileLock(filepath.Join(p.config.DataDir, "claims.lock"))(ctx)
	if err != nil {
		return register.Retested{}, err
	}
	defer release()
	return c.register.Retest(ctx, p.warehouse.KeepVerdicts)
}

// close ends the connections before the engine.
func (p *app) close() error {
	var err error
	if p.warehouse != nil {
		err = p.warehouse.Close()
	}
	if p.engine != nil {
		err = errors.Join(err, p.engine.Close())
	}
	return err
}

// clock tells the time; with a start given it runs from there.
func clock(start time.Time) clockwork.Clock {
	real := clockwork.NewRealClock()
	if start.IsZero() {
		return real
	}
	return shifted{real, time.Until(start)}
}

// shifted is a clock that shows another time and runs as fast.
type shifted struct {
	clockwork.Clock
	by time.Duration
}

func (s shifted) Now() time.Time                  { return s.Clock.Now().Add(s.by) }
func (s shifted) Since(t time.Time) time.Duration { return s.Now().Sub(t) }
func (s shifted) Until(t time.Time) time.Duration { return t.Sub(s.Now()) }

// metrics counts what the engine and the loads do.
func (p *app) metrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	if p.engine != nil {
		registry.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "stpd_engine_ready", Help: "Whether the embedded ClickHouse answers."}, func() float64 {
				if p.engine.Ready() {
					return 1
				}
				return 0
			}),
			prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "stpd_engine_restarts_total", Help: "Restarts of the embedded ClickHouse."},
				func() float64 { return float64(p.engine.Restarts()) }),
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "stpd_engine_resident_bytes", Help: "Memory of the embedded ClickHouse."},
				func() float64 { return float64(p.engine.ResidentBytes()) }),
		)
	}
	registry.MustRegister(p.stages)
	return registry
}
