package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/paper"
	"zhunkao/hub/results"
	"zhunkao/hub/scratch"
	"zhunkao/hub/seating"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// registers is /gl/registers: the schools that candidates were admitted to.
func (s *server) registers(c *gin.Context, v *visit) { s.showRegisters(c, v, http.StatusOK, "") }

func (s *server) showRegisters(c *gin.Context, v *visit, status int, wrong string) {
	ctx := c.Request.Context()
	view := console.Registers{Error: wrong}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if may := permitted(camp, flow.ActPrintRegister, v.session.Account.Role); !may.alone() {
			view.Refuse = may.refusal()
		}
		schools, err := results.Schools(ctx, tx, camp.ID)
		if err != nil {
			return err
		}
		for _, x := range schools {
			view.Schools = append(view.Schools, console.RegisterSchool{Code: x.Code, Name: schoolName(camp, x.Code), People: x.People, Marked: x.Marked})
			view.People += x.People
		}
		return nil
	})
	switch {
	case err != nil && missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "registers", "results", view)
	}
}

func schoolName(camp rules.Campaign, code string) string {
	if i := slices.IndexFunc(camp.Catalogue, func(g rules.Programme) bool { return g.School == code }); i >= 0 {
		return camp.Catalogue[i].SchoolName
	}
	return code
}

// errNobody says that a school has nobody.
var errNobody = errors.New("web: nobody was admitted there")

// printRegisters makes the register forms of a school (A53): one file in the order of
// their numbers, with the list by which they are handed over. Pictures are opened as they
// are laid out.
func (s *server) printRegisters(c *gin.Context, v *visit) {
	ctx, school := c.Request.Context(), c.Param("code")
	var camp rules.Campaign
	var out registering
	select {
	case s.tables <- struct{}{}: // a school may have twenty thousand
		defer func() { <-s.tables }()
	case <-ctx.Done():
		return
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if camp, err = s.campaigns.current(ctx, tx, s.Campaign); err != nil {
			return err
		}
		if may := permitted(camp, flow.ActPrintRegister, v.session.Account.Role); !may.alone() {
			return errNotPermitted
		}
		out, err = s.registersOf(ctx, tx, v, camp, school)
		return err
	})
	switch {
	case errors.Is(err, errNobody):
		s.refuse(c, v, refusalNotFound)
		return
	case errors.Is(err, errNotPermitted):
		s.showRegisters(c, v, http.StatusForbidden, "permit.tier")
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	var file scratch.File
	defer s.close(&file)
	err = out.Write(&file, s.Fonts, func(from, to int) (photos [][]byte, err error) {
		err = s.DB.Read(ctx, func(tx *db.Tx) error {
			photos = make([][]byte, to-from)
			for i := range photos {
				if photos[i], err = s.tickets.Photo(ctx, tx, out.ids[from+i]); err != nil {
					return err
				}
			}
			return nil
		})
		return photos, err
	})
	if err == nil { // it is written down before a byte of it leaves
		err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.MakeRegister(ctx, tx, camp, school, len(out.Forms), v.by()) })
	}
	if err != nil {
		s.fault(c, v, fmt.Errorf("web: registers: %w", err))
		return
	}
	s.sendScratch(c, v, &file, fmt.Sprintf(`inline; filename="register-%s.pdf"`, school), "application/pdf")
}

// registering are the forms of a school, and whose they are.
type registering struct {
	paper.RegisterBatch
	ids []string
}

// registersOf fills the forms of a school from what is known of everybody it admitted.
func (s *server) registersOf(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, school string) (out registering, err error) {
	out.RegisterBatch = paper.RegisterBatch{Campaign: camp.Zh, College: strings.TrimSpace(school + " " + schoolName(camp, school)), Printed: s.Flow.Now()}
	if s.DB.Demo() {
		out.Flags = []sheet.Mark{sheet.Specimen}
	}
	if out.Office, _, _, err = belongs(ctx, tx, v.session.Account); err != nil {
		return out, err
	}
	ids, err := results.Admitted(ctx, tx, camp.ID, school)
	if err != nil {
		return out, err
	}
	if len(ids) == 0 {
		return out, errNobody
	}
	type form struct {
		id string
		paper.Register
	}
	var all []form
	for some := range slices.Chunk(ids, rowsAtOnce) {
		people, err := s.Flow.Candidates.GetAll(ctx, tx, some)
		if err != nil {
			return out, err
		}
		had, err := results.ForAll(ctx, tx, some, 0)
		if err != nil {
			return out, err
		}
		for _, id := range some {
			who, there := people[id]
			if !there {
				continue // erased since
			}
			one, err := s.register(ctx, tx, camp, who, had[id])
			if err != nil {
				return out, err
			}
			one.Office, one.Printed, one.Flags = out.Office, out.Printed, out.Flags
			all = append(all, form{id, one})
		}
	}
	slices.SortFunc(all, func(a, b form) int {
		return cmp.Or(strings.Compare(a.Number, b.Number), strings.Compare(a.Ticket, b.Ticket), strings.Compare(a.DocumentNumber.Reveal(), b.DocumentNumber.Reveal()))
	})
	for _, x := range all {
		out.ids, out.Forms = append(out.ids, x.id), append(out.Forms, x.Register)
	}
	return out, nil
}

