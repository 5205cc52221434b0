package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

func main() {
	c, err := catalog.Read(os.DirFS("dashboards"))
	if err != nil {
		panic(err)
	}
	r, err := footprint.Read(os.DirFS("sql/reference"))
	if err != nil {
		panic(err)
	}
	_ = r
	for _, cl := range c.Claims {
		ts := c.Treated(cl)
		n := map[string]int{}
		parts := 0
		var codes []string
		starts := map[string]bool{}
		for _, u := range ts {
			n[u.At]++
			if u.Extent == catalog.PartOfPlace {
				parts++
			}
			codes = append(codes, u.Code)
			starts[u.Start.String()] = true
		}
		if len(codes) > 4 {
			codes = codes[:4]
		}
		f := ""
		if cl.Finer != nil {
			f = "FINER=" + cl.Finer.Measure + "@" + cl.Finer.Start + ".." + cl.Finer.Until
		}
		plan := ""
		if cl.IsPlan() {
			plan = "PLAN"
		}
		cov := ""
		if cl.Covers != nil {
			cov = fmt.Sprintf("covers(%d,%s)", cl.Covers.People, cl.Covers.Share)
		}
		var ss []string
		for s := range starts {
			ss = append(ss, s)
		}
		sort.Strings(ss)
		pl := strings.Join(cl.Places, "+")
		if len(pl) > 20 {
			pl = pl[:20]
		}
		fmt.Printf("%s|%s|%s|%s|%s %s %s|gbp%s|%s..%s %s|treated %v parts %d %v starts %v|%s|%s|%s ag=%s g=%v s=%v\n", cl.ID, plan, pl, cl.Measure, cl.Towards, cl.Size, cl.Unit, cl.GBP, cl.Start, cl.Until, cl.StartedIn, n, parts, codes, ss, f, cov, cl.Kind, cl.Against.Kind, cl.Group != nil, cl.Schemes)
	}
}
