package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// reader is the box's reader: the card that lies there, or why none is read.
type reader struct {
	card OwnCard
	err  error
	box  *rig
}

func (c *reader) read(context.Context) (OwnCard, error) { return c.card, c.err }

// bind is the box's sealing turn.
func (c *reader) bind(_ context.Context, body protocol.OwnCard) error {
	r := c.box
	body.Point = hubtest.Point
	_, device := hubtest.Own(r, r.store, r.keys)
	now := protocol.TimeOf(r.o.Now())
	_, err := r.store.SealAct(store.Act{Kind: protocol.RecordOwnCard, Body: body, Blobs: body.Blobs, At: now, Campaign: "2019-adult", Version: 1, Suite: protocol.SuiteAES, Device: device,
		Time: protocol.TimeEvidence{Earliest: now, Latest: now + 1, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen}})
	if err == nil {
		err = r.store.SaveOwnCard(body.Clerk.Account, body.Card)
	}
	r.StaffChanged()
	return err
}

func card(of string) OwnCard {
	return OwnCard{Digest: sha256.Sum256([]byte(of)), Number: "430102199003071234"}
}

func newCardRig(t *testing.T) (*rig, *reader) {
	t.Helper()
	c := &reader{}
	r := newRig(t, func(o *Options) { o.OwnCard, o.BindCard = c.read, c.bind })
	c.box = r
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	return r, c
}

const pin = "482913"

// binds binds the card that lies on the reader.
func (c *clerk) binds(pin string) (int, string) {
	c.Helper()
	return c.post("/card", "/card", "pin", pin, "again", pin, "password", good, "code", c.code())
}

func (c *clerk) signsInByCard(pin string) (int, string) {
	c.Helper()
	return c.post("/sign-in", "/sign-in/card", "pin", pin)
}

// She binds her card once, and from then on card and PIN let her in; neither
// does alone, and nobody else's card.
func TestACardAndItsPIN(t *testing.T) {
	r, on := newCardRig(t)
	on.card = card("chen's")
	if status, html := r.browser().signsInByCard(pin); status != http.StatusUnauthorized || !strings.Contains(html, "没有绑定") {
		t.Errorf("a card that nobody bound: %d", status)
	}
	chen := r.signedIn("chen")
	if status, _ := chen.binds(pin); status != http.StatusSeeOther {
		t.Fatalf("bound: %d", status)
	}
	_, html := chen.get("/card")
	has(t, html, "已绑定，09:00 起")

	rec, err := r.store.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	var body protocol.OwnCard
	if err := protocol.OpenBody(rec.Manifest, rec.Body, r.hub.Opening, &body); err != nil {
		t.Fatal(err)
	}
	if body.Clerk.Account != "s-chen" || body.Clerk.How != protocol.HowCode || !body.Card.Is(on.card.Digest) {
		t.Errorf("sealed %+v", body.Clerk)
	}

	again := r.browser()
	if status, _ := again.signsInByCard(pin); status != http.StatusSeeOther {
		t.Fatalf("card and PIN: %d", status)
	}
	if status, html := again.get("/"); status != http.StatusOK || !strings.Contains(html, "陈晓") {
		t.Errorf("signed in as: %d", status)
	}
	if status, _ := r.browser().signsInByCard("482914"); status != http.StatusUnauthorized {
		t.Errorf("another PIN: %d", status)
	}
	on.card = card("tan's")
	if status, _ := r.browser().signsInByCard(pin); status != http.StatusUnauthorized {
		t.Errorf("another card: %d", status)
	}
	on.card, on.err = card("chen's"), ErrCardNone
	if status, html := r.browser().signsInByCard(pin); status != http.StatusConflict || !strings.Contains(html, "30 秒内没有读到证件") {
		t.Errorf("no card at all: %d", status)
	}
	on.err = ErrCardBusy
	if status, html := r.browser().signsInByCard(pin); status != http.StatusConflict || !strings.Contains(html, "有人正在办理") {
		t.Errorf("while somebody is served: %d", status)
	}
}

// Whoever sits at a session that was left open binds no card to it, and what
// stands on the card is no PIN.
func TestWhoMayBind(t *testing.T) {
	r, on := newCardRig(t)
	on.card = card("x")
	chen := r.signedIn("chen")
	for _, c := range []struct{ name, pin, again, password, want string }{
		{"short", "12345", "12345", good, "6 到 12 位"},
		{"letters", "48291a", "48291a", good, "6 到 12 位"},
		{"row", "345678", "345678", good, "太常见"},
		{"row down", "987654", "987654", good, "太常见"},
		{"repetition", "482482", "482482", good, "太常见"},
		{"favourite", "147258", "147258", good, "太常见"},
		{"birthday", "900307", "900307", good, "就在证件上"},
		{"birthday, year last", "030790", "030790", good, "就在证件上"},
		{"of the number", "071234", "071234", good, "就在证件上"},
		{"typed otherwise", pin, "482914", good, "不一样"},
		{"another's password", pin, pin, "wrong and long", "对不上"},
	} {
		status, html := chen.post("/card", "/card", "pin", c.pin, "again", c.again, "password", c.password, "code", r.code())
		if status != http.StatusUnprocessableEntity || !strings.Contains(html, c.want) {
			t.Errorf("%s: %d", c.name, status)
		}
	}
	if head, _, err := r.store.Head(); err != nil || head != 0 {
		t.Errorf("%d records, %v", head, err)
	}
	if status, _ := chen.binds(pin); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if status, html := r.signedIn("tan").binds(pin); status != http.StatusUnprocessableEntity || !strings.Contains(html, "另一个账号") {
		t.Errorf("one card for two: %d", status)
	}
}

