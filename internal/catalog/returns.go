package catalog

import "slices"

// Returned tells whether a measure waits for local returns: files in canonical form are all that states it.
func (c *Catalog) Returned(m *Measure) bool {
	return m.Observed() && len(m.Sources) > 0 && !slices.ContainsFunc(m.Sources, func(id string) bool { return !c.canonical(id) })
}

// Returns tells whether local returns may state a measure, alone or beside publications.
func (c *Catalog) Returns(m *Measure) bool { return slices.ContainsFunc(m.Sources, c.canonical) }

// canonical tells whether a source reads the canonical form, in which the measure stands in a column.
func (c *Catalog) canonical(source string) bool {
	s, known := c.sources[source]
	return known && slices.ContainsFunc(s.Tables, func(t Table) bool { return t.Long != nil })
}
