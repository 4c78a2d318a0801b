package rehearsal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/review"
	"zhunkao/hub/staff"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

var (
	reviewItem = regexp.MustCompile(`name="(item\.[a-z0-9-]+)" value="pass"`)
	reviewLink = regexp.MustCompile(`href="(/review/[0-9a-z-]+)"`)
)

// TestReviewAtTheDesk: with the hub away a clerk looks at the papers of who has
// just confirmed, photographs her pledge, and enters it; the power is cut as soon
// as the page says so; when the hub is back it stands there, with the picture's
// hash.
func TestReviewAtTheDesk(t *testing.T) {
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
	w := newTablet(t, p.port, p.ring.Pool())
	_, err := p.box.Person.Sees(ctx, "idle")
	must("before the card", err)
	must("card", p.box.Place(p.Cards("")[0].Card))
	must("visit", p.box.Person.Confirm(ctx))
	must("the last screen", p.box.Person.Done(ctx))
	p.box.Lift()
	p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: 1})
	must("the hub goes away", p.StopHub())

	must("sign-in", p.signsIn(ctx, w))
	_, list, err := w.get("/review")
	must("the list", err)
	link := reviewLink.FindStringSubmatch(list)
	if link == nil {
		t.Fatalf("who confirmed is not in the list:\n%s", list)
	}
	_, page, err := w.get(link[1])
	must("the review", err)
	fields := map[string]string{"note": "看过原件"}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		fields[m[1]] = m[2]
	}
	for _, m := range reviewItem.FindAllStringSubmatch(page, -1) {
		fields[m[1]] = "pass"
	}
	if fields["work"] == "" || fields["item.pledge"] == "" {
		t.Fatalf("no form, or nothing is asked to be looked at: %v", fields)
	}
	var pledge bytes.Buffer
	must("a picture", jpeg.Encode(&pledge, image.NewGray(image.Rect(0, 0, 600, 800)), nil))
	press := func(do string, picture []byte, want int) {
		t.Helper()
		status, err := w.press(link[1], do, fields, picture)
		must(do, err)
		if status != want {
			t.Fatalf("%s: %d", do, status)
		}
	}
	press("pledge-bring", pledge.Bytes(), http.StatusOK)
	press("seal", nil, http.StatusSeeOther)
	must("the power is cut", p.box.Kill())
	must("the power is back", p.box.Start(ctx))
	w.web.CloseIdleConnections()
	must("sign-in", p.signsIn(ctx, w))
	_, page, err = w.get(link[1])
	must("after the power cut", err)
	if !strings.Contains(page, "以新的为准") || !strings.Contains(page, "待上传") {
		t.Error("what was entered is not there after the power cut")
	}
	must("the hub is back", p.StartHub(ctx))
	must("at the hub", rehearsal.Until(ctx, rehearsal.Wait, func() error { return p.reviewed(ctx, strings.TrimPrefix(link[1], "/review/")) }))
	must("at the desk", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		_, page, err := w.get(link[1])
		if err == nil && !strings.Contains(page, "已送达省中心") {
			err = errors.New("it does not say that it is delivered")
		}
		return err
	}))
}

// signsIn signs the clerk in, as soon as the desk answers. A code works once, and the
// desk takes those of half a minute before and after.
func (p *staffed) signsIn(ctx context.Context, w *tablet) error {
	const step = 30
	i := slices.IndexFunc(p.Accounts(), func(a demo.Account) bool { return a.User == "quereren" })
	if i < 0 {
		return errors.New("nobody is quereren")
	}
	clerk := p.Accounts()[i]
	return rehearsal.Until(ctx, rehearsal.Wait, func() error {
		now := time.Now().Unix() / step
		next := max(p.step+1, now)
		if next > now+1 {
			return errors.New("the next code is not good yet")
		}
		status, _, err := w.post("/sign-in", "/sign-in", url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {staff.Code(clerk.Secret, time.Unix(next*step, 0))}})
		if err == nil && status != http.StatusSeeOther {
			err = fmt.Errorf("sign-in: %d", status)
		}
		if err == nil {
			p.step = next
		}
		return err
	})
}

// press presses a button of the review's form.
func (w *tablet) press(path, do string, fields map[string]string, picture []byte) (int, error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	var errs []error
	for k, v := range fields {
		errs = append(errs, form.WriteField(k, v))
	}
	errs = append(errs, form.WriteField("do", do))
	if picture != nil {
		f, err := form.CreateFormFile("pledge", "pledge.jpg")
		if err == nil {
			_, err = f.Write(picture)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(append(errs, form.Close())...); err != nil {
		return 0, err
	}
	req, err := http.NewRequest(http.MethodPost, w.base+path, &b)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Origin", w.base)
	status, _, err := w.do(req)
	return status, err
}

// reviewed says what is wrong with the review of an application at the hub.
func (p *staffed) reviewed(ctx context.Context, application string) error {
	d, err := db.OpenExisting(ctx, p.Database())
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Read(ctx, func(tx *db.Tx) error {
		r, err := review.Standing(ctx, tx, application)
		if err != nil {
			return err
		}
		if r.Pledge == "" || r.Record == "" || r.Lacks() || r.Doubtful() || r.Point != "43010401" {
			return fmt.Errorf("it stands there as %+v", r)
		}
		return nil
	})
}
