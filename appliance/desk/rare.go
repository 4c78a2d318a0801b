package desk

import (
	"fmt"
	"slices"
	"strings"
)

// shownRare is how many characters that no font has are named.
const shownRare = 4

// Rare says which characters of texts about somebody every paper of this box shows as
// boxes, because no font here has them (issue 9: reported before confirmation; the
// kiosk and the portal say the same); "" if there are none. Nobody has to answer it.
func (p *page) Rare(texts ...string) (string, error) {
	var chars []string
	for _, r := range p.d.fonts.Missing(strings.Join(texts, " ")) {
		one, err := p.T("rare-char", string(r), fmt.Sprintf("U+%04X", r))
		if err != nil {
			return "", err
		}
		if !slices.Contains(chars, one) {
			chars = append(chars, one)
		}
	}
	if len(chars) == 0 {
		return "", nil
	}
	sep := "、"
	if p.English() {
		sep = ", "
	}
	if n := len(chars); n > shownRare {
		more, err := p.T("rare-more", n)
		if err != nil {
			return "", err
		}
		chars = append(chars[:shownRare], more)
	}
	return p.T("rare", strings.Join(chars, sep))
}

// DraftRare says it of all that was entered from a paper form.
func (p *page) DraftRare() (string, error) {
	lines, err := p.DraftLines()
	if err != nil {
		return "", err
	}
	var texts []string
	for _, l := range lines {
		texts = append(texts, l.Value)
	}
	return p.Rare(texts...)
}

// SheetRare says it of a sheet that is to be printed again.
func (p *page) SheetRare() (string, error) { return p.Rare(p.Again.texts...) }

// rareWords are the words about such characters.
func rareWords() map[string]word {
	return map[string]word{
		"rare-h":    {"有字打不出来", "Characters that cannot be printed"},
		"rare":      {"打印字库没有%s，纸上印成方框加编码。记录是对的，照常办；打出来以后，请在方框旁边手写这个字。", "No font here has %s: paper shows a box with its code. The record is right, so go on; write the character beside the box once it is printed."},
		"rare-char": {"“%s”（%s）", "“%s” (%s)"},
		"rare-more": {"等 %d 个字", "%d in all"},
	}
}
