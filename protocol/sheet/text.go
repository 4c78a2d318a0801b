package sheet

import (
	"unicode"
	"unicode/utf8"
)

// letter is one character with the shape it got and the font that gave it.
type letter struct {
	source string // name of the font
	r      rune
	g      *glyph
}

// voice is how a text looks, its size aside.
type voice struct {
	fam   family
	bold  bool
	grey  uint8
	track float64 // space after each letter, in parts of the size
}

var (
	plain      = voice{}
	strong     = voice{bold: true}
	wording    = voice{fam: serif}
	heading    = voice{fam: serif, bold: true}
	titleVoice = voice{fam: serif, bold: true, track: .04}
	white      = voice{bold: true, grey: 255, track: .06}
	ghost      = voice{bold: true, grey: 0xE4} // watermark
)

// letters looks every character of a text up. Any white space but the
// ideographic is one blank; bytes that are no UTF-8 become U+FFFD, boxed.
func (f *Fonts) letters(s string, v voice) []letter {
	out := make([]letter, 0, utf8.RuneCountInString(s))
	for _, r := range s {
		if unicode.IsSpace(r) && r != '\u3000' {
			r = ' '
		}
		out = append(out, f.find(v.fam, v.bold, r))
	}
	return out
}

// width of letters on one line.
func width(line []letter, size Pt, v voice) MM {
	var units int
	for _, l := range line {
		units += l.g.advance
	}
	return size.MM() * MM(float64(units)/em+v.track*float64(len(line)))
}

// fitting counts how many letters from the start go into w.
func fitting(line []letter, size Pt, v voice, w MM) int {
	var units int
	for i, l := range line {
		units += l.g.advance
		if size.MM()*MM(float64(units)/em+v.track*float64(i+1)) > w+slack/2 {
			return i
		}
	}
	return len(line)
}

// baseline of a line of type whose line box has its middle at y. Both Noto
// families stand so in browsers, where the mock-ups were measured.
func baseline(y MM, size Pt) MM { return y + size.MM()*.436 }

// breakable tells whether a line may end between two letters.
func breakable(before, after rune) bool {
	switch {
	case noStart(after), noEnd(before):
		return false
	case before == ' ' || before == '-':
		return true
	}
	return !(wordRune(before) && wordRune(after))
}

func wordRune(r rune) bool {
	return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) || r == '.' || r == '\''
}

func noStart(r rune) bool {
	switch r {
	case '，', '。', '、', '；', '：', '？', '！', '）', '》', '〉', '」', '』', '】', '”', '’', '…', '·', ',', '.', ';', ':', '?', '!', ')', ']', '}', '%':
		return true
	}
	return unicode.IsMark(r)
}

func noEnd(r rune) bool {
	switch r {
	case '（', '《', '〈', '「', '『', '【', '“', '‘', '(', '[', '{':
		return true
	}
	return false
}

// wrap fills lines greedily and ends them where a reader expects it; anywhere
// if gentle is false or a line has no such place.
func wrap(all []letter, size Pt, v voice, w MM, gentle bool) [][]letter {
	var out [][]letter
	for len(all) > 0 {
		n := fitting(all, size, v, w)
		if n == 0 {
			n = 1 // narrower than one letter: the caller cuts it
		}
		if n < len(all) && gentle {
			for k := n; k > n/2 && k > 0; k-- {
				if breakable(all[k-1].r, all[k].r) {
					n = k
					break
				}
			}
		}
		out = append(out, all[:n])
		all = all[n:]
	}
	return out
}

// wrapName ends the first line of a name after the middle dot nearest its
// middle, else at half.
func wrapName(all []letter, size Pt, v voice, w MM, lines int) [][]letter {
	if lines < 2 {
		return [][]letter{all}
	}
	half, at := len(all)/2, 0
	for i, l := range all {
		if l.r == '·' && i+1 < len(all) && (at == 0 || abs(i+1-half) < abs(at-half)) &&
			width(all[:i+1], size, v) <= w && width(all[i+1:], size, v) <= w*MM(lines-1) {
			at = i + 1
		}
	}
	if at == 0 {
		at = half
	}
	return [][]letter{all[:at], all[at:]}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