// register fills one form but for its picture.
func (s *server) register(ctx context.Context, tx *db.Tx, camp rules.Campaign, who candidate.Found, had results.Of) (out paper.Register, err error) {
	out = paper.Register{Campaign: camp.Zh, Words: camp.InWords(who.Application), Copy: 1}
	_, seat, _, seated, err := seating.SeatOf(ctx, tx, camp.ID, who.ID)
	if err != nil {
		return out, err
	}
	if seated {
		out.Ticket = seat.Number
	}
	if a := had.Admission; a != nil {
		out.Admitted = paper.RegisterAdmission{College: a.School + " " + a.SchoolName, Major: a.Major + " " + a.MajorName, Level: camp.TableName("level", a.Level), Form: camp.Form.TableName("study_form", a.Form), Years: a.Years, Date: a.Day}
	}
	if m := had.Scores; m != nil {
		out.Total, out.Feature, out.File = m.Total.String(), m.Feature.String(), m.FileText()
		k, _ := camp.Form.Category(who.Application.First().Category)
		for _, key := range k.Subjects {
			if mark, there := m.Marks[key]; there {
				out.Marks = append(out.Marks, paper.RegisterMark{Subject: subjectName(camp, key, who.Application.Get(form.Language)), Mark: mark.String()})
			}
		}
		out.Bonus = bonusLine(camp, who.Application, *m)
	}
	out.Integrity = integrityLine(camp, who, had.Scores)
	return out, nil
}

// bonusLine says what a feature mark was given for (优惠); "" where there is none.
func bonusLine(camp rules.Campaign, app form.Application, m results.Scores) string {
	if m.Feature == 0 {
		return ""
	}
	codes := camp.AutomaticBonuses(app.Get(form.BirthDate))
	for _, claim := range app.Claims {
		if claim.Kind == form.BonusClaim {
			codes = append(codes, claim.Code)
		}
	}
	var names []string
	for _, b := range camp.Bonuses {
		if slices.Contains(codes, b.Code) {
			names = append(names, b.Zh)
		}
	}
	return strings.TrimPrefix(strings.Join(names, "；")+"，"+m.Feature.String()+"分", "，")
}

// integrityLine is what is known of somebody's honesty in this examination (诚信).
func integrityLine(camp rules.Campaign, who candidate.Found, m *results.Scores) string {
	out := ""
	if who.ConfirmedAt != 0 {
		out = "已签订诚信考试承诺书（" + ms(who.ConfirmedAt).In(window.Zone()).Format(time.DateOnly) + "）。"
	}
	if m == nil {
		return out
	}
	var void []string
	for _, x := range camp.Subjects {
		if m.Marks[x.Key] == results.Void {
			void = append(void, x.Zh)
		}
	}
	if len(void) > 0 {
		return out + "成绩因违规取消的科目：" + strings.Join(void, "、") + "。"
	}
	return out + "本次考试没有因违规取消的成绩。"
}

// subjectName is a paper in words; a foreign language with its own.
func subjectName(camp rules.Campaign, key, language string) string {
	name := key
	for _, x := range camp.Subjects {
		if x.Key == key {
			name = x.Zh
		}
	}
	if f, there := camp.Form.Field(form.Language); there && key == subjectLanguage && language != "" {
		name += "（" + camp.Form.TableName(f.Table, language) + "）"
	}
	return name
}

// subjectLanguage is the paper that is written in one of several languages.
const subjectLanguage = "WY"
