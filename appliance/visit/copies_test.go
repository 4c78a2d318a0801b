package visit_test

import (
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// carded is plain with a card of another kind.
func carded(chip, document, number string) synthetic.Person {
	p := plain
	p.Application = p.Application.Clone()
	p.Application.Fields[form.DocumentType], p.Application.Fields[form.DocumentNumber] = document, number
	p.Chip.Type, p.Chip.Number, p.Chip.Ethnic = chip, identity.Number(number), ""
	return p
}

// kinds are the cards with a chip that the table of documents has the city review.
var kinds = map[string]synthetic.Person{
	"Hong Kong":   carded(form.ChipHMT, "02", "810000199408230021"),
	"Taiwan":      carded(form.ChipHMT, "03", "830000199201300022"),
	"old foreign": carded(form.ChipForeigner2017, "06", "USA430084090404"),
	"new foreign": carded(form.ChipForeigner2023, "07", "911124198108030024"),
}

// foundBy drives somebody with such a card to what was found.
func foundBy(t testing.TB, p synthetic.Person, c campaign.Campaign, before ...visit.Event) *driver {
	t.Helper()
	d := &driver{t: t}
	d.step(visit.Ticked{Now: time.Hour}).step(before...).step(visit.CardPlaced{}, visit.CardRead{Card: card(p)})
	d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundHere, Application: p.Application, Campaign: c}).judged(openVerdict())
	return d.wants(visit.ScreenFound)
}

func copies(d *driver, pictures ...string) visit.Allowed {
	e := visit.Allowed{Visit: d.s.Visit, Ask: visit.AskCopies, Reason: "没有带就读证明", Assents: []protocol.Assent{clerk}}
	for _, p := range pictures {
		e.Copies = append(e.Copies, []byte(p))
	}
	return e
}

// TestReviewedCards: of cards that the table has the city review a clerk takes
// pictures, with the card off the reader; what is sealed is chip and copies.
func TestReviewedCards(t *testing.T) {
	for name, p := range kinds {
		d := foundBy(t, p, adult, visit.CameraUp{})
		if !d.s.Provisional() || d.s.OnPapers() {
			t.Errorf("%s: not known as a card that is reviewed", name)
		}
		d.press(visit.ButtonGoOn).wants(visit.ScreenStaff)
		if d.s.Ask() != visit.AskCopies {
			t.Fatal(name, d.s.Ask())
		}
		d.step(copies(d)).wants(visit.ScreenStaff)
		d.step(copies(d, "front", "")).wants(visit.ScreenStaff)
		d.step(copies(d, strings.Split("123456789", "")...)).wants(visit.ScreenStaff)
		e := copies(d, "front")
		e.Assents = nil
		d.step(e).wants(visit.ScreenStaff)
		d.step(visit.CardRemoved{}).wants(visit.ScreenStaff).pass(2 * time.Minute).wants(visit.ScreenStaff)
		d.step(copies(d, "front", "back")).wants(visit.ScreenLifted)
		d.step(visit.CardPlaced{}, visit.CardRead{Card: card(people[1])}).wants(visit.ScreenWrongCard)
		d.step(visit.CardRemoved{}, visit.CardPlaced{}, visit.CardRead{Card: card(p)}).wants(visit.ScreenPhotoNotice)
		d.press(visit.ButtonBack).wants(visit.ScreenFound).press(visit.ButtonGoOn).wants(visit.ScreenPhotoNotice) // they are taken once
		d.onwards(visit.ScreenPledge).sign()
		s := find[visit.Seal](t, d.fx)
		if s.Papers.Why != protocol.WhyReview || s.Papers.Document != p.Application.Get(form.DocumentType) || s.Papers.Note == "" || len(s.Copies) != 2 || string(s.Copies[1]) != "back" ||
			int(s.Papers.Copies) != 2 || s.Clerk != clerk || s.Card.Chip != p.Chip || len(s.Card.Text) != 256 || s.Portrait.Source != protocol.PortraitCamera || len(s.Overrides) != 0 {
			t.Errorf("%s: sealed papers %+v, %d copies, clerk %+v, portrait %+v", name, s.Papers, len(s.Copies), s.Clerk, s.Portrait)
		}
		d.step(visit.Sealed{Visit: d.s.Visit, Record: record}).wants(visit.ScreenAccepted)
		if !d.s.Provisional() || d.s.Copies != nil || d.s.Card.Chip != (form.Chip{}) {
			t.Errorf("%s: the last screen does not know that the city looks, or holds something of hers", name)
		}
	}
}

