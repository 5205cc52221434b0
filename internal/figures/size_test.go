package figures

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/load"
	"stpdash/internal/measure"
)

// What the memory says that an answer keeps is about what the heap grows by.
func TestSizeIsThatOfTheHeap(t *testing.T) {
	number := func(i int) decimal.NullDecimal {
		return decimal.NewNullDecimal(decimal.New(int64(1_000_000+i), -2))
	}
	shared := &catalog.Measure{ID: "ae_attendances", Definition: strings.Repeat("x", 1<<20)}
	for name, make := range map[string]func() any{
		"points of all places": func() any {
			all := map[string][]measure.Point{}
			for place := range 46 {
				for i := range 120 {
					p := measure.Point{Period: catalog.Period{Start: time.Unix(int64(i), 0), Grain: catalog.Month}, Numerator: number(i), Denominator: number(i + 1), Value: number(i + 2), Complete: i%7 > 0, Definition: fmt.Sprint("definition ", i)}
					if i%7 == 0 {
						p.Missing = []string{fmt.Sprint("R", i), fmt.Sprint("RX", i)}
					}
					code := fmt.Sprint("E540000", place)
					all[code] = append(all[code], p)
				}
			}
			return newPoints(all)
		},
		"patients": func() any {
			all := map[string]decimal.NullDecimal{}
			for i := range 20_000 {
				all[fmt.Sprint("E5400", i)] = number(i)
			}
			return all
		},
		"loads": func() any {
			var all []load.Load
			for i := range 5000 {
				all = append(all, load.Load{ID: uint64(i), Source: fmt.Sprint("source ", i), File: strings.Repeat("f", 20+i%80), Message: fmt.Sprint("message ", i), SHA256: strings.Repeat("0", 64)})
			}
			return all
		},
		"standings": func() any {
			var all LatestFigures
			for i := range 5000 {
				before := measure.Point{Value: number(i)}
				all.Places = append(all.Places, LatestFigure{Measure: shared, Area: Area{Code: fmt.Sprint("E", i)}, Before: &before, Signal: &measure.Signal{Undetermined: measure.Undetermined{Why: measure.UndeterminedReason(strings.Repeat("u", i%200))}}})
			}
			return all
		},
		"answers of any kind": func() any {
			all := map[string]any{}
			for i := range 5000 {
				all[fmt.Sprint("key ", i)] = []any{fmt.Sprint("value ", i), i, number(i), &measure.Point{Value: number(i)}}
			}
			return &all
		},
		"the same text again and again": func() any {
			all, text := []string{}, strings.Repeat("t", 1<<20)
			for range 10_000 {
				all = append(all, text)
			}
			return all
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			value := make()
			grown := heap() - before
			estimated := size(value)
			runtime.KeepAlive(value)
			if ratio := float64(estimated) / float64(grown); ratio < 0.7 || ratio > 1.4 {
				t.Errorf("%d bytes are estimated, the heap grew by %d", estimated, grown)
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// A flood of answers as of other moments leaves those of now where they are, and bytes bound both.
func TestMemoryIsBoundedInBytes(t *testing.T) {
	m := NewMemory(30 << 20)
	m.seen.Store("now")
	for i := range 10 {
		m.keep(Moment{seen: "now"}, fmt.Sprint("now ", i), make([]byte, 1<<20))
	}
	for i := range 2300 {
		m.keep(Moment{seen: fmt.Sprint("moment ", i)}, fmt.Sprint("then ", i), make([]byte, 1<<20))
	}
	for i := range 10 {
		if _, ok := m.get(fmt.Sprint("now ", i)); !ok {
			t.Errorf("answer %d of now was pushed out", i)
		}
	}
	if _, ok := m.get("then 2299"); !ok {
		t.Error("the newest answer of another moment is not there")
	}
	for i := range 100 {
		m.keep(Moment{seen: "now"}, fmt.Sprint("more ", i), make([]byte, 1<<20))
	}
	m.keep(Moment{seen: "now"}, "too large", make([]byte, 31<<20))
	if _, ok := m.get("more 99"); !ok {
		t.Error("an answer that is too large for the memory pushed out what was there")
	}
	if bytes := m.now.Bytes() + m.past.Bytes(); bytes > 30<<20 || m.past.Bytes() < 8<<20 {
		t.Errorf("%d bytes are kept, %d of other moments", bytes, m.past.Bytes())
	}
}
