package arrangement

import (
	"cmp"
	"math/bits"
	"slices"
)

// piece is a part of a tail in a mixed room.
type piece struct{ tail, count int }

// exactly is how many tails are packed exactly; more than in any area of Hunan's
// campaigns with one language.
const exactly = 12

// pack shares rooms of a size among tails, each smaller than a room: in as few rooms
// as can be, and then with as few tails cut over two rooms as can be. Pieces stand in
// the order of the tails. With more than twelve tails those of two and three that fill
// a room are taken first, and the number of cuts may not be the least.
func pack(tails []int, size int) (rooms [][]piece) {
	left := make([]int, 0, len(tails)) // indexes
	for i, n := range tails {
		if n > 0 {
			left = append(left, i)
		}
	}
	if len(left) > exactly {
		rooms, left = full(tails, left, size)
	}
	if len(left) > exactly {
		return append(rooms, fill(tails, left, size)...)
	}
	for _, set := range parts(tails, left, size) {
		rooms = append(rooms, fill(tails, set, size)...)
	}
	return rooms
}

// full takes out pairs and triples that fill a room.
func full(tails, left []int, size int) (rooms [][]piece, rest []int) {
	used := map[int]bool{}
	take := func(is ...int) {
		slices.Sort(is)
		rooms = append(rooms, fill(tails, is, size)...)
		for _, i := range is {
			used[i] = true
		}
	}
	for a, i := range left {
		for _, j := range left[a+1:] {
			if !used[i] && !used[j] && tails[i]+tails[j] == size {
				take(i, j)
			}
		}
	}
	for a, i := range left {
		for b, j := range left[a+1:] {
			for _, k := range left[a+b+2:] {
				if !used[i] && !used[j] && !used[k] && tails[i]+tails[j]+tails[k] == size {
					take(i, j, k)
				}
			}
		}
	}
	for _, i := range left {
		if !used[i] {
			rest = append(rest, i)
		}
	}
	return rooms, rest
}

// fill lays tails one behind the other into rooms and cuts where one is full.
func fill(tails, set []int, size int) (rooms [][]piece) {
	space := 0
	for _, i := range set {
		for n := tails[i]; n > 0; {
			if space == 0 {
				rooms, space = append(rooms, nil), size
			}
			c := min(n, space)
			rooms[len(rooms)-1] = append(rooms[len(rooms)-1], piece{i, c})
			n, space = n-c, space-c
		}
	}
	return rooms
}

// parts divides tails into as many sets as can be without a room more than all of them
// together need. A set that fills r rooms is cut r−1 times, so the most sets have the
// fewest cuts.
func parts(tails, left []int, size int) [][]int {
	if len(left) == 0 {
		return nil
	}
	n, sum := len(left), 0
	for _, i := range left {
		sum += tails[i]
	}
	slack := (size - sum%size) % size
	// best[m][j] is the least space left empty when the tails of m are divided into j
	// closed sets and an open one.
	type state struct {
		waste int // -1: cannot be
		last  int // tail that was added
		shut  bool
	}
	best := make([][]state, 1<<n)
	sums := make([]int, 1<<n)
	for m := range best {
		best[m] = make([]state, n+1)
		for j := range best[m] {
			best[m][j].waste = -1
		}
		if m > 0 {
			low := bits.TrailingZeros(uint(m))
			sums[m] = sums[m&(m-1)] + tails[left[low]]
		}
	}
	best[0][0].waste = 0
	for m := 1; m < 1<<n; m++ {
		for i := range n {
			if m>>i&1 == 0 {
				continue
			}
			before := m &^ (1 << i)
			for j := range n {
				w := best[before][j].waste
				if w < 0 {
					continue
				}
				if s := &best[m][j]; s.waste < 0 || w < s.waste {
					*s = state{w, i, false}
				}
				shut := w + (size-(sums[m]+w)%size)%size
				if s := &best[m][j+1]; shut <= slack && (s.waste < 0 || shut < s.waste) {
					*s = state{shut, i, true}
				}
			}
		}
	}
	m, j := 1<<n-1, n
	for best[m][j].waste < 0 {
		j--
	}
	var sets [][]int
	for m > 0 {
		s := best[m][j]
		if s.shut || len(sets) == 0 {
			sets = append(sets, nil)
		}
		sets[len(sets)-1] = append(sets[len(sets)-1], left[s.last])
		m &^= 1 << s.last
		if s.shut {
			j--
		}
	}
	for _, s := range sets {
		slices.Sort(s)
	}
	slices.SortFunc(sets, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	return sets
}
