package web

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// Times in answers are RFC 3339 in UTC; days are those of UTC+8.

// apiRead runs f on one snapshot and answers what failed.
func (s *server) apiRead(c *gin.Context, f func(ctx context.Context, tx *db.Tx) error) bool {
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) error { return f(ctx, tx) })
	switch {
	case err == nil:
		return true
	case missing(err):
		s.apiProblem(c, apiNotFound, "")
	default:
		s.apiFailed(c, err)
	}
	return false
}

type apiCampaignBody struct {
	ID       string      `json:"id"`
	Version  uint32      `json:"version"`
	Kind     string      `json:"kind"`
	Year     int         `json:"year"`
	Name     string      `json:"name"`
	English  string      `json:"english,omitempty"`
	Short    string      `json:"short"`
	Province string      `json:"province"`
	Office   string      `json:"office"`
	Levels   []apiLevel  `json:"levels"`
	Windows  []apiWindow `json:"windows"`
}

type apiLevel struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Fen  *int64 `json:"fee_fen,omitempty"`
}

type apiWindow struct {
	ID       string `json:"id"`
	Step     string `json:"step"`
	StepName string `json:"step_name,omitempty"`
	From     string `json:"from"`
	To       string `json:"to"`
}

func stamped(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stampedMS is a time in ms since 1970; "" for none.
func stampedMS(t int64) string {
	if t == 0 {
		return ""
	}
	return stamped(time.UnixMilli(t))
}

func (s *server) apiCampaign(c *gin.Context, _ *visit) {
	if _, ok := s.apiAsk(c); !ok {
		return
	}
	var camp rules.Campaign
	if !s.apiRead(c, func(ctx context.Context, tx *db.Tx) (err error) {
		camp, err = s.campaigns.current(ctx, tx, s.Campaign)
		return err
	}) {
		return
	}
	out := apiCampaignBody{ID: camp.ID, Version: camp.Version, Kind: camp.Kind, Year: camp.Year, Name: camp.Zh, English: camp.En,
		Short: camp.Short, Province: camp.Province, Office: camp.Office, Levels: []apiLevel{}, Windows: []apiWindow{}}
	for _, l := range camp.Form.Levels {
		level := apiLevel{Code: l.Code, Name: l.Zh}
		for _, f := range camp.Fees {
			if f.Level == l.Code {
				level.Fen = &f.Fen
			}
		}
		out.Levels = append(out.Levels, level)
	}
	names := map[string]string{}
	var steps []window.Step
	for _, s := range camp.Steps {
		names[s.Key] = s.Zh
	}
	for _, w := range camp.Windows {
		if !slices.Contains(steps, w.Step) {
			steps = append(steps, w.Step)
		}
	}
	for _, step := range steps {
		for _, w := range window.Latest(camp.Windows, step) {
			out.Windows = append(out.Windows, apiWindow{ID: w.ID, Step: string(step), StepName: names[string(step)], From: stamped(w.From), To: stamped(w.To)})
		}
	}
	s.answer(c, out)
}

type apiProgramme struct {
	Key        string `json:"key"`
	School     string `json:"school"`
	SchoolName string `json:"school_name"`
	Major      string `json:"major"`
	MajorName  string `json:"major_name"`
	Level      string `json:"level"`
	Category   string `json:"category"`
	Form       string `json:"form,omitempty"`
	Years      string `json:"years,omitempty"`
	Remark     string `json:"remark,omitempty"`
}

func (s *server) apiCatalogue(c *gin.Context, _ *visit) {
	q, ok := s.apiAsk(c, "after", "limit")
	if !ok {
		return
	}
	var camp rules.Campaign
	if !s.apiRead(c, func(ctx context.Context, tx *db.Tx) (err error) {
		camp, err = s.campaigns.current(ctx, tx, s.Campaign)
		return err
	}) {
		return
	}
	rows := make([]apiProgramme, 0, len(camp.Catalogue))
	for i, p := range camp.Catalogue {
		// The place in the catalogue of this version: codes repeat for each level.
		rows = append(rows, apiProgramme{Key: strconv.Itoa(int(camp.Version)) + "-" + sixDigits(i), School: p.School, SchoolName: p.SchoolName,
			Major: p.Major, MajorName: p.MajorName, Level: p.Level, Category: p.Category, Form: p.Form, Years: p.Years, Remark: p.Remark})
	}
	// A page of another version would miss or repeat rows.
	if q.after != "" && !strings.HasPrefix(q.after, strconv.Itoa(int(camp.Version))+"-") {
		s.apiProblem(c, apiMoved, "")
		return
	}
	apiSend(s, c, apiCut(rows, func(p apiProgramme) string { return p.Key }, q))
}

func sixDigits(n int) string {
	t := "000000" + strconv.Itoa(n)
	return t[len(t)-6:]
}

// apiMoved says that a list changed between two of its pages.
var apiMoved = apiRefusal{http.StatusConflict, "moved"}

type apiDivision struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"`
	Tier   string `json:"tier"`
}

func (s *server) apiDivisions(c *gin.Context, _ *visit) {
	q, ok := s.apiAsk(c, "on", "after", "limit")
	if !ok {
		return
	}
	on := s.Flow.Now()
	if text := q.more["on"]; text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, window.Zone())
		if err != nil {
			s.apiProblem(c, apiParameter, "")
			return
		}
		on = day
	}
	rows := []apiDivision{}
	if !s.apiRead(c, func(ctx context.Context, tx *db.Tx) error {
		all, err := org.Divisions(ctx, tx, on)
		for _, d := range all {
			rows = append(rows, apiDivision{Code: d.Code, Name: d.Name, Parent: d.Parent, Tier: string(d.Tier)})
		}
		return err
	}) {
		return
	}
	apiSend(s, c, apiCut(rows, func(d apiDivision) string { return d.Code }, q))
}

