package sheet

// rung is one try to make a text fit: a size, and how many lines it may take.
type rung struct {
	size  Pt
	lines int
	lead  MM   // from line to line; 0 for one line
	dot   bool // only if the first line ends with a middle dot
}

// ladder is the order of tries. The last rung always ends it: what does not
// fit there either is cut with … and told.
type ladder struct {
	rungs []rung
	name  bool // a name breaks after its middle dot
}

// sizes is a ladder of single lines.
func sizes(all ...Pt) ladder {
	var l ladder
	for _, s := range all {
		l.rungs = append(l.rungs, rung{size: s, lines: 1})
	}
	return l
}

// then adds a rung of several lines.
func (l ladder) then(size Pt, lines int, lead MM) ladder {
	l.rungs = append(l.rungs[:len(l.rungs):len(l.rungs)], rung{size: size, lines: lines, lead: lead})
	return l
}

// asName makes wrapping break after a middle dot.
func (l ladder) asName() ladder {
	l.name = true
	return l
}

// fitted is how a text will stand.
type fitted struct {
	rung
	set [][]letter
	cut bool
}

// fit runs down the ladder.
func (f *Fonts) fit(s string, v voice, w MM, l ladder) fitted {
	all := f.letters(s, v)
	for _, r := range l.rungs {
		if width(all, r.size, v) <= w+slack/2 {
			return fitted{rung: r, set: [][]letter{all}}
		}
		if r.lines < 2 {
			continue
		}
		if l.name {
			two := wrapName(all, r.size, v, w, r.lines)
			if width(two[0], r.size, v) <= w && width(two[1], r.size, v) <= w && (!r.dot || two[0][len(two[0])-1].r == '·') {
				return fitted{rung: r, set: two}
			}
		}
		if r.dot {
			continue
		}
		for _, gentle := range []bool{true, false} {
			if set := wrap(all, r.size, v, w, gentle); len(set) <= r.lines && allFit(set, r.size, v, w) {
				return fitted{rung: r, set: set}
			}
		}
	}
	return f.cutTo(all, v, w, l.rungs[len(l.rungs)-1])
}

func allFit(set [][]letter, size Pt, v voice, w MM) bool {
	for _, line := range set {
		if width(line, size, v) > w+slack/2 {
			return false
		}
	}
	return true
}

// cutTo fills the lines of the last rung and ends the last line with ….
func (f *Fonts) cutTo(all []letter, v voice, w MM, r rung) fitted {
	dots := f.letters("…", v)
	out := fitted{rung: r, cut: true}
	for range r.lines - 1 {
		n := fitting(all, r.size, v, w)
		out.set = append(out.set, all[:n])
		all = all[n:]
	}
	n := fitting(all, r.size, v, w-width(dots, r.size, v))
	last := append(append([]letter{}, all[:n]...), dots...)
	if width(last, r.size, v) > w {
		last = nil // not even the dots: the place is for one letter or less
	}
	out.set = append(out.set, last)
	return out
}
