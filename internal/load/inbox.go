package load

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"
)

// Inbox is a folder that is looked through at the start and every minute.
type Inbox struct {
	Folder string
	Loader *Loader
	Clock  clockwork.Clock
	Logger *slog.Logger

	scheduler gocron.Scheduler
}

// Start begins to look through the folder; it ends with the context or with Stop.
func (i *Inbox) Start(ctx context.Context) error {
	scheduler, err := gocron.NewScheduler(gocron.WithClock(i.Clock), gocron.WithStopTimeout(10*time.Second))
	if err != nil {
		return fmt.Errorf("schedule the inbox: %w", err)
	}
	trigger := "start"
	_, err = scheduler.NewJob(
		gocron.DurationJob(time.Minute),
		gocron.NewTask(func() {
			i.scan(ctx, trigger)
			trigger = "schedule"
		}),
		gocron.WithName("inbox"),
		gocron.WithSingletonMode(gocron.LimitModeReschedule),
		gocron.WithStartAt(gocron.WithStartImmediately()),
	)
	if err != nil {
		return fmt.Errorf("schedule the inbox: %w", err)
	}
	i.scheduler = scheduler
	scheduler.Start()
	return nil
}

// Stop ends the schedule and waits for a scan under way.
func (i *Inbox) Stop() error { return i.scheduler.Shutdown() }

func (i *Inbox) scan(ctx context.Context, trigger string) {
	run, err := i.Loader.Paths(ctx, []string{i.Folder}, trigger, false, nil)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		i.Logger.Error("inbox", "folder", i.Folder, "error", err)
	case run.Published+run.Failed > 0:
		i.Logger.Info("inbox", "folder", i.Folder, "found", run.Found, "published", run.Published, "failed", run.Failed, "known", run.Known)
	}
}
