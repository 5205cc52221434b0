package figures

import (
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/mapping"
)

// Cell is one published cell beneath a figure.
type Cell struct {
	Component    string
	Period       time.Time // first day
	Organisation string
	Item         string // the part of the organisation's figure, where it is split over rows
	Footprint    string
	// Membership is what says that the organisation belongs to the footprint, as the reference states it. Placings are how one was placed that the
	// reference does not have, where it may belong here.
	Membership  string
	Placings    []mapping.Placing
	Share       decimal.Decimal // of the organisation's figure that counts in the footprint
	Numerator   decimal.NullDecimal
	Denominator decimal.NullDecimal
	Status      string // [Reported], [Rejected] or another of those that rows are loaded with
	Note        string
	Load        uint64
	File        string
	SHA256      string
	Sheet       string
	Row         uint32
	Column      string
	Raw         string
	ViaFile     string
	ViaRow      uint32
	LoadedAt    time.Time
	Released    string
	Definition  string // of the source that read the cell
	Source      string
}

// What a cell can be.
const (
	Reported = "reported"
	Rejected = "rejected"
	KnownGap = "known_gap" // an analyst confirmed that the published figure lacks a part
)
