package desk

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/crypto/argon2"

	"zhunkao/appliance/drill"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Why no training begins, or an exercise does not.
var (
	// ErrTrainBusy: somebody is at the box.
	ErrTrainBusy = errors.New("desk: somebody is at the box")
	// ErrTrainDay: a day is open; real people are served.
	ErrTrainDay = errors.New("desk: a day is open")
	// ErrTrainPeople: all practice cards of that kind have been used.
	ErrTrainPeople = errors.New("desk: no practice card is left")
)

// Drills is what the desk shows of a training.
type Drills struct {
	Log             drill.Log
	Camera, Printer bool // the box has them
	NoPaper         bool // pretended
	// Papers is a made-up person without her card, for visits on papers: name,
	// number, sex and birth. Zero when all have been served.
	Papers form.Chip
}

// What the desk of a training asks of the box.
const (
	PracticeBegin  = "begin"  // Exercise, by Account
	PracticeDid    = "did"    // Fact: done at the desk
	PracticeCard   = "card"   // the next practice card; Differs: of somebody whose name was typed otherwise
	PracticeLift   = "lift"   // the practice card is taken away
	PracticeCamera = "camera" // Off: as if it were unplugged
	PracticePaper  = "paper"  // Off: as if it had run out
	PracticeReader = "reader" // Off: as if it were unplugged
)

// Practice is one such wish.
type Practice struct {
	Do                string
	Account, Exercise string
	Fact              drill.Fact
	Differs, Off      bool
}

// The head made up for exercises that need two persons. Name and password stand
// on the page of the training, and she is known to no other store.
const (
	practiceHeadID       = "practice-head"
	practiceHeadName     = "yanlian"
	practiceHeadPassword = "yanlian yongde mima"
	practiceHeadSecret   = "practice-only-secret"
)

// PracticeHead is a head of the point that the store of a training lets in.
func PracticeHead() (protocol.StaffMember, error) {
	verifier := practiceVerifier()
	if _, _, _, _, _, ok := parseVerifier(verifier); !ok {
		return protocol.StaffMember{}, errors.New("desk: the practice head's verifier cannot be read")
	}
	return protocol.StaffMember{ID: practiceHeadID, Name: practiceHeadName, Display: "演练负责人", Role: protocol.StaffHead, Verifier: verifier, Secret: []byte(practiceHeadSecret)}, nil
}

// practiceVerifier guards nothing: its password is on the page.
var practiceVerifier = sync.OnceValue(func() string {
	salt := []byte("nobody's secret.")
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=64,t=1,p=1$%s$%s", argon2.Version, enc(salt), enc(argon2.IDKey([]byte(practiceHeadPassword), salt, 1, 64, 1, 32)))
})

// Training reports whether this desk is of a training.
func (p *page) Training() bool { return p.d.o.Drills != nil }

// Trainable reports whether one can begin here.
func (p *page) Trainable() bool { return p.d.o.Train != nil }

// Drills is what the training knows.
func (p *page) Drills() Drills { return p.d.o.Drills() }

// PaperPerson is who may be typed as if she had come without her card; nil when
// nobody is left.
func (p *page) PaperPerson() (map[string]string, error) {
	q := p.Drills().Papers
	if q.Number == "" {
		return nil, nil
	}
	key := "papers-woman"
	if q.Sex == "1" {
		key = "papers-man"
	}
	sex, err := p.T(key)
	return map[string]string{"name": string(q.Name), "number": q.Number.Reveal(), "sex": sex, "birth": q.Birth}, err
}

// Unsealed is how many exercises of a training are not sealed yet.
func (p *page) Unsealed() int {
	if p.d.o.Unsealed == nil {
		return 0
	}
	return p.d.o.Unsealed()
}

// MadeUp reports whether it is the practice head who is signed in: she practises
// nothing, she only signs.
func (p *page) MadeUp() bool { return p.Session.ID == practiceHeadID }

// HeadName, HeadPassword and HeadCode are what the practice head signs with.
func (p *page) HeadName() string { return practiceHeadName }

