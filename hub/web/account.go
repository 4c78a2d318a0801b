package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/password"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// accountPart is one's own account: the page for it, and the one page that an
// account can use which has no password of its own or no authenticator yet.
func (s *server) accountPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/account", who: everyone(), remit: remitNone, do: s.account},
		{method: post, path: "/gl/account/password", who: everyone(), remit: remitNone, do: s.changePassword},
		{method: post, path: "/gl/account/authenticator", who: everyone(), remit: remitNone, do: s.changeAuthenticator},
		{method: post, path: "/gl/account/card-off", who: everyone(), remit: remitNone, do: s.offOwnCard},
		{method: post, path: "/gl/account/end", who: everyone(), remit: remitNone, do: s.endOwnSession},
		{method: get, path: "/gl/account/first", who: everyone(), remit: remitNone, first: true, do: s.firstPage},
		{method: post, path: "/gl/account/first", who: everyone(), remit: remitNone, first: true, do: s.first},
	}}
}

const firstPath = "/gl/account/first"

func (s *server) firstPage(c *gin.Context, v *visit) {
	s.showFirst(c, v, http.StatusOK, console.FirstErrors{})
}

func (s *server) showFirst(c *gin.Context, v *visit, status int, wrong console.FirstErrors) {
	a := v.session.Account
	if !a.Unready() {
		c.Redirect(http.StatusSeeOther, "/gl/account")
		return
	}
	view := console.First{Login: a.Name, MustChange: a.MustChange, Enrol: !a.Enrolled, Complex: s.Staff.Policy().Complex, Errors: wrong,
		Aged: a.MustChange && a.Enrolled}
	if view.Enrol {
		secret, err := s.Staff.Propose(c.Request.Context(), a.ID)
		if err == nil {
			view.Secret = groups(secret)
			view.Code, err = console.DrawQR(staff.URI(a.Name, secret))
		}
		if err != nil {
			s.fault(c, v, err)
			return
		}
	}
	s.show(c, v, status, "first", "", view)
}

// groups sets a secret in fours, as it is typed.
func groups(secret string) string {
	var out []string
	for part := range slices.Chunk([]byte(secret), 4) {
		out = append(out, string(part))
	}
	return strings.Join(out, " ")
}

// first takes a password of her own and a code that confirms her authenticator,
// whichever of the two is missing.
func (s *server) first(c *gin.Context, v *visit) {
	a := v.session.Account
	pw, code := c.PostForm("password"), c.PostForm("code")
	var wrong console.FirstErrors
	if a.MustChange {
		wrong.Password, wrong.Again = typedTwice(pw, c.PostForm("again"))
	}
	if !a.Enrolled && !oneLine(code, 16) {
		wrong.Code = "first.needcode"
	}
	if wrong.Any() {
		s.showFirst(c, v, http.StatusUnprocessableEntity, wrong)
		return
	}
	token, _, err := s.Staff.Settle(c.Request.Context(), *v.session, staff.Own{Password: pw, Code: code})
	var p password.Error
	switch {
	case errors.As(err, &p):
		s.showFirst(c, v, http.StatusUnprocessableEntity, console.FirstErrors{Password: passwordWords(p)})
	case errors.Is(err, staff.ErrCode):
		s.showFirst(c, v, http.StatusUnprocessableEntity, console.FirstErrors{Code: "first.badcode"})
	case errors.Is(err, staff.ErrNoSession):
		c.Redirect(http.StatusSeeOther, "/gl/sign-in")
	case err != nil:
		s.fault(c, v, err)
	default:
		s.cookies.Set(c, cookieSession, token, 0)
		c.Redirect(http.StatusSeeOther, "/gl/account?done=first")
	}
}

// passwordWords is the phrase that says why a password is not taken.
func passwordWords(p password.Error) string {
	known := []string{"password.short", "password.long", "password.common", "password.local", "password.simple", "password.plain", "password.same"}
	if slices.Contains(known, p.Code) {
		return p.Code
	}
	return "account.neednew"
}

