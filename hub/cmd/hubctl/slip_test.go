package main

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// alone is a box that seals without network, and somebody who is registered.
type alone struct {
	t      *testing.T
	key    *ecdsa.PrivateKey
	box    fleet.Box
	rules  campaign.Campaign
	person synthetic.Person
}

// aPoint enrols a box at a point of a hub that is stopped, and registers a person
// there; more is done in the same transaction.
func aPoint(t *testing.T, data string, more func(*db.Tx, *flow.Flow, fleet.Box) error) alone {
	t.Helper()
	a := alone{t: t, rules: campaign.Adult2019()}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir, ctx := datadir.Dir(data), t.Context()
	ring, err := keys.Open(dir.Keys(), keys.Options{})
	must(err)
	d, err := db.Open(ctx, dir.Database())
	must(err)
	defer func() { must(d.Close()) }()
	boxes, err := fleet.Open(ctx, fleet.Options{DB: d, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	must(err)
	f := steps(ring)
	f.Fleet, f.Keys = boxes, ring
	a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	opening, err := ecdh.X25519().GenerateKey(rand.Reader)
	must(err)
	pub, err := x509.MarshalPKIXPublicKey(a.key.Public())
	must(err)
	const point, county = "43010409", "430104"
	a.person = synthetic.Candidates(a.rules, 5, 1+len(synthetic.Cases()), synthetic.Point{Code: point, Division: county})[len(synthetic.Cases())]
	must(d.Write(ctx, func(tx *db.Tx) error {
		if err := f.CreatePoint(ctx, tx, org.Point{Code: point, Name: "A point", Division: county, Open: true}, flow.Operator()); err != nil {
			return err
		}
		code, _, err := f.IssueTicket(ctx, tx, point, "", flow.Operator())
		if err != nil {
			return err
		}
		if a.box, err = f.Enrol(ctx, tx, fleet.Request{Code: code, DeviceKey: pub, Opening: opening.PublicKey().Bytes(), KeyStore: "file",
			Certify: func(string) ([]byte, error) { return []byte("certificate"), nil }}, "127.0.0.1"); err != nil {
			return err
		}
		if err := f.Register(ctx, tx, a.person.Application, candidate.FromPortal, flow.Hub()); err != nil {
			return err
		}
		if more == nil {
			return nil
		}
		return more(tx, f, a.box)
	}))
	return a
}

// slip is the code on her sheet.
func (a alone) slip(application string) string { return protocol.SlipText(a.signed(application)) }

// signed is what the box signs for that code.
func (a alone) signed(application string) []byte {
	a.t.Helper()
	fee, _ := a.rules.Fee(a.person.Application.First().Level)
	raw, err := protocol.SignMessage(protocol.KindSlip, protocol.Slip{Address: protocol.Address{Box: protocol.BoxID(a.box.ID), Epoch: a.box.Epoch}, Sequence: 7,
		Record: protocol.NewID(), Envelope: protocol.HashOf([]byte("not come")), Application: application, Campaign: a.rules.ID, Rules: a.rules.Version,
		Fee: uint64(fee), At: protocol.TimeOf(time.Now())}, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

// TestSlipCheck: slips are judged alike whether the hub runs or not; a script reads
// how by the status, a person by the words, and nothing of her is in them but what
// is on the slip.
func TestSlipCheck(t *testing.T) {
	data := made(t)
	a := aPoint(t, data, nil)
	good, unknown := a.slip(a.person.Application.ID), a.slip(protocol.NewID().String())
	raw := a.signed(a.person.Application.ID)
	raw[len(raw)-1] ^= 1 // of the signature
	altered := protocol.SlipText(raw)
	check := func() {
		t.Helper()
		for _, c := range []struct {
			what, code string
			status     int
			want       slipVerdict
			says       string
		}{
			{"payable", good, 0, slipVerdict{Genuine: true, Payable: true, Standing: "waits"}, "可以收费"},
			{"in small letters with blanks", " " + strings.ToLower(good[:40]) + " " + good[40:], 0, slipVerdict{Genuine: true, Payable: true, Standing: "waits"}, "可以收费"},
			{"of an application that has not come", unknown, 2, slipVerdict{Genuine: true, Bar: flow.SlipUnknown, Standing: "waits"}, "要等记录到了"},
			{"altered", altered, 2, slipVerdict{}, "不要收费，留下纸"},
			{"no slip", "ZK1:P:ABC", 2, slipVerdict{}, "不是缴费凭条"},
			{"nothing", "", 2, slipVerdict{}, "不是缴费凭条"},
		} {
			for _, r := range []result{call(t, "", "--data", data, "--lang", "zh", "slip", "check", "--", c.code), call(t, c.code+"\r\n", "--data", data, "--lang", "zh", "slip", "check")} {
				var v slipVerdict
				if err := json.Unmarshal([]byte(r.out), &v); err != nil || r.code != c.status {
					t.Fatalf("%s: status %d, %v\n%s%s", c.what, r.code, err, r.out, r.errs)
				}
				if v.Genuine != c.want.Genuine || v.Payable != c.want.Payable || v.Bar != c.want.Bar || v.Standing != c.want.Standing || !strings.Contains(v.Says, c.says) {
					t.Errorf("%s: %+v", c.what, v)
				}
				if v.Genuine && (v.Box != a.box.ID || v.Sequence != 7 || v.FeeFen == 0 || v.Point != "43010409" || v.Sealed == "") {
					t.Errorf("%s: %+v", c.what, v)
				}
				if strings.Contains(r.out+r.errs, string(a.person.Application.Name())) || strings.Contains(r.out+r.errs, a.person.Application.Get(form.DocumentNumber)) {
					t.Errorf("%s: the answer names her", c.what)
				}
			}
		}
		if r := call(t, good+"\n"+altered+"\n"+good+"\n", "--data", data, "slip", "check"); r.code != 2 || strings.Count(r.out, "\n") != 3 {
			t.Errorf("three of which one is altered: status %d\n%s", r.code, r.out)
		}
	}
	want(t, call(t, "", "--data", data, "slip", "check"), 1, "nothing to judge")
	want(t, call(t, "", "--data", t.TempDir(), "slip", "check", good), 1, "no hub in")
	check()
	running(t, data)
	check()
}

// TestHeldList: what is held is listed with what to do next, hub running or not; the
// box is asked for what came without its contents.
func TestHeldList(t *testing.T) {
	data := made(t)
	want(t, call(t, "", "--data", data, "--lang", "zh", "held", "list"), 0, "没有隔离待查的记录")
	ids := map[string]string{}
	a := aPoint(t, data, func(tx *db.Tx, f *flow.Flow, b fleet.Box) error {
		for i, why := range []string{"content", "signature"} {
			ids[why] = protocol.NewID().String()
			if err := f.SetAside(t.Context(), tx, confirmation.Quarantined{ID: ids[why], Box: b.ID, Hash: strings.Repeat("ab", 31) + []string{"00", "11"}[i], Epoch: 1,
				Sequence: uint64(9 + i), Point: b.Point, Division: "430104", Reason: why, At: time.Now().UnixMilli(), Size: 312}); err != nil {
				return err
			}
		}
		return nil
	})
	list := func() {
		t.Helper()
		r := call(t, "", "--data", data, "--lang", "zh", "held", "list")
		want(t, r, 0, ids["content"])
		for _, says := range []string{a.box.ID, "1/9", "content", "终端一连上就会自己再报", "1/10", "signature", "谁也不能收下"} {
			want(t, r, 0, says)
		}
	}
	list()
	want(t, call(t, "", "--data", data, "--lang", "zh", "held", "ask", ids["content"]), 1, "省中心没有运行")
	running(t, data)
	list()
	want(t, call(t, "", "--data", data, "--lang", "zh", "held", "ask", ids["content"]), 0, "已请终端再报一次")
	want(t, call(t, "", "--data", data, "--lang", "zh", "held", "ask", ids["signature"]), 1, "请不动终端再报")
	want(t, call(t, "", "--data", data, "--lang", "zh", "held", "ask", "no-such"), 1, "没有这份隔离记录")
}
