package web

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"stpdash/internal/evidence"
)

// bearer names in the OpenAPI document how those who start runs say who they are.
const bearer = "token"

// Describe is the OpenAPI document of the API. It needs no figures.
func Describe(version string) *huma.OpenAPI {
	gin.SetMode(gin.ReleaseMode)
	s := newServer(Options{Registry: prometheus.NewRegistry(), Version: version})
	return s.describe(gin.New())
}

// describe registers the questions of the API and returns their description.
func (s *server) describe(router *gin.Engine) *huma.OpenAPI {
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
		bearer: {Type: "http", Scheme: "bearer", Description: "The token that STP_TOKEN sets"},
	}
	config.DocsPath, config.SchemasPath, config.OpenAPIPath, config.CreateHooks = "", "", "", nil
	config.Formats, config.Transformers = formats(), []huma.Transformer{s.trace, s.identify}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[evidence.Number](), reflect.TypeFor[number]())
	described := humagin.NewWithGroup(router, router.Group("", s.throttle, s.check, s.limit, s.chooseFormat, s.gate, s.tagged), config)
	(&api{s.Figures, s.Loads, s.Register}).describe(described)
	(&schedule{s.entries, s.Run, s.Token, newLockout(s.Now), s.PublicURL}).register(described)
	return described.OpenAPI()
}
