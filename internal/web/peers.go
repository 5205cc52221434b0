package web

import (
	"context"

	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

type peerFeature struct {
	Measure string  `json:"measure"  doc:"Id of the measure whose figures the footprints are compared by"`
	Aspect  string  `json:"aspect"   doc:"The three count alike"                                                       enum:"size,age,baseline"`
	From    string  `json:"from"     doc:"First period of the figures; empty where there are none"`
	To      string  `json:"to"`
	Per     int     `json:"per"      doc:"1000 where the figures are means per 1,000 registered patients, otherwise 0"`
	Log     bool    `json:"log"      doc:"Compared on the natural logarithm"`
	Weight  float64 `json:"weight"   doc:"Of the feature in the square of the distance"`
	Mean    number  `json:"mean"     doc:"As compared, over the footprints compared; null when left out"`
	SD      number  `json:"sd"       doc:"Standard deviation, likewise"`
	LeftOut string  `json:"left_out" doc:"Why the footprints are not compared by it; empty when they are"`
}

type peerFigure struct {
	Measure string `json:"measure"`
	Aspect  string `json:"aspect"  enum:"size,age,baseline"`
	Value   number `json:"value"                            doc:"Null when not known"`
	Score   number `json:"score"                            doc:"Standard deviations from the mean; null when not compared"`
	Part    number `json:"part"                             doc:"What the feature adds to the square of the distance; null when not compared"`
}

type peerPlace struct {
	Footprint string `json:"footprint"`
	Name      string `json:"name"`
	Region    string `json:"region"`
	Distance  number `json:"distance"  doc:"From the footprint of the question, in standard deviations; null when not compared"`
	point
	Rank     int          `json:"rank"      doc:"Among the 44, 1 the lowest; 0 without a figure"`
	Quintile int          `json:"quintile"  doc:"1 the lowest; 0 without a figure"`
	Decile   int          `json:"decile"    doc:"1 the lowest; 0 without a figure"`
	Features []peerFigure `json:"features"`
}

type peersBody struct {
	Measure   string        `json:"measure"`
	Title     string        `json:"title"`
	Unit      string        `json:"unit"`
	Hash      string        `json:"definition_hash"`
	AsOf      string        `json:"as_of,omitempty"`
	Period    string        `json:"period"          doc:"The latest that any of the 44 has a figure for; empty when none has"`
	RankedBy  string        `json:"ranked_by"                                                                                                 enum:"value,per_1000"`
	Ranked    int           `json:"ranked"          doc:"How many of the 44 have a figure in the period"`
	Features  []peerFeature `json:"features"`
	Footprint peerPlace     `json:"footprint"`
	Nearest   []peerPlace   `json:"nearest"         doc:"The five most alike, the nearest first; none where the footprint cannot be compared"`
	InRegion  []peerPlace   `json:"region"          doc:"The other footprints of its region"`
	Apart     []peerPlace   `json:"not_compared"    doc:"The other footprints that could not be compared, as a feature is not known"`
}

func (b peersBody) sheet() sheet {
	headings := []any{
		"relation", "measure", "footprint", "name", "region", "distance", "period", "numerator", "denominator", "value", "per_1000",
		"complete", "load_id", "rank", "quintile", "decile", "estimate",
	}
	for _, f := range b.Features {
		name := f.Aspect + "_" + f.Measure
		headings = append(headings, name, name+"_score", name+"_part")
	}
	s := sheet{"peers", [][]any{headings}}
	for _, group := range []struct {
		relation string
		places   []peerPlace
	}{{"itself", []peerPlace{b.Footprint}}, {"nearest", b.Nearest}, {"region", b.InRegion}, {"not_compared", b.Apart}} {
		for _, p := range group.places {
			row := []any{
				group.relation, b.Measure, p.Footprint, p.Name, p.Region, p.Distance, p.Period, p.Numerator, p.Denominator, p.Value, p.Rate,
				p.Complete, p.Load, p.Rank, p.Quintile, p.Decile, p.Estimate,
			}
			for _, f := range p.Features {
				row = append(row, f.Value, f.Score, f.Part)
			}
			s.rows = append(s.rows, row)
		}
	}
	return s
}

func (a figuresAPI) peers(ctx context.Context, in *struct {
	Viewing
	Measure   string `query:"measure" doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"Code of a footprint"`
},
) (peersBody, error) {
	asOf, m, s, err := a.subject(ctx, in.Viewing, in.Measure, in.Footprint, "")
	if err != nil {
		return peersBody{}, err
	}
	peers, err := a.figures.Peers(ctx, asOf, m, s)
	if err != nil {
		return peersBody{}, err
	}
	body := peersBody{Measure: m.ID, Title: m.Title, Unit: string(m.Unit), Hash: m.Hash(), AsOf: in.AsOf, RankedBy: "value", Ranked: peers.Ranked}
	if peers.Rated {
		body.RankedBy = "per_1000"
	}
	if !peers.Period.Start.IsZero() {
		body.Period = peers.Period.String()
	}
	for _, f := range peers.Features {
		feature := peerFeature{
			Measure: f.Measure.ID, Aspect: f.Aspect, Per: f.Per, Log: f.Log, Weight: f.Weight, LeftOut: wording.LeftOut(f.Measure, f.LeftOut),
			Mean: computed(f.Mean, f.LeftOut.Code == ""), SD: computed(f.SD, f.LeftOut.Code == ""),
		}
		if !f.From.Start.IsZero() {
			feature.From, feature.To = f.From.String(), f.To.String()
		}
		body.Features = append(body.Features, feature)
	}
	body.Footprint = newPeerPlaces(peers, peers.Itself)[0]
	body.Nearest, body.InRegion, body.Apart = newPeerPlaces(peers, peers.Nearest...), newPeerPlaces(peers, peers.Region...), newPeerPlaces(peers, peers.Apart...)
	return body, nil
}

func newPeerPlaces(peers figures.Peers, places ...figures.PeerPlace) []peerPlace {
	list := []peerPlace{}
	for _, p := range places {
		place := peerPlace{
			Footprint: p.Area.Code, Name: p.Area.Name, Region: p.Area.Footprint.Region.Name, Distance: computed(p.Distance, p.Compared),
			point: newPoint(peers.Measure, p.Latest), Rank: p.Rank, Quintile: p.Fifth, Decile: p.Tenth,
		}
		if peers.Period.Start.IsZero() {
			place.Period = ""
		}
		for i, f := range p.Figures {
			feature := peers.Features[i]
			compared := p.Compared && feature.LeftOut.Code == ""
			place.Features = append(place.Features,
				peerFigure{feature.Measure.ID, feature.Aspect, figureOf(feature.Measure, f.Value), computed(f.Score, compared), computed(f.Part, compared)})
		}
		list = append(list, place)
	}
	return list
}
