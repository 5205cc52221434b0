package figures

import (
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// size is about how many bytes a value keeps in memory, with all that it points to but the definitions, which are there for as long as the
// program runs. What is pointed to twice counts once.
func size(value any) int64 {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return 0
	}
	s := sizer{}
	return int64(v.Type().Size()) + s.beneath(v)
}

// sizer knows what was counted.
type sizer map[unsafe.Pointer]bool

func (s sizer) first(at unsafe.Pointer) bool {
	if at == nil || s[at] {
		return false
	}
	s[at] = true
	return true
}

// mapBesides is what a map needs for an entry besides key and value, and for the room that it keeps free.
const mapBesides = 16

// beneath are the bytes that a value points to.
func (s sizer) beneath(v reflect.Value) (bytes int64) {
	if !points(v.Type()) {
		return 0
	}
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 && s.first(unsafe.Pointer(unsafe.StringData(v.String()))) {
			return allocated(int64(v.Len()))
		}
	case reflect.Pointer:
		if s.first(v.UnsafePointer()) {
			return allocated(int64(v.Type().Elem().Size())) + s.beneath(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			return allocated(int64(v.Elem().Type().Size())) + s.beneath(v.Elem())
		}
	case reflect.Slice:
		if s.first(v.UnsafePointer()) {
			bytes = allocated(int64(v.Cap()) * int64(v.Type().Elem().Size()))
			if points(v.Type().Elem()) {
				for i := range v.Len() {
					bytes += s.beneath(v.Index(i))
				}
			}
		}
	case reflect.Map:
		if s.first(v.UnsafePointer()) {
			bytes = int64(v.Len()) * (int64(v.Type().Key().Size()+v.Type().Elem().Size()) + mapBesides)
			for entries := v.MapRange(); entries.Next(); {
				bytes += s.beneath(entries.Key()) + s.beneath(entries.Value())
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			bytes += s.beneath(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			bytes += s.beneath(v.Index(i))
		}
	}
	return bytes
}

// allocated is what an object takes of the heap, which has it in steps.
func allocated(bytes int64) int64 { return (bytes + 15) &^ 15 }

// definitions are the packages whose values belong to the program and not to an answer; those of time are the places of the world.
var definitions = []string{"stpdash/internal/catalog", "stpdash/internal/footprint", "time"}

// pointing remembers what points has found.
var pointing sync.Map

// points tells whether values of a type may point to something that counts.
func points(t reflect.Type) bool {
	if known, ok := pointing.Load(t); ok {
		return known.(bool)
	}
	found := false
	switch t.Kind() {
	case reflect.Pointer:
		found = !slices.Contains(definitions, t.Elem().PkgPath())
	case reflect.String, reflect.Slice, reflect.Map, reflect.Interface:
		found = true
	case reflect.Array:
		found = points(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			found = found || points(t.Field(i).Type)
		}
	}
	pointing.Store(t, found)
	return found
}
