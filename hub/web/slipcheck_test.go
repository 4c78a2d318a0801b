package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// slipOf is what a box without network prints on the sheet of the n-th person, whose
// record has not come.
func (w *world) slipOf(box string, epoch uint32, n int, change func(*protocol.Slip)) string {
	w.t.Helper()
	known, ok := w.devices.Load(box)
	if !ok {
		w.t.Fatal("the box has no key here")
	}
	app := w.people[n].Application
	fee, _ := w.camp.Fee(app.First().Level)
	s := protocol.Slip{Address: protocol.Address{Box: protocol.BoxID(box), Epoch: epoch}, Sequence: 7, Record: protocol.NewID(), Envelope: protocol.HashOf([]byte("not come")),
		Application: app.ID, Campaign: w.camp.ID, Rules: w.camp.Version, Fee: uint64(fee), At: protocol.TimeOf(now())}
	if change != nil {
		change(&s)
	}
	raw, err := protocol.SignMessage(protocol.KindSlip, s, known.(*device).key)
	if err != nil {
		w.t.Fatal(err)
	}
	return protocol.SlipText(raw)
}

// altered is the code of a slip with one bit of its signature turned.
func altered(t *testing.T, code string) string {
	t.Helper()
	raw, err := protocol.SlipOf(code)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	return protocol.SlipText(raw)
}

// TestSlipsAreRead: what an office is told of a slip that was scanned: payable
// before the record has come, forged, of another county, no slip at all; and it
// shows nobody's number.
func TestSlipsAreRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	b := w.enrol(t.Context(), pointHere)
	far := w.enrol(t.Context(), pointThere)
	good := w.slipOf(b.ID, b.Epoch, 0, nil)
	for name, c := range map[string]struct {
		who, code string
		status    int
		words     string
	}{
		"payable":             {"co", good, http.StatusOK, "可以收费"},
		"typed with blanks":   {"co", " " + strings.ToLower(good[:40]) + "\r\n" + good[40:], http.StatusOK, "可以收费"},
		"altered":             {"co", altered(t, good), http.StatusOK, "凭条是假的"},
		"another fee":         {"co", w.slipOf(b.ID, b.Epoch, 0, func(s *protocol.Slip) { s.Fee++ }), http.StatusOK, "费额与方案对不上"},
		"of another county":   {"co", w.slipOf(far.ID, far.Epoch, 1, nil), http.StatusOK, "不归您管"},
		"the number's code":   {"co", "19430104340217", http.StatusUnprocessableEntity, "这不是缴费凭条"},
		"nothing was scanned": {"co", "", http.StatusUnprocessableEntity, "请扫流程表下方的缴费凭条"},
	} {
		res, page := w.as(c.who).post("/gl/slip", url.Values{"code": {c.code}}, "/gl/slip")
		if res.StatusCode != c.status || !strings.Contains(page, c.words) {
			t.Errorf("%s: %d, want %d with %s", name, res.StatusCode, c.status, c.words)
		}
		if strings.Contains(page, string(w.people[0].Application.Name())) || strings.Contains(page, w.people[0].Application.Get(form.DocumentNumber)) {
			t.Errorf("%s: the page names her", name)
		}
	}
}
