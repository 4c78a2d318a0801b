package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/access"
	"zhunkao/hub/web/console"
)

// apiPart is what other systems may call. Every answer is described in
// openapi.yaml, and a test holds the two together.
func (s *server) apiPart() part {
	get := http.MethodGet
	return part{routes: []route{
		{method: get, path: "/api/v1", open: true, plain: true, remit: remitNone, do: s.apiPage},
		{method: get, path: "/api/v1/openapi.yaml", open: true, plain: true, remit: remitNone, do: s.apiDocument},
		{method: get, path: "/api/v1/campaign", scope: access.Campaign, remit: remitNone, do: s.apiCampaign},
		{method: get, path: "/api/v1/catalogue", scope: access.Campaign, remit: remitNone, do: s.apiCatalogue},
		{method: get, path: "/api/v1/divisions", scope: access.Places, remit: remitNone, do: s.apiDivisions},
		{method: get, path: "/api/v1/points", scope: access.Places, remit: remitList, do: s.apiPoints},
		{method: get, path: "/api/v1/progress", scope: access.Progress, remit: remitList, do: s.apiProgress},
		{method: get, path: "/api/v1/checkpoints", scope: access.Journal, remit: remitNone, do: s.apiCheckpoints},
		{method: get, path: "/api/v1/boxes", scope: access.Boxes, remit: remitList, do: s.apiBoxes},
	}}
}

//go:embed openapi.yaml
var apiDocument []byte

func (s *server) apiDocument(c *gin.Context, _ *visit) {
	s.answerBytes(c, "application/yaml; charset=utf-8", apiDocument)
}

// apiRefusal is a problem of RFC 9457; its type is a word, and the words of its
// texts stand in the catalogue.
type apiRefusal struct {
	status int
	word   string
}

var (
	apiUnauthorized = apiRefusal{http.StatusUnauthorized, "unauthorized"}
	apiScope        = apiRefusal{http.StatusForbidden, "scope"}
	apiTooMany      = apiRefusal{http.StatusTooManyRequests, "slow"}
	apiParameter    = apiRefusal{http.StatusBadRequest, "parameter"}
	apiNotFound     = apiRefusal{http.StatusNotFound, "notfound"}
	apiMethod       = apiRefusal{http.StatusMethodNotAllowed, "method"}
	apiFault        = apiRefusal{http.StatusInternalServerError, "fault"}
)

// apiLang is the language of the texts for people: Chinese, unless asked.
func apiLang(c *gin.Context) console.Lang {
	if strings.HasPrefix(strings.ToLower(c.GetHeader("Accept-Language")), "en") {
		return console.En
	}
	return console.Zh
}

type apiProblemBody struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Reference string `json:"reference,omitempty"`
}

