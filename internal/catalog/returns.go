package catalog

import "slices"

// Returned tells whether a measure waits for local returns: files in canonical form are all that states it.
func (c *Catalog) Returned(m *Measure) bool {
	for _, id := range m.Sources {
		if !c.canonical[id] {
			return false
		}
	}
	return m.Observed() && len(m.Sources) > 0
}

// Returns tells whether local returns may state a measure, alone or beside publications.
func (c *Catalog) Returns(m *Measure) bool {
	for _, id := range m.Sources {
		if c.canonical[id] {
			return true
		}
	}
	return false
}

// ReadsCanonical tells whether a source reads the canonical form, in which the measure stands in a column.
func (s *Source) ReadsCanonical() bool {
	return slices.ContainsFunc(s.Tables, func(t Table) bool { return t.Long != nil })
}