// typedTwice judges a new password as it was typed; the rules are asked later.
func typedTwice(password, again string) (wrong, wrongAgain string) {
	if password == "" || len(password) > 256 || !utf8.ValidString(password) {
		return "account.neednew", ""
	}
	if password != again {
		return "", "account.notalike"
	}
	return "", ""
}

func (s *server) account(c *gin.Context, v *visit) {
	if done := c.Query("done"); done != "" && s.pages.Has("account.done."+done) {
		v.notice = &console.Notice{Class: "done", Key: "account.done." + done}
	}
	s.showAccount(c, v, http.StatusOK, console.MineErrors{})
}

func (s *server) showAccount(c *gin.Context, v *visit, status int, wrong console.MineErrors) {
	ctx, a := c.Request.Context(), v.session.Account
	view := console.Mine{Login: a.Name, Display: a.Display, Role: "role." + string(a.Role), Errors: wrong, Complex: s.Staff.Policy().Complex,
		PasswordSet: s.civil(ms(a.PasswordAt)), May: s.rights(a.Role)}
	if ends := s.Staff.Policy().Ends(a.PasswordAt); !ends.IsZero() {
		left := time.Until(ends)
		view.PasswordEnds, view.Soon, view.DaysLeft = s.civil(ends), left < password.TellAhead, int(math.Ceil(left.Hours()/24))
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if view.Office, view.Remit, view.Point, err = belongs(ctx, tx, a); err != nil {
			return err
		}
		if view.OwnCard, err = s.ownCard(ctx, tx, a); err != nil {
			return err
		}
		view.Sessions, err = s.sessions(ctx, tx, a.ID, v.token)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "account", "", view)
}

// belongs names the office, the remit and the point of an account.
func belongs(ctx context.Context, tx *db.Tx, a staff.Account) (office, remit, point string, err error) {
	if o, err := org.GetOffice(ctx, tx, a.Office); err == nil {
		office = o.Name
	} else if !errors.Is(err, org.ErrNotFound) {
		return "", "", "", err
	}
	if remit, err = org.DivisionName(ctx, tx, a.Division); err != nil || a.Point == "" {
		return office, remit, "", err
	}
	point, err = pointNames{}.name(ctx, tx, a.Point)
	return office, remit, point, err
}

func (s *server) sessions(ctx context.Context, tx *db.Tx, account, token string) (out []console.Session, err error) {
	open, err := s.Staff.Sessions(ctx, tx, account, token)
	for _, o := range open {
		out = append(out, console.Session{ID: o.ID, Source: o.Source, Began: s.civil(o.Began), Seen: s.civil(o.Seen), Here: o.Here})
	}
	return out, err
}

// civil puts a moment of real time on the clock of the pages, which a
// demonstration moves.
func (s *server) civil(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return s.Flow.Now().Add(-time.Since(t))
}

// rights lists what a role may: the pages of its menu, then the acts that have
// a word.
func (s *server) rights(role staff.Role) (out []console.Right) {
	may := s.may(role)
	for _, e := range s.menu() {
		if may[e.key] {
			out = append(out, console.Right{Key: "menu." + e.key, Path: e.path})
		}
	}
	for _, r := range s.routes {
		key := "right." + r.right
		if r.right != "" && may[r.right] && s.pages.Has(key) && !slices.Contains(out, console.Right{Key: key}) {
			out = append(out, console.Right{Key: key})
		}
	}
	return out
}

func (s *server) changePassword(c *gin.Context, v *visit) {
	old, pw := c.PostForm("old"), c.PostForm("password")
	var wrong console.MineErrors
	wrong.New, wrong.Again = typedTwice(pw, c.PostForm("again"))
	if old == "" || len(old) > 256 {
		wrong.Old = "account.needold"
	}
	if wrong.AtPassword() {
		s.showAccount(c, v, http.StatusUnprocessableEntity, wrong)
		return
	}
	token, _, err := s.Staff.ChangePassword(c.Request.Context(), *v.session, old, pw)
	var p password.Error
	switch {
	case errors.As(err, &p):
		s.showAccount(c, v, http.StatusUnprocessableEntity, console.MineErrors{New: passwordWords(p)})
	case s.stopped(c, v, err, func(key string) console.MineErrors { return console.MineErrors{Old: key} }):
	default:
		s.cookies.Set(c, cookieSession, token, 0)
		c.Redirect(http.StatusSeeOther, "/gl/account?done=password")
	}
}