// A PIN is not found by trying, from however many machines and across restarts;
// password and code open it again.
func TestWrongPINsStopTheCard(t *testing.T) {
	r, on := newCardRig(t)
	on.card = card("chen's")
	chen := r.signedIn("chen")
	if status, _ := chen.binds(pin); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	for range store.MaxCardTries {
		if _, err := r.checkCard(t.Context(), "10.0.0.9", "000000"); err == nil {
			t.Fatal("a wrong PIN opened it")
		}
		r.with(func() { r.mono += time.Hour }) // pauses are waited out
	}
	if status, html := r.browser().signsInByCard(pin); status != http.StatusConflict || !strings.Contains(html, "先停用了") {
		t.Errorf("after too many, from another machine: %d", status)
	}
	r.signedIn("chen")
	if status, _ := r.browser().signsInByCard(pin); status != http.StatusSeeOther {
		t.Errorf("after password and code: %d", status)
	}
	for range freeOwn {
		_, _ = r.checkCard(t.Context(), "10.0.0.8", "000000")
	}
	if _, err := r.checkCard(t.Context(), "10.0.0.8", pin); err == nil || !strings.Contains(err.Error(), "too many attempts") {
		t.Errorf("the pace of passwords: %v", err)
	}
}

// Who is disabled, or whose card was taken off here or at the hub, is out at
// once; a list that does not know of the card yet takes nothing away.
func TestACardEnds(t *testing.T) {
	r, on := newCardRig(t)
	on.card = card("chen's")
	chen := r.signedIn("chen")
	if status, _ := chen.binds(pin); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	byCard := func() *clerk {
		t.Helper()
		c := r.browser()
		if status, _ := c.signsInByCard(pin); status != http.StatusSeeOther {
			t.Fatalf("by card: %d", status)
		}
		return c
	}
	out := func(c *clerk) bool { status, _ := c.get("/"); return status == http.StatusSeeOther }

	c := byCard()
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	if out(c) {
		t.Error("a list from before the record came ends her session")
	}
	off := member("chen", protocol.StaffClerk, good)
	off.Card = &protocol.StaffCard{At: protocol.TimeOf(r.o.Now()) + 1}
	r.hire(24*time.Hour, off)
	if !out(c) {
		t.Error("taken off at the hub, and still in")
	}
	if status, _ := r.browser().signsInByCard(pin); status != http.StatusUnauthorized {
		t.Errorf("taken off at the hub: %d", status)
	}
	if out(chen) {
		t.Error("who is in by password and code is out with the card")
	}
	if status, _ := chen.binds(pin); status != http.StatusSeeOther {
		t.Fatal("bound again")
	}
	c = byCard()
	if status, _ := chen.post("/card", "/card/off", "password", good, "code", r.code()); status != http.StatusSeeOther {
		t.Fatal("taken off at the desk")
	}
	if !out(c) {
		t.Error("taken off at the desk, and still in")
	}
	if status, _ := chen.binds(pin); status != http.StatusSeeOther {
		t.Fatal("bound a third time")
	}
	c = byCard()
	r.hire(24*time.Hour, member("tan", protocol.StaffHead, good))
	if !out(c) {
		t.Error("disabled, and still in")
	}
	if status, _ := r.browser().signsInByCard(pin); status != http.StatusUnauthorized {
		t.Errorf("disabled: %d", status)
	}
}

// Whoever is not signed in keeps no screen asking for a card: a machine that lets
// it ask for nothing, again and again, waits.
func TestNobodyKeepsTheScreenAsking(t *testing.T) {
	r, on := newCardRig(t)
	on.err = ErrCardBusy
	for range freeSource + 1 { // nothing was asked
		if _, err := r.checkCard(t.Context(), "10.0.0.7", pin); !errors.Is(err, ErrCardBusy) {
			t.Fatalf("while somebody is served: %v", err)
		}
	}
	on.err = ErrCardNone
	for range freeOwn {
		if _, err := r.checkCard(t.Context(), "10.0.0.7", pin); !errors.Is(err, ErrCardNone) {
			t.Fatalf("no card came: %v", err)
		}
	}
	if _, err := r.checkCard(t.Context(), "10.0.0.7", pin); !errors.Is(err, errSlow) {
		t.Errorf("once more: %v", err)
	}
	if _, err := r.checkCard(t.Context(), "10.0.0.8", pin); !errors.Is(err, ErrCardNone) {
		t.Errorf("from another machine: %v", err)
	}
	r.with(func() { r.mono += mostPause })
	if _, err := r.checkCard(t.Context(), "10.0.0.7", pin); !errors.Is(err, ErrCardNone) {
		t.Errorf("after the pause: %v", err)
	}
}

// The head signs a void by her own card and PIN; the record says so.
func TestTheSecondPersonByHerCard(t *testing.T) {
	r, on := newCardRig(t)
	on.card = card("tan's")
	tan := r.signedIn("tan")
	if status, _ := tan.binds(pin); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	r.confirm("app-1")
	chen := r.signedIn("chen")
	_, html := chen.get("/void/2")
	has(t, html, "放本人的证件")
	if status, html := chen.post("/void/2", "/void/2", "reason", "01", "note", "当场发现", "taken", "0", "pin", "111222"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "对不上") {
		t.Errorf("a wrong PIN of the head: %d", status)
	}
	if status, _ := chen.post("/void/2", "/void/2", "reason", "01", "note", "当场发现", "taken", "0", "pin", pin); status != http.StatusSeeOther {
		t.Fatalf("by the head's card: %d", status)
	}
	v := r.made()[0]
	if v.Assents[0].How != protocol.HowCode || v.Assents[1].How != protocol.HowCard || v.Assents[1].Account != "s-tan" {
		t.Errorf("assents %+v", v.Assents)
	}
}
