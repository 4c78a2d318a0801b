package form

// codeSet is the codes of a table that may be chosen. Almost all of them are
// one or two digits, and are found without hashing.
type codeSet struct {
	one [10]bool
	two [100]bool
	all map[string]bool
}

func (s *codeSet) put(code string) {
	if s.all == nil {
		s.all = map[string]bool{}
	}
	s.all[code] = true
	switch {
	case !digits(code):
	case len(code) == 1:
		s.one[code[0]-'0'] = true
	case len(code) == 2:
		s.two[(code[0]-'0')*10+code[1]-'0'] = true
	}
}

func (s *codeSet) has(code string) bool {
	switch len(code) {
	case 1:
		if d := code[0] - '0'; d < 10 {
			return s.one[d]
		}
	case 2:
		if a, b := code[0]-'0', code[1]-'0'; a < 10 && b < 10 {
			return s.two[a*10+b]
		}
	}
	return s.all[code]
}