// stopped shows that the password she has was typed wrong, or too often.
func (s *server) stopped(c *gin.Context, v *visit, err error, at func(key string) console.MineErrors) bool {
	var slow staff.SlowError
	switch {
	case err == nil:
		return false
	case errors.As(err, &slow):
		c.Header("Retry-After", strconv.Itoa(1+int(slow.Wait.Seconds())))
		s.showAccount(c, v, http.StatusTooManyRequests, at("account.slow"))
	case errors.Is(err, staff.ErrRefused):
		s.showAccount(c, v, http.StatusUnprocessableEntity, at("account.badold"))
	default:
		s.fault(c, v, err)
	}
	return true
}

// changeAuthenticator takes the authenticator off; the new one is enrolled on
// the page that leaves nothing else to do.
func (s *server) changeAuthenticator(c *gin.Context, v *visit) {
	pw, code := c.PostForm("password"), c.PostForm("code")
	var wrong console.MineErrors
	if pw == "" || len(pw) > password.MaxLength {
		wrong.Password = "account.needold"
	}
	if !oneLine(code, 16) {
		wrong.Code = "first.needcode"
	}
	if wrong.AtPhone() {
		s.showAccount(c, v, http.StatusUnprocessableEntity, wrong)
		return
	}
	token, _, err := s.Staff.DropAuthenticator(c.Request.Context(), *v.session, pw, code)
	if s.stopped(c, v, err, func(key string) console.MineErrors {
		if key == "account.badold" {
			key = "account.badboth"
		}
		return console.MineErrors{Password: key}
	}) {
		return
	}
	s.cookies.Set(c, cookieSession, token, 0)
	c.Redirect(http.StatusSeeOther, firstPath)
}

// ownCard says since when her card is bound, and nothing of the card.
func (s *server) ownCard(ctx context.Context, tx *db.Tx, a staff.Account) (out console.OwnCard, err error) {
	if out.OfPoint = a.Role.OfPoint(); !out.OfPoint {
		return out, nil
	}
	card, box, err := s.Staff.Card(ctx, tx, a.ID)
	if err != nil || !card.Bound() {
		return out, err
	}
	out.Since, out.Box = ms(card.At), box
	if b, known := s.Flow.Fleet.Box(box); known {
		out.Unit = int(b.Unit)
	}
	return out, nil
}

// offOwnCard takes her own card off, by her password.
func (s *server) offOwnCard(c *gin.Context, v *visit) {
	at := func(key string) console.MineErrors { return console.MineErrors{Card: key} }
	pw := c.PostForm("password")
	if pw == "" || len(pw) > password.MaxLength {
		s.showAccount(c, v, http.StatusUnprocessableEntity, at("account.needold"))
		return
	}
	err := s.Staff.DropCard(c.Request.Context(), *v.session, pw)
	switch {
	case errors.Is(err, staff.ErrNoCard):
		s.showAccount(c, v, http.StatusConflict, at("owncard.gone"))
	case s.stopped(c, v, err, at):
	default:
		c.Redirect(http.StatusSeeOther, "/gl/account?done=card-off")
	}
}

func (s *server) endOwnSession(c *gin.Context, v *visit) {
	err := s.Staff.For(v.session.Account, v.source).EndSession(c.Request.Context(), v.session.Account.ID, c.PostForm("session"))
	if err != nil && !errors.Is(err, staff.ErrNoSession) { // it ended by itself: that was wanted
		s.fault(c, v, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/gl/account?done=session")
}
