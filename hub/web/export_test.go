package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/staff"
)

// FarBehind is how many entries a stream looks through.
const FarBehind = farBehind

// BoxPace is how soon a stream tells that boxes said something of themselves.
const BoxPace = boxPace

// RouteInfo is a route of the table as the tests see it.
type RouteInfo struct {
	Method, Path string
	Who          []staff.Role
	Open, Demo   bool
	Idle, Plain  bool
	Upload       bool
	Remit        string
	Scope        string
}

// Table lists the routes.
func Table() []RouteInfo {
	var out []RouteInfo
	for _, r := range (&server{}).table() {
		out = append(out, RouteInfo{r.method, r.path, r.who, r.open, r.demo, r.idle, r.plain, r.upload, string(r.remit), string(r.scope)})
	}
	return out
}

// Refused tries tables with a hole in them and names those that were taken.
func Refused() []string {
	do := func(*gin.Context, *visit) {}
	who := []staff.Role{staff.Clerk}
	known := map[rule]finder{remitRecord: findRecord}
	var taken []string
	for name, r := range map[string]route{
		"nobody said":                {method: http.MethodGet, path: "/a", remit: remitNone, do: do},
		"open and closed":            {method: http.MethodGet, path: "/a", open: true, who: who, remit: remitNone, do: do},
		"no rule":                    {method: http.MethodGet, path: "/a", who: who, do: do},
		"a rule nobody knows":        {method: http.MethodGet, path: "/a", who: who, remit: "somehow", do: do},
		"an id without its remit":    {method: http.MethodGet, path: "/a/:id", who: who, remit: remitList, do: do},
		"a remit without an id":      {method: http.MethodGet, path: "/a", who: who, remit: remitRecord, do: do},
		"no handler":                 {method: http.MethodGet, path: "/a", who: who, remit: remitNone},
		"open, and yet of a place":   {method: http.MethodGet, path: "/a", open: true, remit: remitList, do: do},
		"a file without a form":      {method: http.MethodGet, path: "/a", who: who, remit: remitNone, upload: true, do: do},
		"a stream without a form":    {method: http.MethodPost, path: "/a", who: who, remit: remitNone, stream: true, do: do},
		"a stream from anybody":      {method: http.MethodPost, path: "/a", open: true, remit: remitNone, upload: true, stream: true, do: do},
		"a method that is none here": {method: http.MethodPut, path: "/a", who: who, remit: remitNone, do: do},
	} {
		if checkTable([]route{r}, known) == nil {
			taken = append(taken, name)
		}
	}
	twice := route{method: http.MethodGet, path: "/a", who: who, remit: remitNone, do: do}
	if checkTable([]route{twice, twice}, known) == nil {
		taken = append(taken, "twice")
	}
	return taken
}

// Panicking is the whole surface around a handler that panics with p.
func Panicking(o Options, p any) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	return s.around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(p) })), nil
}

// OneLine and Local are the two judges of what people type.
var (
	OneLine = oneLine
	Local   = local
)

// MaxStreams is the bound of live streams.
const MaxStreams = maxStreams

// MaxStream is the bound of a form whose files are read as they come.
const MaxStream = maxStream