// HeadPassword is the practice head's.
func (p *page) HeadPassword() string { return practiceHeadPassword }

// HeadCode is her one-time code of now.
func (p *page) HeadCode() string {
	return codeAt([]byte(practiceHeadSecret), p.d.o.Real().Unix()/codeStep)
}

// tick is one step of an exercise as the page shows it.
type tick struct {
	Text string
	Done bool
}

// task is one exercise as the page shows it.
type task struct {
	Key, Title  string
	Steps       []tick
	Done, Under bool
	Other       string // who else does it now
	Missing     bool
}

// Tasks lists the exercises and how far she is.
func (p *page) Tasks() (out []task, err error) {
	d := p.Drills()
	for _, e := range drill.Exercises() {
		t := task{Key: e.Key, Done: d.Log.Has(p.Session.ID, e.Key), Missing: e.Needs == "camera" && !d.Camera || e.Needs == "printer" && !d.Printer}
		if t.Title, err = p.T("drill-" + e.Key); err != nil {
			return nil, err
		}
		step, under := d.Log.Under(e.Key)
		t.Under = under && d.Log.Account == p.Session.ID && !t.Done
		for i, f := range e.Steps {
			text, err := p.T("fact-" + string(f))
			if err != nil {
				return nil, err
			}
			t.Steps = append(t.Steps, tick{text, t.Done || t.Under && i < step})
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b task) int { // the one under way stands beside what it is practised with
		return cmp.Compare(map[bool]int{true: 0, false: 1}[a.Under], map[bool]int{true: 0, false: 1}[b.Under])
	})
	return out, nil
}

func (d *Desk) training(w http.ResponseWriter, r *http.Request, s *session) {
	d.show(w, r, s, "training", "page", nil)
}

// train begins a training, or ends it: the box closes and opens again, and
// whoever is signed in signs in anew.
func (d *Desk) train(w http.ResponseWriter, r *http.Request, s *session) {
	do := d.o.Train
	if d.o.EndTraining != nil {
		do = d.o.EndTraining
	}
	if do == nil {
		http.NotFound(w, r)
		return
	}
	err := do(context.WithoutCancel(r.Context()))
	switch {
	case errors.Is(err, ErrTrainBusy):
		d.show(w, r, s, "training", "page", func(p *page) { p.Error = "train-busy" })
	case errors.Is(err, ErrTrainDay):
		d.show(w, r, s, "training", "page", func(p *page) { p.Error = "train-day" })
	case err != nil:
		d.fault(w, r, err)
	default:
		d.o.Log.Info("desk: to training, or back", "account", s.ID)
		d.show(w, r, s, "training-switch", "page", nil)
	}
}

// practise does one thing of a training.
func (d *Desk) practise(w http.ResponseWriter, r *http.Request, s *session) {
	if d.o.Rehearse == nil {
		http.NotFound(w, r)
		return
	}
	wish := Practice{Do: r.PostFormValue("do"), Account: s.ID, Exercise: r.PostFormValue("exercise"), Differs: r.PostFormValue("differs") != "", Off: r.PostFormValue("off") != ""}
	// Facts are seen, not claimed; and the hub would set aside what somebody has
	// done whom nobody employs.
	if wish.Do == PracticeDid || wish.Do == PracticeBegin && s.ID == practiceHeadID {
		http.NotFound(w, r)
		return
	}
	err := d.o.Rehearse(r.Context(), wish)
	switch {
	case errors.Is(err, ErrTrainPeople):
		d.show(w, r, s, "training", "page", func(p *page) { p.Error = "train-people" })
	case err != nil:
		d.fault(w, r, err)
	default:
		http.Redirect(w, r, "/training", http.StatusSeeOther)
	}
}

// did tells a training what was done at this desk.
func (d *Desk) did(ctx context.Context, f drill.Fact) {
	if d.o.Rehearse == nil {
		return
	}
	if err := d.o.Rehearse(ctx, Practice{Do: PracticeDid, Fact: f}); err != nil {
		d.o.Log.Warn("desk: an exercise was not told", "err", err)
	}
}
