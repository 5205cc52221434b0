package web

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"stpdash/internal/evidence"
)

// Describe is the OpenAPI document of the API. It needs no figures.
func Describe(version string) *huma.OpenAPI {
	_, described := newServer(Options{Registry: prometheus.NewRegistry(), Version: version}).router()
	return described
}

// describe begins the description of the API, which each of its routes adds to.
func (s *server) describe() huma.Config {
	config := huma.DefaultConfig("STP dashboard", s.Version)
	config.Info.Description = "Activity and spend of the 44 Sustainability and Transformation Plan footprints of the NHS in England. " +
		"Contains public sector information licensed under the Open Government Licence v3.0."
	config.Info.License = &huma.License{
		Name: "Open Government Licence v3.0", URL: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
	}
	config.Servers = []*huma.Server{{URL: "/", Description: "the host that gave this document"}}
	if s.PublicURL != nil {
		config.Servers = []*huma.Server{{URL: site(s.PublicURL)}}
	}
	config.Security = []map[string][]string{{}} // everybody may read
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearer: {Type: "http", Scheme: "bearer", Description: "A token that somebody made for a program, on the page " + tokensPath},
	}
	config.DocsPath, config.SchemasPath, config.OpenAPIPath, config.CreateHooks = "", "", "", nil
	config.Formats = formats()
	config.Transformers = []huma.Transformer{origins{s.Figures, s.Now, s.Version, s.PublicURL}.trace, s.respond.identify}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[evidence.Number](), reflect.TypeFor[number]())
	return config
}

// description answers with the OpenAPI document.
func description() handler {
	return handler{kind: documentKind, mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			c.Header("Content-Type", "application/openapi+json") // gin leaves a type that is set
			c.JSON(http.StatusOK, m.api.OpenAPI)
		})
	}}
}
