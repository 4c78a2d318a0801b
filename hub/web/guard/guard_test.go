package guard_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"zhunkao/hub/web/guard"
)

// held is a handler whose answers wait until they are let go.
type held struct {
	in, out chan struct{}
	body    chan string // of forms
}

func newHeld() *held {
	return &held{in: make(chan struct{}, 1024), out: make(chan struct{}), body: make(chan string, 1024)}
}

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if token := session(r); token != "" {
		guard.Vouch(r.Context(), token, token)
	}
	if r.Method == http.MethodPost {
		_ = r.ParseForm()
		h.body <- r.PostForm.Encode()
	}
	h.in <- struct{}{}
	<-h.out
	fmt.Fprint(w, "page")
}

// fill occupies so many hands of guests, until the test ends it.
func fill(h http.Handler, n int) {
	for i := range n {
		go newPerson(h, 1<<20+i).ask(context.Background(), "GET", "/ks", "")
	}
	synctest.Wait()
}

// TestPlaceSurvives: the place in the line is that of coming, whichever hub is
// asked, and after every hub was started anew; a forged cookie has none.
func TestPlaceSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := newHeld()
		limits := guard.Limits{Hands: 4, Guests: 1}
		one, other := newGuard(t, limits).Around(slow), newGuard(t, limits).Around(slow)
		fill(one, 2) // one is answered, one waits for it
		fill(other, 2)
		ahead := func(p *person, h http.Handler) int {
			p.h = h
			w := p.ask(t.Context(), "GET", "/ks", "")
			n := -1
			_, _ = fmt.Sscanf(w.Body.String(), "waiting ahead=%d", &n)
			return n
		}
		var people []*person
		for n := range 6 {
			time.Sleep(100 * time.Millisecond)
			p := newPerson(one, n)
			if got := ahead(p, one); got != n {
				t.Errorf("person %d stands behind %d", n, got)
			}
			people = append(people, p)
		}
		// At the other hub they ask in another order and yet stand as they came.
		for _, n := range []int{3, 0, 5, 1, 4, 2} {
			ahead(people[n], other)
		}
		again := newGuard(t, limits).Around(slow)
		fill(again, 2)
		for _, n := range []int{5, 4, 3, 2, 1, 0} {
			ahead(people[n], again)
		}
		for n, p := range people {
			for name, h := range map[string]http.Handler{"the same hub": one, "another hub": other, "a hub started anew": again} {
				if got := ahead(p, h); got != n {
					t.Errorf("person %d stands behind %d at %s", n, got, name)
				}
			}
		}
		time.Sleep(time.Second)
		thief := newPerson(one, 99)
		for k, v := range people[0].jar {
			thief.jar[k] = "x" + v[1:]
		}
		if got := ahead(thief, one); got != 7 { // six, and the one whose moment in the hub has passed
			t.Errorf("a forged cookie stands behind %d", got)
		}
		// Away for nine minutes: hers still. For more than ten: gone.
		time.Sleep(9 * time.Minute)
		for n := 5; n > 0; n-- {
			ahead(people[n], one)
		}
		if got := ahead(people[0], one); got != 0 {
			t.Errorf("after nine minutes she stands behind %d", got)
		}
		time.Sleep(11 * time.Minute)
		late := newPerson(one, 100)
		ahead(late, one)
		time.Sleep(time.Second)
		if got := ahead(people[0], one); got != 1 {
			t.Errorf("after eleven minutes she stands behind %d", got)
		}
		close(slow.out)
	})
}

// TestWhoHasGone: a page that was closed does not keep others waiting.
func TestWhoHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := newHeld()
		g := newGuard(t, guard.Limits{Hands: 4, Guests: 1})
		h := g.Around(slow)
		fill(h, 2)
		for n := range 50 {
			newPerson(h, n).ask(t.Context(), "GET", "/ks", "")
		}
		p := newPerson(h, 60)
		p.ask(t.Context(), "GET", "/ks", "")
		if s := g.State(); s.Waiting != 51 {
			t.Errorf("%d wait", s.Waiting)
		}
		for range 10 {
			time.Sleep(20 * time.Second)
			p.ask(t.Context(), "GET", "/ks", "")
		}
		if s := g.State(); s.Waiting != 1 {
			t.Errorf("%d wait when fifty have closed their pages", s.Waiting)
		}
		close(slow.out)
	})
}

// TestSignedInFirst: with every hand of guests taken and a line, who is signed
// in is answered; when all hands are taken her reading goes before her writing;
// and her place lasts only beside her session.
func TestSignedInFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := newHeld()
		h := newGuard(t, guard.Limits{Hands: 4, Guests: 2, Writes: 3}).Around(slow)
		her := newPerson(h, 1)
		her.jar["session"] = "hers"
		go func() { slow.out <- struct{}{} }()
		if w := her.ask(t.Context(), "GET", "/ks/status", ""); w.Code != 200 {
			t.Fatalf("with nobody there: %d", w.Code)
		}
		fill(h, 20)
		answered := make(chan int, 1)
		go func() { answered <- her.ask(t.Context(), "GET", "/ks/status", "").Code }()
		synctest.Wait()
		if n := len(slow.in); n != 1+2+1 {
			t.Errorf("%d requests have reached the portal", n)
		}
		thief := newPerson(h, 2)
		for k, v := range her.jar {
			thief.jar[k] = v
		}
		thief.jar["session"] = "another"
		if w := thief.ask(t.Context(), "GET", "/ks/status", ""); w.Code != http.StatusServiceUnavailable {
			t.Errorf("her cookie beside another's session: %d", w.Code)
		}
		close(slow.out)
		if c := <-answered; c != 200 {
			t.Errorf("beside a line: %d", c)
		}
	})
}