// TestOnlyTheTableReviews: without a word of the table nobody is asked for copies,
// and a resident never is.
func TestOnlyTheTableReviews(t *testing.T) {
	none := adult
	none.Documents = append([]campaign.DocumentType(nil), adult.Documents...)
	for i := range none.Documents {
		none.Documents[i].Review = ""
	}
	for name, p := range kinds {
		if d := foundBy(t, p, none, visit.CameraUp{}).press(visit.ButtonGoOn).wants(visit.ScreenPhotoNotice); d.s.Provisional() {
			t.Errorf("%s: reviewed, though the table does not say so", name)
		}
	}
	all := none
	all.Documents = append([]campaign.DocumentType(nil), none.Documents...)
	for i := range all.Documents {
		if all.Documents[i].Code == "01" {
			all.Documents[i].Review, all.Documents[i].Copies = campaign.City, []string{"居民身份证正反面"}
		}
	}
	foundBy(t, plain, all, visit.CameraUp{}).press(visit.ButtonGoOn).wants(visit.ScreenStaff)
	foundBy(t, plain, adult, visit.CameraUp{}).press(visit.ButtonGoOn).wants(visit.ScreenPhotoNotice)
}

// TestNobodyCopies: without pictures nothing is sealed, and she is told what to
// bring.
func TestNobodyCopies(t *testing.T) {
	p := kinds["Hong Kong"]
	for name, end := range map[string]func(*driver){
		"nobody came":       func(d *driver) { d.pass(5 * time.Minute) },
		"she does not wait": func(d *driver) { d.press(visit.ButtonNoWait) },
		"the clerk says no": func(d *driver) { d.step(visit.Denied{Visit: d.s.Visit, Ask: visit.AskCopies, Clerk: clerk}) },
		"opened, then alone": func(d *driver) {
			d.pass(4 * time.Minute).step(visit.Opened{Visit: d.s.Visit, Clerk: clerk}).pass(4 * time.Minute).wants(visit.ScreenStaff).pass(time.Minute)
		},
	} {
		d := foundBy(t, p, adult, visit.CameraUp{}).press(visit.ButtonGoOn).wants(visit.ScreenStaff)
		if end(d); d.s.Refusal != visit.RefuseCopies || len(d.s.Wanted) == 0 || d.s.Read {
			t.Errorf("%s: screen %s, refusal %q, wanted %v", name, d.s.Screen(), d.s.Refusal, d.s.Wanted)
		}
	}
}

// TestReviewedCardsNeedACamera: her photo is what the city holds against the copy.
func TestReviewedCardsNeedACamera(t *testing.T) {
	lax := adult
	lax.Policy.PhotoMissing = campaign.PhotoMissingGoOn
	d := foundBy(t, kinds["new foreign"], lax).press(visit.ButtonGoOn)
	d.step(copies(d, "front")).press(visit.ButtonGoOn).wants(visit.ScreenNoPhoto)
	if d.press(visit.ButtonGoOn).wants(visit.ScreenNoPhoto); d.s.MayWaive() {
		t.Error("she may go on without a photo")
	}
	d.step(visit.CameraUp{}).onwards(visit.ScreenPledge)
}

// TestReviewedCardReadAgain: the card proves nothing more: she is told that the
// city has still to decide, and is not offered to verify it.
func TestReviewedCardReadAgain(t *testing.T) {
	p := kinds["Taiwan"]
	d := at(t, "idle").step(visit.CardPlaced{}, visit.CardRead{Card: card(p)})
	if d.step(provisional(d.s.Visit, p)); d.s.Refusal != visit.RefuseConfirmed || !d.s.Waits {
		t.Errorf("screen %s, refusal %s, waits %t", d.s.Screen(), d.s.Refusal, d.s.Waits)
	}
}
