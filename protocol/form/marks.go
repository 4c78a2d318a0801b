package form

// maxMarked bounds the work of marks, which is the product of both lengths; a
// chip address has 35 characters, a form's 80.
const maxMarked = 200

// Marks finds which characters of two texts differ, in runes of each, so that a
// page can mark those and not the whole line. It is the rule of Compare for any
// two texts.
func Marks(a, b string) (inA, inB []Range) { return marks(a, b) }

// marks finds the characters of a and b outside their longest common
// subsequence. Longer texts than maxMarked are marked from the first to the
// last difference.
func marks(a, b string) (inA, inB []Range) {
	x, y := []rune(a), []rune(b)
	if len(x) > maxMarked || len(y) > maxMarked {
		return trimmed(x, y)
	}
	// common[i][j] is the length of the longest common subsequence of x[i:], y[j:].
	common := make([][]int16, len(x)+1)
	for i := range common {
		common[i] = make([]int16, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			inA = extend(inA, i)
			i++
		default:
			inB = extend(inB, j)
			j++
		}
	}
	return inA, inB
}

func extend(r []Range, at int) []Range {
	if n := len(r); n > 0 && r[n-1].To == at {
		r[n-1].To++
		return r
	}
	return append(r, Range{at, at + 1})
}

func trimmed(x, y []rune) (inA, inB []Range) {
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	if to := len(x) - tail; head < to {
		inA = []Range{{head, to}}
	}
	if to := len(y) - tail; head < to {
		inB = []Range{{head, to}}
	}
	return inA, inB
}
