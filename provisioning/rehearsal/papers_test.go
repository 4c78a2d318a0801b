package rehearsal_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// passport registers somebody with one at the hub.
func (p *staffed) passport(ctx context.Context, t *testing.T) form.Application {
	t.Helper()
	who := synthetic.Candidates(campaign.Adult2019(), 4711, 1, synthetic.Point{Code: "43010401", Division: "430104"})[0]
	app := who.Application.Clone()
	app.ID += "-passport"
	app.Fields[form.DocumentType], app.Fields[form.DocumentNumber], app.Fields[form.FullName] = "08", "14CV28143", "ELODIE MARCHAND"
	d, err := db.Open(ctx, p.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	now := func() time.Time { return demo.Start }
	f := &flow.Flow{Candidates: candidate.New(p.ring, now), Keys: p.ring, Now: now}
	if err := d.Write(ctx, func(tx *db.Tx) error { return f.Register(ctx, tx, app, candidate.FromPortal, flow.Operator()) }); err != nil {
		t.Fatal(err)
	}
	return app
}

// roster is how many people the box knows, as the desk says it.
var roster = regexp.MustCompile(`[0-9,]+ 人`)

// paperPage is a picture of a paper.
func paperPage(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			m.Set(x, y, color.RGBA{uint8(x), 240, uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// send posts a form that brings a picture.
func (w *tablet) send(to string, picture []byte, fields url.Values) (int, string, error) {
	_, html, err := w.get(to)
	if err != nil {
		return 0, "", err
	}
	for _, m := range hidden.FindAllStringSubmatch(html, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], m[2])
		}
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := form.WriteField(k, v[0]); err != nil {
			return 0, "", err
		}
	}
	if picture != nil {
		f, err := form.CreateFormFile("file", "page.jpg")
		if err != nil {
			return 0, "", err
		}
		if _, err := f.Write(picture); err != nil {
			return 0, "", err
		}
	}
	if err := form.Close(); err != nil {
		return 0, "", err
	}
	req, err := http.NewRequest(http.MethodPost, w.base+to, &b)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Origin", w.base)
	return w.do(req)
}

// TestPapersAtTheDesk: somebody with a passport is confirmed on papers while the
// hub is away: the clerk types it and sends a picture from the tablet, takes
// another by the box's camera, and begins the visit; she is photographed and
// signs. The record arrives when the hub is back, with its copies, and is
// provisional (demand A40).
func TestPapersAtTheDesk(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := newStaffed(ctx, t)
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	_, err := p.box.Person.Sees(ctx, "idle")
	must("before", err)
	clerk := p.account(t, "quereren")
	w := newTablet(t, p.port, p.ring.Pool())
	must("sign-in", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		status, _, err := w.post("/sign-in", "/sign-in", url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {clerk.Code()}})
		if err == nil && status != http.StatusSeeOther {
			err = fmt.Errorf("status %d", status)
		}
		return err
	}))
	_, html, err := w.get("/")
	must("the desk", err)
	before := roster.FindString(html)
	app := p.passport(ctx, t)
	must("the box hears of her", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		_, html, err := w.get("/")
		if now := roster.FindString(html); err == nil && (now == "" || now == before) {
			err = fmt.Errorf("the roster is as it was: %s", now)
		}
		return err
	}))
	typed := func(do string) url.Values {
		return url.Values{"why": {"no-chip"}, "document": {"08"}, "number": {"14CV28143"}, "name": {"Elodie Marchand"}, "sex": {app.Get(form.Sex)},
			"birth": {app.Get(form.BirthDate)}, "nationality": {"FRA"}, "to": {"20280101"}, "do": {do}}
	}
	must("the hub goes away", p.StopHub())
	for do, picture := range map[string][]byte{"take": nil, "bring": paperPage(t)} {
		status, html, err := w.send("/papers", picture, typed(do))
		must(do, err)
		if status != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", do, status, html)
		}
	}
	status, html, err := w.send("/papers", nil, typed("begin"))
	must("begin", err)
	if status != http.StatusSeeOther {
		t.Fatalf("begin: %d\n%s", status, html)
	}
	seen, err := p.box.Person.Sees(ctx, "found")
	must("the screen", err)
	if !strings.Contains(seen.Text, "待市级审核") {
		t.Error("the screen does not say that it is provisional")
	}
	must("the visit", p.box.Person.Confirm(ctx))
	must("the last screen", p.box.Person.Done(ctx))
	must("the hub is back", p.StartHub(ctx))
	p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: 1})

	d, err := db.OpenExisting(ctx, p.Database())
	must("database", err)
	defer d.Close()
	must("the record", d.Read(ctx, func(tx *db.Tx) error {
		all, err := confirmation.List(ctx, tx, confirmation.Filter{})
		if err != nil {
			return err
		}
		r := all[0]
		if r.Proof != confirmation.Provisional || r.Application != app.ID {
			t.Errorf("proof %q, application %s", r.Proof, r.Application)
		}
		roles := map[string]bool{}
		for _, b := range r.Blobs {
			roles[b.Role] = true
		}
		if !roles[protocol.RoleCopy(1)] || !roles[protocol.RoleCopy(2)] || !roles[protocol.RolePhoto] || roles[protocol.RoleChipText] {
			t.Errorf("blobs %v", roles)
		}
		c, err := confirmation.Open(ctx, tx, p.ring, r.ID)
		if err != nil {
			return err
		}
		if c.Papers == nil || c.Papers.Document != "08" || c.Clerk == nil || c.Clerk.Role != protocol.AssentClerk {
			t.Errorf("papers %+v, clerk %+v", c.Papers, c.Clerk)
		}
		return nil
	}))
}