// TestTypedIsKept: a form that must wait goes back to the browser sealed, can be
// sent again, and then reaches the portal as it was typed; in the page nothing of
// it can be read, and for another path or another person it is nothing.
func TestTypedIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := newHeld()
		h := newGuard(t, guard.Limits{Hands: 4, Guests: 1}).Around(slow)
		fill(h, 2)
		p := newPerson(h, 1)
		typed := url.Values{"token": {"tok"}, "login": {"xiaolan"}, "password": {"一个 秘密&"}}
		w := p.ask(t.Context(), "POST", "/ks/sign-in?next=%2Fks", typed.Encode())
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		_, form, _ := strings.Cut(w.Body.String(), "form=")
		if form == "" || strings.Contains(form, "xiaolan") || strings.Contains(w.Body.String(), url.QueryEscape("秘密")) {
			t.Fatalf("the page holds %s", form)
		}
		// Sent again while she must still wait it is kept again.
		w = p.ask(t.Context(), "POST", "/ks/sign-in", form)
		_, again, _ := strings.Cut(w.Body.String(), "form=")
		if again == "" {
			t.Fatalf("the second time: %s", w.Body)
		}
		close(slow.out) // now there is room
		time.Sleep(10 * time.Second)
		for _, f := range []string{form, again} {
			for try := 0; ; try++ {
				if w = p.ask(t.Context(), "POST", "/ks/sign-in", f); w.Code == 200 || try > 5 {
					break
				}
				time.Sleep(5 * time.Second)
			}
			if w.Code != 200 {
				t.Fatalf("her turn: %d %s", w.Code, w.Body)
			}
			if got := <-slow.body; got != typed.Encode() {
				t.Errorf("the portal got %s", got)
			}
		}
		p.ask(t.Context(), "POST", "/ks/sign-up", form)
		if got := <-slow.body; got == typed.Encode() {
			t.Error("a form that was kept reaches another path")
		}
		q := newPerson(h, 2)
		q.ask(t.Context(), "POST", "/ks/sign-in", form)
		if got := <-slow.body; got == typed.Encode() {
			t.Error("a form that was kept can be sent by somebody else")
		}
	})
}

// TestFilesAreNotKept: a form with a file that must wait is said to be lost, and
// one of somebody who is not signed in is not even read.
func TestFilesAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const kind, file = "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nsecret\r\n--x--\r\n"
		slow := newHeld()
		h := newGuard(t, guard.Limits{Hands: 4, Guests: 2, Writes: 2, Uploads: 1}).Around(slow)
		if w := newPerson(h, 1).post(t.Context(), "/ks/evidence", kind, file); w.Code != http.StatusSeeOther || len(slow.in) > 0 {
			t.Errorf("of somebody not signed in: %d, %d reach the portal", w.Code, len(slow.in))
		}
		her := newPerson(h, 2)
		her.jar["session"] = "hers"
		go func() { slow.out <- struct{}{} }()
		her.ask(t.Context(), "GET", "/ks/status", "")
		go func() { her.post(context.Background(), "/ks/evidence", kind, file) }()
		synctest.Wait()
		w := her.post(t.Context(), "/ks/evidence", kind, file)
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "lost=true") || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("beside another: %d %s", w.Code, w.Body)
		}
		close(slow.out)
	})
}

// TestSchoolBehindOneAddress: six rooms of fifty open three pages each at the
// same moment from one address, and then work on signed in; nobody is refused. A
// machine at the same address that asks without end is.
func TestSchoolBehindOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newGuard(t, guard.Limits{Hands: 4000, Guests: 4000}).Around(newServer(1000, time.Millisecond))
		var people []*person
		for n := range 300 {
			p := newPerson(h, n)
			p.address = "192.0.2.7:1"
			people = append(people, p)
			for range 3 {
				if w := p.ask(t.Context(), "GET", "/ks/sign-in", ""); w.Code != 200 {
					t.Fatalf("pupil %d: %d %s", n, w.Code, w.Body)
				}
			}
		}
		w := newPerson(h, 1)
		w.address = "192.0.2.7:1"
		crowd := false
		for range 60 { // some room has come back in the meantime
			delete(w.jar, "zk_ks_turn")
			got := w.ask(t.Context(), "GET", "/ks", "")
			crowd = crowd || got.Code == http.StatusTooManyRequests && strings.Contains(got.Body.String(), "crowd=true")
		}
		if !crowd {
			t.Error("sixty more within the same moment are let in")
		}
		time.Sleep(15 * time.Second) // they type
		for n, p := range people {
			p.jar["session"] = fmt.Sprint(n)
			if w := p.ask(t.Context(), "POST", "/ks/sign-in", "token=t"); w.Code != 200 {
				t.Fatalf("pupil %d signs in: %d", n, w.Code)
			}
		}
		for range 20 { // a page every three seconds each
			for n, p := range people {
				if w := p.ask(t.Context(), "POST", "/ks/form/1", "token=t"); w.Code != 200 {
					t.Fatalf("pupil %d saves: %d %s", n, w.Code, w.Body)
				}
			}
			time.Sleep(3 * time.Second)
		}
		mad := people[0]
		refused := 0
		for range 200 {
			if w := mad.ask(t.Context(), "GET", "/ks/status", ""); w.Code == http.StatusTooManyRequests {
				refused++
			}
		}
		if refused < 100 {
			t.Errorf("one person asked 200 times within a moment, refused %d", refused)
		}
		if w := people[1].ask(t.Context(), "GET", "/ks/status", ""); w.Code != 200 {
			t.Errorf("and her neighbour: %d", w.Code)
		}
	})
}