// apiPoint is a point as everybody may know it: the name of who is there is not
// among it.
type apiPoint struct {
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Division string   `json:"division"`
	Address  string   `json:"address"`
	Phone    string   `json:"phone"`
	Hours    string   `json:"hours,omitempty"`
	Levels   []string `json:"levels"`
	Medical  bool     `json:"medical"`
	Minors   bool     `json:"minors"`
}

func (s *server) apiPoints(c *gin.Context, v *visit) {
	q, ok := s.apiAsk(c, "after", "limit")
	if !ok {
		return
	}
	rows := []apiPoint{}
	if !s.apiRead(c, func(ctx context.Context, tx *db.Tx) error {
		all, err := org.Points(ctx, tx, v.remit().division)
		for _, p := range all {
			if !p.Open || !v.remit().covers(p.Division, p.Code) {
				continue
			}
			row := apiPoint{Code: p.Code, Name: p.Name, Division: p.Division, Address: p.Address, Phone: p.Phone, Hours: p.Hours,
				Levels: []string{}, Medical: p.Medical, Minors: p.Minors}
			if p.Levels != "" {
				row.Levels = strings.Split(p.Levels, ",")
			}
			rows = append(rows, row)
		}
		return err
	}) {
		return
	}
	apiSend(s, c, apiCut(rows, func(p apiPoint) string { return p.Code }, q))
}

// apiCheckpoint is one signed line, whole: a witness keeps it and can show later
// what the journal was.
type apiCheckpoint struct {
	Number uint64 `json:"number"`
	Line   string `json:"line"`
}

type apiCheckpointsBody struct {
	Items []apiCheckpoint `json:"items"`
	Next  string          `json:"next,omitempty"`
	Keys  []apiKey        `json:"keys"`
}

type apiKey struct {
	ID      string `json:"id"`
	Ed25519 string `json:"ed25519"`
}

func (s *server) apiCheckpoints(c *gin.Context, _ *visit) {
	q, ok := s.apiAsk(c, "after", "limit")
	if !ok {
		return
	}
	var after uint64
	if q.after != "" {
		var err error
		if after, err = strconv.ParseUint(q.after, 10, 63); err != nil {
			s.apiProblem(c, apiParameter, "")
			return
		}
	}
	out := apiCheckpointsBody{Items: []apiCheckpoint{}, Keys: []apiKey{}}
	var signers []string
	if !s.apiRead(c, func(ctx context.Context, tx *db.Tx) error {
		lines, err := journal.Checkpoints(ctx, tx, after, q.limit+1)
		for i, l := range lines {
			if i == q.limit {
				out.Next = strconv.FormatUint(out.Items[i-1].Number, 10)
				break
			}
			out.Items = append(out.Items, apiCheckpoint{Number: l.Number, Line: l.Text})
			if id := l.Signer(); id != "" && !slices.Contains(signers, id) {
				signers = append(signers, id)
			}
		}
		return err
	}) {
		return
	}
	for _, id := range signers {
		key, err := journal.KeyOf(s.Keys, id)
		if err != nil {
			continue // a key this hub does not hold: verifying would fail too, and says so
		}
		out.Keys = append(out.Keys, apiKey{ID: id, Ed25519: base64.StdEncoding.EncodeToString(key)})
	}
	if out.Next != "" {
		c.Header("Link", `</api/v1/checkpoints?after=`+out.Next+`&limit=`+strconv.Itoa(q.limit)+`>; rel="next"`)
	}
	s.answer(c, out)
}

// apiBox is how a box is. Who stands in front of it is not among it, nor what is
// on its screen.
type apiBox struct {
	ID       string      `json:"id"`
	Point    string      `json:"point"`
	Unit     uint16      `json:"unit"`
	State    string      `json:"state"`
	Health   string      `json:"health"`
	Heard    string      `json:"heard,omitempty"`
	Silent   bool        `json:"silent"`
	Waiting  uint64      `json:"waiting"`
	Software string      `json:"software,omitempty"`
	Devices  []apiDevice `json:"devices"`
}

type apiDevice struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

func (s *server) apiBoxes(c *gin.Context, v *visit) {
	q, ok := s.apiAsk(c, "after", "limit")
	if !ok {
		return
	}
	var rows []apiBox
	if !s.apiRead(c, func(ctx context.Context, tx *db.Tx) error {
		points, err := org.Points(ctx, tx, v.remit().division)
		mine := map[string]bool{}
		for _, p := range points {
			mine[p.Code] = v.remit().covers(p.Division, p.Code)
		}
		for _, b := range s.Flow.Fleet.Snapshot() {
			if mine[b.Point] {
				rows = append(rows, apiBoxOf(b))
			}
		}
		return err
	}) {
		return
	}
	slices.SortFunc(rows, func(a, b apiBox) int { return strings.Compare(a.ID, b.ID) })
	apiSend(s, c, apiCut(rows, func(b apiBox) string { return b.ID }, q))
}

func apiBoxOf(b fleet.Box) apiBox {
	out := apiBox{ID: b.ID, Point: b.Point, Unit: b.Unit, State: string(b.State), Health: strings.TrimPrefix(boxState(b).Key, "box."),
		Heard: stampedMS(b.Live.Seen), Silent: b.Live.Silent, Waiting: b.Live.Waiting, Software: b.Live.Software, Devices: []apiDevice{}}
	for _, d := range b.Live.Devices {
		out.Devices = append(out.Devices, apiDevice{Name: d.Name, State: d.State})
	}
	return out
}
