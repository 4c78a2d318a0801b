package kiosk

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// TestCardsAreCalledWhatTheyAre: on every screen of the gallery with a card that is
// no resident's, nothing is called 身份证 but what is one; a resident's is. Where no
// card is known yet but on the idle screen, it is a 证件.
func TestCardsAreCalledWhatTheyAre(t *testing.T) {
	named := 0
	allowed := strings.NewReplacer("居民身份证", "", "永久居留身份证", "", "临时身份证", "")
	words := regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)
	for _, s := range shots() {
		before := s.View.State.CardType()
		for chip, want := range cardNames {
			v := s.View
			if before != form.ChipResident || chip == form.ChipResident {
				continue
			}
			if v.State.Read {
				v.State.Card.Chip.Type = chip
			}
			v.State.Kind = chip
			b, err := page{View: v, words: catalogue()}.draw()
			if err != nil {
				t.Fatal(err)
			}
			text := words.ReplaceAllString(string(b), " ")
			if strings.Contains(allowed.Replace(text), "身份证") {
				t.Errorf("%s with a card of type %s says 身份证: %s", s.Name, chip, text)
			}
			if strings.Contains(text, want) {
				named++
			}
		}
		b, err := page{View: s.View, words: catalogue()}.draw()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(cardHere)) {
			t.Errorf("%s shows the mark", s.Name)
		}
		if before == "" && s.View.State.Screen() != visit.ScreenIdle && strings.Contains(allowed.Replace(words.ReplaceAllString(string(b), " ")), "身份证") {
			switch s.View.State.Screen() {
			case visit.ScreenUnreadable, visit.ScreenOwnCard: // they say what kind of card it must be
			default:
				t.Errorf("%s says 身份证 before any card is known: %s", s.Name, words.ReplaceAllString(string(b), " "))
			}
		}
	}
	if named < 40 {
		t.Errorf("only %d screens name the card: the property proved nothing", named)
	}
	for _, key := range SpokenKeys() {
		if text, ok := Spoken(key, false); ok && strings.Contains(text, cardHere) {
			t.Errorf("%s is spoken with the mark", key)
		}
	}
}

// TestPayIsSaidWhereThereIsAFee: the last screen speaks of paying where the
// campaign has a fee, dates for it, and confirms before it is paid; and so does the
// screen of who comes a second time.
func TestPayIsSaidWhereThereIsAFee(t *testing.T) {
	for _, s := range shots() {
		if s.Name != "accepted" && s.Name != "confirmed" {
			continue
		}
		said := func(v View) bool {
			b, err := page{View: v, words: catalogue()}.draw()
			if err != nil {
				t.Fatal(err)
			}
			return bytes.Contains(b, []byte("缴费"))
		}
		if !said(s.View) {
			t.Errorf("%s: with a fee, nothing is said", s.Name)
		}
		v, rules := s.View, *s.View.Status.Campaign
		v.Status.Campaign = &rules
		rules.Fees = nil
		if said(v) {
			t.Errorf("%s: without a fee", s.Name)
		}
		rules = *s.View.Status.Campaign
		rules.Policy.ConfirmUnpaid = false
		if said(v) {
			t.Errorf("%s: paid before", s.Name)
		}
		rules = *s.View.Status.Campaign
		rules.Windows = nil
		for _, w := range s.View.Status.Campaign.Windows {
			if w.Step != window.Pay {
				rules.Windows = append(rules.Windows, w)
			}
		}
		if said(v) {
			t.Errorf("%s: without dates", s.Name)
		}
	}
}
