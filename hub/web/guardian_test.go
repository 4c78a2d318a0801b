package web_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
)

// TestGuardianOnThePage: who consented for a child stands on the page of her
// confirmation, the telephone masked, with the sheet, and in no list and no log;
// without a guardian the page says why it waits, and another sheet than the one that
// the consent is bound to is not shown.
func TestGuardianOnThePage(t *testing.T) {
	w := newWorld(t)
	sheet := drawn(t, 60, 84)
	who := func(sheet []byte) *confirmation.Guardian {
		return &confirmation.Guardian{Name: "周样样", Relation: "grandparent", Phone: "13912345607", Text: strings.Repeat("ab", 32), Sheet: protocol.HashOf(sheet).String()}
	}
	with := w.confirmWith(0, visit{guardian: who(sheet), sheet: sheet})
	other := w.confirmWith(1, visit{guardian: who([]byte("another")), sheet: sheet})
	alone := w.confirmWith(2, visit{}, func(s *flow.Step) {
		s.State, s.StateReason = confirmation.Disputed, confirmation.NoteGuardianNone
		s.Checks = append(s.Checks, confirmation.Check{By: confirmation.ByHub, Name: confirmation.CheckGuardian, Result: confirmation.Warn, Note: confirmation.NoteGuardianNone})
	})
	b := w.as("po")
	picture := base64.StdEncoding.EncodeToString(sheet)
	shown := func(page string) bool { return strings.Contains(strings.ReplaceAll(page, "&#43;", "+"), picture) }
	res, page := b.get("/gl/confirmations/" + with)
	if text := textOf(page); !strings.Contains(text, "周样样") || !strings.Contains(text, "祖父母、外祖父母") || strings.Contains(page, "13912345607") || !shown(page) {
		t.Errorf("the page with a guardian says %s", text)
	}
	if !strings.Contains(res.Header.Get("Content-Security-Policy"), "img-src 'self' data:;") {
		t.Error("the page does not let its own picture be shown")
	}
	if _, page := b.get("/gl/confirmations/" + other); shown(page) || !strings.Contains(textOf(page), "周样样") {
		t.Error("a sheet is shown that the consent is not bound to, or the guardian is not")
	}
	if _, page := b.get("/gl/confirmations/" + alone); !strings.Contains(textOf(page), "没有监护人同意，请裁定") || strings.Contains(page, "监护人签的同意书") {
		t.Errorf("the page without a guardian says %s", textOf(page))
	}
	if _, page := b.get("/gl/confirmations"); strings.Contains(page, "周样样") {
		t.Error("a list names the guardian")
	}
	if strings.Contains(w.log.String(), "周样样") || strings.Contains(w.log.String(), "13912345607") {
		t.Error("the guardian stands in the log")
	}
}
