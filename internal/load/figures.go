package load

import "stpdash/internal/catalog"

// figureSet remembers which figures a file has stated, a bit each, so that ten million fit in a few megabytes.
type figureSet struct {
	bits   map[measureIn][]uint64
	ids    map[itemOf]int
	places int
}

type measureIn struct {
	measure string
	period  catalog.Period
}

type itemOf struct{ organisation, item string }

func newFigureSet() figureSet {
	return figureSet{bits: map[measureIn][]uint64{}, ids: map[itemOf]int{}}
}

// add tells whether the figure is new.
func (s *figureSet) add(k key) bool {
	of := itemOf{k.organisation, k.item}
	id, ok := s.ids[of]
	if !ok {
		id = len(s.ids)
		s.ids[of], s.places = id, id+1
	}
	in := measureIn{k.measure, k.period}
	bits := s.bits[in]
	word, bit := id/64, uint64(1)<<(id%64)
	if word >= len(bits) {
		bits = append(bits, make([]uint64, word+1-len(bits))...)
		s.bits[in] = bits
	}
	if bits[word]&bit != 0 {
		return false
	}
	bits[word] |= bit
	return true
}
