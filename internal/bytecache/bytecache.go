// Package bytecache keeps values by their keys within a number of bytes.
package bytecache

import (
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// list keeps values in the order in which they were asked for.
type list[V any] struct {
	values *simplelru.LRU[string, sized[V]]
	bytes  int64
}

type sized[V any] struct {
	value V
	bytes int64
}

func newList[V any]() *list[V] {
	l := &list[V]{}
	values, err := simplelru.NewLRU(math.MaxInt, func(_ string, v sized[V]) { l.bytes -= v.bytes }) // bytes bound it
	if err != nil {
		panic(err) // the size is over zero
	}
	l.values = values
	return l
}

// besides is what is needed for a value beside itself, in bytes.
const besides = 250

// add keeps a value and of the others as many as there is room for; one that is larger than the room is not kept.
func (l *list[V]) add(key string, v sized[V], room int64) {
	l.values.Remove(key)
	if v.bytes > room {
		return
	}
	l.bytes += v.bytes
	l.values.Add(key, v)
	l.shrink(room)
}

func (l *list[V]) shrink(room int64) {
	for l.bytes > room && l.values.Len() > 0 {
		l.values.RemoveOldest()
	}
}

// Cache keeps what was asked for last. Those values stay that were asked for again: however many come that nobody asks for twice, they push
// out each other only. It may be used by several at once.
type Cache[V any] struct {
	mu          sync.Mutex
	once, again *list[V]
	most        int64
}

// onceShare is the part of a cache, one in so many, that is always there for values that were not asked for again yet. They take what
// the others leave, too.
const onceShare = 4

// New makes a cache that keeps at most so many bytes.
func New[V any](most int64) *Cache[V] {
	return &Cache[V]{once: newList[V](), again: newList[V](), most: most}
}

// Get finds a value, which stays from now on.
func (c *Cache[V]) Get(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.again.values.Get(key); ok {
		return v.value, true
	}
	v, ok := c.once.values.Peek(key)
	if room := c.most - c.most/onceShare; ok && v.bytes <= room {
		c.once.values.Remove(key)
		c.again.add(key, v, room)
		c.once.shrink(c.most - c.again.bytes)
	}
	return v.value, ok
}

// Add keeps a value of so many bytes.
func (c *Cache[V]) Add(key string, value V, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.again.values.Remove(key)
	c.once.add(key, sized[V]{value, bytes + int64(len(key)) + besides}, c.most-c.again.bytes)
}

// Bytes are those that are kept.
func (c *Cache[V]) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.once.bytes + c.again.bytes
}
