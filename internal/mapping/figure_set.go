package mapping

import "stpdash/internal/catalog"

// figureSet remembers which figures a file has stated, a bit each, so that ten million fit in a few megabytes.
type figureSet struct {
	bits     map[measureIn][]uint64
	ids      map[itemOf]int
	places   int
	words    int       // of 64 bits each, in all
	named    int       // bytes of the names of organisations and items
	last     measureIn // of which lastBits are the bits; a file states its neighbours one after the other
	lastBits []uint64
}

// maxWords bounds the memory of a set, to 128 MiB.
const maxWords = 16 << 20

// maxNamed bounds the bytes of the names in a set.
const maxNamed = 16 << 20

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
		s.named += len(of.organisation) + len(of.item)
	}
	if in := (measureIn{k.measure, k.period}); in != s.last {
		s.last, s.lastBits = in, s.bits[in]
	}
	bits := s.lastBits
	word, bit := id/64, uint64(1)<<(id%64)
	if word >= len(bits) {
		s.words += word + 1 - len(bits)
		bits = append(bits, make([]uint64, word+1-len(bits))...)
		s.bits[s.last], s.lastBits = bits, bits
	}
	if bits[word]&bit != 0 {
		return false
	}
	bits[word] |= bit
	return true
}

// states tells whether a measure has a figure of any organisation in a period.
func (s *figureSet) states(measure string, period catalog.Period) bool {
	return len(s.bits[measureIn{measure, period}]) > 0
}

// has tells whether the figure has been added.
func (s *figureSet) has(k key) bool {
	id, ok := s.ids[itemOf{k.organisation, k.item}]
	bits := s.bits[measureIn{k.measure, k.period}]
	return ok && id/64 < len(bits) && bits[id/64]&(1<<(id%64)) != 0
}
