package bytecache_test

import (
	"fmt"
	"sync"
	"testing"

	"stpdash/internal/bytecache"
)

func TestCacheIsBounded(t *testing.T) {
	const most = 100_000
	c := bytecache.New[int](most)
	for i := range 1000 {
		c.Add(fmt.Sprint(i), i, 1000)
		c.Add(fmt.Sprint(i), i, 1000) // in place of itself
	}
	if bytes := c.Bytes(); bytes > most || bytes < most-2*1300 {
		t.Errorf("%d bytes are kept, want nearly %d", bytes, most)
	}
	if v, ok := c.Get("999"); !ok || v != 999 {
		t.Errorf("the newest is %d, %v", v, ok)
	}
	if _, ok := c.Get("0"); ok {
		t.Error("the oldest is kept")
	}
	before := c.Bytes()
	c.Add("too large", 0, most)
	if _, ok := c.Get("too large"); ok || c.Bytes() != before {
		t.Errorf("what is too large is kept: %v; %d bytes, before %d", ok, c.Bytes(), before)
	}
	for i := range 100 {
		c.Add(fmt.Sprint("empty ", i), i, 0)
	}
	if c.Bytes() <= 100*100 {
		t.Error("values without bytes cost nothing")
	}
}

func TestWhatIsAskedAgainStays(t *testing.T) {
	const most = 400_000
	s := bytecache.New[int](most)
	for i := range 50 {
		s.Add(fmt.Sprint("page ", i), i, 1000)
		s.Get(fmt.Sprint("page ", i))
	}
	for i := range 10_000 {
		s.Add(fmt.Sprint("flood ", i), i, 1000)
	}
	for i := range 50 {
		if v, ok := s.Get(fmt.Sprint("page ", i)); !ok || v != i {
			t.Errorf("page %d is gone", i)
		}
	}
	for i := range 10_000 {
		s.Add(fmt.Sprint("again ", i), i, 1000)
		s.Get(fmt.Sprint("again ", i))
	}
	if bytes := s.Bytes(); bytes > most || bytes < most/2 {
		t.Errorf("%d bytes are kept, want at most %d", bytes, most)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := bytecache.New[string](50_000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 2000 {
				key := fmt.Sprint(i % 100)
				if v, ok := s.Get(key); ok && v != key {
					t.Errorf("%s is %s", key, v)
				}
				s.Add(key, key, 500)
			}
		})
	}
	all.Wait()
	if s.Bytes() > 50_000 {
		t.Errorf("%d bytes are kept", s.Bytes())
	}
}
