package identity

// Change names one thing that normalising did to a typed text, so that the
// person can be shown it and the typed original kept beside it.
type Change string

// The changes, in the order in which they are reported.
const (
	ChangeBlank       Change = "blank"        // a blank was removed; of a number, at its ends
	ChangeInside      Change = "blank-inside" // a blank was removed inside a number: show the result and ask
	ChangeInvisible   Change = "invisible"    // a zero-width character or variation selector was removed
	ChangeWidth       Change = "width"        // a full-width form became the plain one
	ChangeCase        Change = "case"         // a letter became upper case
	ChangePunctuation Change = "punctuation"  // a typographic apostrophe or hyphen became the plain one
	ChangeNFC         Change = "nfc"          // composed or compatibility form became the normal one
	ChangeRadical     Change = "radical"      // a Kangxi radical, as copied out of PDF files, became the character
	ChangePUA         Change = "pua"          // a private-use code became its standard character
	ChangePUAUnmapped Change = "pua-unmapped" // a private-use code without a known standard was left as it is
	ChangeDot         Change = "dot"          // a look-alike became the middle dot U+00B7
)

func allChanges() []Change {
	return []Change{ChangeBlank, ChangeInside, ChangeInvisible, ChangeWidth, ChangeCase, ChangePunctuation, ChangeNFC, ChangeRadical, ChangePUA, ChangePUAUnmapped, ChangeDot}
}

type changeSet map[Change]bool

func (s changeSet) add(c Change) { s[c] = true }

// list gives the changes in their fixed order, nil when there are none.
func (s changeSet) list() []Change {
	var out []Change
	for _, c := range allChanges() {
		if s[c] {
			out = append(out, c)
		}
	}
	return out
}

// invisible tells characters that are pasted along unseen and carry no meaning
// in a name or number: zero-width marks, the byte order mark, variation
// selectors. Direction overrides are not among them: they are refused, since
// they change what a reader sees.
func invisible(r rune) bool {
	switch {
	case r >= 0x200B && r <= 0x200D, r == 0x2060, r == 0xFEFF, r == 0x00AD:
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		return true
	}
	return false
}