func (s *server) apiProblem(c *gin.Context, r apiRefusal, ref string) {
	c.Abort()
	l, key := apiLang(c), "api.problem."+r.word
	body, err := json.Marshal(apiProblemBody{Type: "/api/v1#" + r.word, Title: s.pages.Text(l, key), Status: r.status,
		Detail: s.pages.Text(l, key+".text"), Reference: ref})
	if err != nil {
		body = []byte("{}") // texts and numbers: it cannot happen
	}
	if r.status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="zhunkao"`)
	}
	c.Header("Cache-Control", "no-store")
	c.Data(r.status, "application/problem+json; charset=utf-8", body)
}

// apiFailed is the one answer to what is not the caller's doing, and the log
// line of its number.
func (s *server) apiFailed(c *gin.Context, err error) {
	if c.Request.Context().Err() != nil {
		c.Abort() // nobody is there to read an answer
		return
	}
	ref := reference()
	s.Log.Error("web: request failed", "reference", ref, "route", c.FullPath(), "method", c.Request.Method, "error", err.Error())
	s.apiProblem(c, apiFault, ref)
}

// isAPI reports whether a path belongs to the API, whatever it names.
func isAPI(path string) bool { return path == "/api" || strings.HasPrefix(path, "/api/") }

// nowhere answers what is no route: a problem to another system, a page to
// everybody else.
func (s *server) nowhere(c *gin.Context, page refusal, api apiRefusal) {
	if isAPI(c.Request.URL.Path) {
		s.apiProblem(c, api, "")
		return
	}
	s.refuse(c, nil, page)
}

// enterCaller is the way into every route with a scope: token, scope, pace, and
// only then the handler. Cookies are not looked at.
func (s *server) enterCaller(c *gin.Context, v *visit, r route) {
	now := time.Now()
	source := "refused " + v.source
	if wait := s.callers.Peek(source, refusedPace(), now); wait > 0 {
		s.apiSlow(c, wait)
		return
	}
	kind, secret, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		s.apiProblem(c, apiUnauthorized, "")
		return
	}
	t, err := access.Find(c.Request.Context(), s.DB, strings.TrimSpace(secret), now)
	switch {
	case errors.Is(err, access.ErrRefused):
		s.callers.Take(source, refusedPace(), now)
		s.apiProblem(c, apiUnauthorized, "")
		return
	case err != nil:
		s.apiFailed(c, err)
		return
	}
	if wait := s.callers.Take(t.ID, callPace(), now); wait > 0 {
		s.apiSlow(c, wait)
		return
	}
	if !t.May(r.scope) {
		s.apiProblem(c, apiScope, "")
		return
	}
	v.caller = &t
	r.do(c, v)
}

func (s *server) apiSlow(c *gin.Context, wait time.Duration) {
	c.Header("Retry-After", strconv.Itoa(int(wait/time.Second)))
	s.apiProblem(c, apiTooMany, "")
}

// answer sends a value as JSON under a strong ETag, or 304 to whoever has it.
func (s *server) answer(c *gin.Context, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		s.apiFailed(c, err)
		return
	}
	s.answerBytes(c, "application/json; charset=utf-8", append(body, '\n'))
}

func (s *server) answerBytes(c *gin.Context, media string, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	c.Header("ETag", tag)
	c.Header("Cache-Control", "private, no-cache")
	if hasTag(c.GetHeader("If-None-Match"), tag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	c.Data(http.StatusOK, media, body)
}

// hasTag reports whether a list of entity tags names this one; weak or not is one
// to whoever only reads (RFC 9110 §13.1.2).
func hasTag(list, tag string) bool {
	for t := range strings.SplitSeq(list, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}

// Pages of the API.
const (
	apiPageSize = 100
	apiPageMost = 500
)

// apiQuery is what a caller put into the query: one value for each name.
type apiQuery struct {
	after string
	limit int
	more  map[string]string
}

// apiAsk reads the query of a list. A name that the route does not know, one that
// stands twice, or a value out of form is refused: better than an answer to
// another question.
func (s *server) apiAsk(c *gin.Context, names ...string) (apiQuery, bool) {
	a := apiQuery{limit: apiPageSize, more: map[string]string{}}
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	for name, values := range query {
		ok := len(values) == 1 && plainParameter(values[0])
		switch {
		case !ok || !slices.Contains(names, name):
			err = errBadQuery
		case name == "after":
			a.after = values[0]
		case name == "limit":
			n, bad := strconv.Atoi(values[0])
			if a.limit = n; bad != nil || n < 1 || n > apiPageMost {
				err = errBadQuery
			}
		default:
			a.more[name] = values[0]
		}
	}
	if err != nil {
		s.apiProblem(c, apiParameter, "")
		return a, false
	}
	return a, true
}

var errBadQuery = errors.New("web: query out of form")

func plainParameter(s string) bool {
	return len(s) >= 1 && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == ""
}

// apiList is one page of a list. Next is the after of the page that follows, "" on
// the last.
type apiList[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// apiCut takes one page out of rows in the order of their keys.
func apiCut[T any](rows []T, key func(T) string, a apiQuery) apiList[T] {
	out := apiList[T]{Items: []T{}}
	for _, r := range rows {
		if a.after != "" && key(r) <= a.after {
			continue
		}
		if len(out.Items) == a.limit {
			out.Next = key(out.Items[a.limit-1])
			break
		}
		out.Items = append(out.Items, r)
	}
	return out
}

// apiSend answers with one page and says where the next one is.
func apiSend[T any](s *server, c *gin.Context, page apiList[T]) {
	if page.Next != "" {
		q := c.Request.URL.Query()
		q.Set("after", page.Next)
		c.Header("Link", `<`+c.Request.URL.Path+`?`+q.Encode()+`>; rel="next"`)
	}
	s.answer(c, page)
}
