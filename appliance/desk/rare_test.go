package desk

import (
	"maps"
	"strings"
	"testing"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Who has a character in her name that no font here has is known to the clerk before
// anything is printed: where her papers are typed, where she is looked up, and where her
// sheet is printed again.
func TestRareCharacters(t *testing.T) {
	r, c := newReviewRig(t)
	app := nurse()
	app.ID, app.SequenceNumber = "app-3", "19430104000125"
	app.Fields = maps.Clone(app.Fields)
	app.Fields[form.DocumentNumber], app.Fields[form.FullName] = "430104199001011261", "欧阳龘"
	page := protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 3, Application: &app}}}
	if err := r.store.ApplyRoster(2, 3, page, protocol.TimeOf(r.o.Now())); err != nil {
		t.Fatal(err)
	}
	const said = "打印字库没有“龘”（U&#43;9F98）"
	if _, html := c.get("/review/app-3"); !strings.Contains(html, said) || !strings.Contains(html, "手写这个字") {
		t.Error("her review says nothing of it")
	}
	if _, html := c.get("/review/app-1"); strings.Contains(html, "打印字库没有") {
		t.Error("said of a name that every font has")
	}

	papers, _ := rigPapers(t)
	chen := papers.signedIn("chen")
	one := passport("do", "take")
	for i, f := range one {
		if f == "Élodie Marchand" {
			one[i] = "欧阳龘"
		}
	}
	chen.send("/papers", "/papers", nil, one...)
	if _, html := chen.get("/papers"); !strings.Contains(html, said) {
		t.Error("nothing is said where her papers are typed")
	}

	again, c := newReprintRig(t)
	again.signs("1001", "欧阳龘", "430104199901012326")
	again.signs("1002", "欧阳明", "430104199802022326")
	if _, html := c.get("/reprint/1"); !strings.Contains(html, said) {
		t.Error("nothing is said where her sheet is printed again")
	}
	if _, html := c.get("/reprint/2"); strings.Contains(html, "打印字库没有") {
		t.Error("said of a sheet that every font can print")
	}
}
