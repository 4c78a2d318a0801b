package desk

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/sheet"
)

// The desk of a training says so on every page, ticks what was done at it, and
// takes nobody's word for a step; the practice head signs a void.
func TestTheDeskOfATraining(t *testing.T) {
	var log drill.Log
	r := newRig(t, func(o *Options) {
		o.Drills = func() Drills { return Drills{Log: log} }
		o.EndTraining = func(context.Context) error { return nil }
		o.Rehearse = func(_ context.Context, p Practice) error {
			switch p.Do {
			case PracticeBegin:
				log = log.Begin(p.Account, p.Exercise)
			case PracticeDid:
				log = log.See(p.Fact, time.Unix(1, 0))
			case PracticeCard:
				return ErrTrainPeople
			}
			return nil
		}
	})
	head, err := PracticeHead()
	if err != nil {
		t.Fatal(err)
	}
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), head)
	_, html := r.browser().get("/sign-in")
	has(t, html, "<b>演练</b>")
	chen := r.signedIn("chen")
	for _, path := range []string{"/", "/day", "/void", "/unsent", "/training", "/card", "/trust"} {
		if _, html := chen.get(path); !strings.Contains(html, "<b>演练</b>") {
			t.Errorf("%s does not say that this is practice", path)
		}
	}
	if status, _ := chen.post("/training", "/training/do", "do", "begin", "exercise", "open-day"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if status, _ := chen.post("/training", "/training/do", "do", "did", "fact", string(drill.DayOpened)); status != http.StatusNotFound || log.Has("s-chen", "open-day") {
		t.Errorf("a step was claimed: %d", status)
	}
	if status, _ := chen.post("/day", "/day/open", "paper", "10"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	begun := log
	made := r.browser()
	if status := made.signsIn(practiceHeadName, practiceHeadPassword, codeAt([]byte(practiceHeadSecret), r.o.Real().Unix()/codeStep)); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	r.with(func() { r.real = r.real.Add(time.Minute) }) // her next code
	_, hers := made.get("/training")
	if status, _ := made.post("/training", "/training/do", "do", "begin", "exercise", "help"); status != http.StatusNotFound || !reflect.DeepEqual(log, begun) || strings.Contains(hers, `name="exercise"`) {
		t.Errorf("the practice head practises: %d, %+v", status, log)
	}
	_, html = chen.get("/training")
	has(t, html, "练过了", "做到了")
	if !log.Has("s-chen", "open-day") {
		t.Errorf("opening the day ticks nothing: %+v", log)
	}
	if status, html := chen.post("/training", "/training/do", "do", "card"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "用完了") {
		t.Errorf("no card left: %d", status)
	}
	r.confirm("app-1")
	log = log.Begin("s-chen", "void").See("accepted", time.Unix(1, 0))
	code := codeAt([]byte(practiceHeadSecret), r.o.Real().Unix()/codeStep)
	_, html = chen.get("/training")
	has(t, html, practiceHeadName, practiceHeadPassword, code)
	if status, _ := chen.post("/void/1", "/void/1", "reason", "01", "note", "当场发现", "taken", "0", "name", practiceHeadName, "password", practiceHeadPassword, "code", code); status != http.StatusSeeOther || !log.Has("s-chen", "void") {
		t.Errorf("the practice head signs: %d, %+v", status, log)
	}
	if status, html := chen.post("/training", "/training"); status != http.StatusOK || !strings.Contains(html, "正在切换") {
		t.Errorf("back: %d", status)
	}
}

// The papers of the desk of a training are nobody's: each says so.
func TestThePapersOfATraining(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("pdftotext is not installed (poppler-utils)")
	}
	for _, practice := range []bool{true, false} {
		r := newRig(t, func(o *Options) {
			if practice {
				o.Drills = func() Drills { return Drills{} }
			}
		})
		slip, err := r.Slip(store.Queued{Unit: 2, Token: []byte{1}, Drawn: protocol.TimeOf(r.now)}, 0, visit.Wait{})
		if err != nil {
			t.Fatal(err)
		}
		closing, err := r.ClosingSheet(store.Day{Date: "2019-09-06"})
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range []*sheet.Document{slip, closing} {
			var pdf bytes.Buffer
			if err := doc.PDF(&pdf); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("pdftotext", "-layout", "-", "-")
			cmd.Stdin = &pdf
			text, err := cmd.Output()
			if says := strings.Contains(string(text), "演练"); err != nil || says != practice {
				t.Errorf("%s: says that it is practice: %t, and it is: %t (%v)", doc.Title, says, practice, err)
			}
		}
	}
}

// A real desk offers the training, says what stands against it, and has no
// practice head.
func TestBeginningATraining(t *testing.T) {
	why := error(ErrTrainDay)
	r := newRig(t, func(o *Options) { o.Train = func(context.Context) error { return why } })
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	chen := r.signedIn("chen")
	if _, html := chen.get("/training"); strings.Contains(html, practiceHeadPassword) || strings.Contains(html, "<b>演练</b>") {
		t.Error("a real desk looks like a practice")
	}
	if status, html := chen.post("/training", "/training"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "要先收工") {
		t.Errorf("a day is open: %d", status)
	}
	why = ErrTrainBusy
	if status, html := chen.post("/training", "/training"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "有人正在办理") {
		t.Errorf("somebody is served: %d", status)
	}
	if status, _ := chen.post("/training", "/training/do", "do", "card"); status != http.StatusNotFound {
		t.Errorf("a practice card at a real desk: %d", status)
	}
	if status := r.browser().signsIn(practiceHeadName, practiceHeadPassword, codeAt([]byte(practiceHeadSecret), r.o.Real().Unix()/codeStep)); status != http.StatusUnauthorized {
		t.Errorf("the practice head at a real desk: %d", status)
	}
}
