package figures

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestQuestionsEndWithTheirReader(t *testing.T) {
	m := NewMemory(64 << 20)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	end, _ := ctx.Deadline()
	var ends []time.Time
	var nest func(ctx context.Context, deep int) (int, error)
	nest = func(ctx context.Context, deep int) (int, error) {
		return Remember(ctx, m, Moment{}, fmt.Sprint("deep ", deep), func(ctx context.Context) (int, error) {
			at, _ := ctx.Deadline()
			ends = append(ends, at)
			if deep < 3 {
				return nest(ctx, deep+1)
			}
			<-ctx.Done()
			return 0, ctx.Err()
		})
	}
	began := time.Now()
	if _, err := nest(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the reader waited %v", took)
	}
	time.Sleep(50 * time.Millisecond) // what is asked for others, too, ends at its own pace
	if len(ends) != 4 {
		t.Fatalf("%d questions were asked", len(ends))
	}
	for deep, at := range ends {
		if at.After(end) {
			t.Errorf("a question %d deep may go on for %v after its reader", deep, at.Sub(end))
		}
	}
}

func TestAnswerThatSeveralWaitFor(t *testing.T) {
	m := NewMemory(64 << 20)
	asked, open := make(chan struct{}, 9), make(chan struct{})
	ask := func(ctx context.Context) (string, error) {
		asked <- struct{}{}
		select {
		case <-open:
			return "answer", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	first := make(chan error, 1)
	go func() {
		_, err := Remember(short, m, Moment{}, "question", ask)
		first <- err
	}()
	<-asked
	gone, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := Remember(gone, m, Moment{}, "question", ask)
		left <- err
	}()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left is told %v", err)
	}
	second := make(chan string, 1)
	go func() {
		answer, err := Remember(t.Context(), m, Moment{}, "question", ask)
		second <- fmt.Sprint(answer, err)
	}()
	if err := <-first; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the first is told %v", err)
	}
	<-asked // again, for the one who has time
	close(open)
	if got := <-second; got != "answer<nil>" {
		t.Errorf("who joined the first is told %s", got)
	}
}

// A question within another ends when the one reader who waited for both is gone, and a place is taken until it has.
func TestAbandonedQuestionsEnd(t *testing.T) {
	m := NewMemory(64 << 20)
	asked, ended := make(chan struct{}), false
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-asked; leave() }()
	_, err := Remember(ctx, m, Moment{}, "outer", func(ctx context.Context) (int, error) {
		return Remember(ctx, m, Moment{}, "inner", func(ctx context.Context) (int, error) {
			close(asked)
			<-ctx.Done()
			time.Sleep(20 * time.Millisecond)
			ended = true
			return 0, ctx.Err()
		})
	})
	if !errors.Is(err, context.Canceled) || !ended {
		t.Errorf("who left is told %v; the inner question has ended: %t", err, ended)
	}
	if answer, err := Remember(t.Context(), m, Moment{}, "outer", func(context.Context) (int, error) { return 3, nil }); answer != 3 || err != nil {
		t.Errorf("who comes then gets %d, %v", answer, err)
	}
}

func TestFaultOfAQuestion(t *testing.T) {
	_, err := Remember(t.Context(), NewMemory(64<<20), Moment{}, "question", func(context.Context) (int, error) { panic("no such luck") })
	if err == nil || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("%v", err)
	}
}
