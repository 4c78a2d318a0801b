package arrangement

import (
	"crypto/sha256"
	"errors"
	"math/bits"
	"slices"
)

// Hash is a node of a tree as in RFC 6962: leaves are SHA-256 of 0 and their text,
// nodes of 1 and both sides.
type Hash = [sha256.Size]byte

func leaf(text []byte) Hash {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(text)
	return Hash(h.Sum(nil))
}

func node(a, b Hash) Hash {
	var text [1 + 2*sha256.Size]byte
	text[0] = 1
	copy(text[1:], a[:])
	copy(text[1+sha256.Size:], b[:])
	return sha256.Sum256(text[:])
}

// root of a tree; that of nothing is SHA-256 of nothing.
func root(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(len(leaves))
	return node(root(leaves[:k]), root(leaves[k:]))
}

// split is the largest power of two below n.
func split(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// path leads from leaf i to the root: the other side at each step, from below.
func path(leaves []Hash, i int) []Hash {
	if len(leaves) <= 1 {
		return nil
	}
	k := split(len(leaves))
	if i < k {
		return append(path(leaves[:k], i), root(leaves[k:]))
	}
	return append(path(leaves[k:], i-k), root(leaves[:k]))
}

// climb gives the root that a path leads to from leaf i of n. False if the path is not
// as long as that tree is high there.
func climb(l Hash, i, n int, path []Hash) (Hash, bool) {
	if n <= 1 {
		return l, len(path) == 0 && i == 0 && n == 1
	}
	if len(path) == 0 {
		return Hash{}, false
	}
	k, top := split(n), path[len(path)-1]
	if i < k {
		h, ok := climb(l, i, k, path[:len(path)-1])
		return node(h, top), ok
	}
	h, ok := climb(l, i-k, n-k, path[:len(path)-1])
	return node(top, h), ok
}

// Proof shows that a seat is in a published arrangement. The first part stands in the
// code on the ticket, the second in the public bundle.
type Proof struct {
	Index, Of int    // of the seat in its room
	Path      []Hash // to the root of the room
	Room      int    // of the room in the province
	Rooms     int
	Up        []Hash // to the root of the province
}

// ErrProof says that a seat is not in the arrangement that the root stands for.
var ErrProof = errors.New("arrangement: this seat is not in the published arrangement")

// Check holds a seat against the root on the protocol sheet. ErrProof.
func (p Proof) Check(s Seat, province Hash) error {
	room, ok := climb(leaf(s.line(nil)), p.Index, p.Of, p.Path)
	if !ok {
		return ErrProof
	}
	top, ok := climb(leaf(roomLeaf(s.Area, s.Room, room)), p.Room, p.Rooms, p.Up)
	if !ok || top != province {
		return ErrProof
	}
	return nil
}

// Tree is the proof of a whole arrangement.
type Tree struct {
	seats []Hash
	first []int // of each room, in seats; and the end
	rooms []Hash
	at    map[roomKey]int
	Root  Hash
}

type roomKey struct {
	area string
	room int
}

// Tree makes the proof of a result.
func (r *Result) Tree() *Tree {
	t := &Tree{seats: make([]Hash, len(r.Seats)), at: make(map[roomKey]int, len(r.Rooms))}
	line := make([]byte, 0, 128)
	for i := range r.Seats {
		line = r.Seats[i].line(append(line[:0], 0))
		t.seats[i] = sha256.Sum256(line)
	}
	if r.gaps() {
		t.seats = r.emptied(t.seats)
	}
	begin := 0
	for i := range r.Rooms {
		room := &r.Rooms[i]
		t.first = append(t.first, begin)
		t.at[roomKey{room.Area, room.Number}] = i
		t.rooms = append(t.rooms, leaf(roomLeaf(room.Area, room.Number, root(t.seats[begin:begin+room.last()]))))
		begin += room.last()
	}
	t.first = append(t.first, begin)
	t.Root = root(t.rooms)
	return t
}

// gaps reports whether a seat of a room is empty that was given once.
func (r *Result) gaps() bool {
	return slices.ContainsFunc(r.Rooms, func(x Room) bool { return x.last() > x.Seats })
}

// emptied puts the leaves of empty seats between those of seats, so that leaf n−1 of a
// room is of its seat n, as in a room that was drawn.
func (r *Result) emptied(seats []Hash) (out []Hash) {
	at := 0
	for i := range r.Rooms {
		for n := 1; n <= r.Rooms[i].last(); n++ {
			if s := at; s < len(r.Seats) && r.Seats[s].Area == r.Rooms[i].Area && r.Seats[s].Room == r.Rooms[i].Number && r.Seats[s].Seat == n {
				out, at = append(out, seats[s]), at+1
				continue
			}
			out = append(out, leaf(emptyLeaf(r.Rooms[i].Area, r.Rooms[i].Number, n)))
		}
	}
	return out
}

// Proof gives the proof of a seat.
func (t *Tree) Proof(s Seat) (Proof, bool) {
	room, ok := t.at[roomKey{s.Area, s.Room}]
	if !ok {
		return Proof{}, false
	}
	in := t.seats[t.first[room]:t.first[room+1]]
	i := s.Seat - 1
	if i < 0 || i >= len(in) || in[i] != leaf(s.line(nil)) {
		return Proof{}, false
	}
	return Proof{Index: i, Of: len(in), Path: path(in, i), Room: room, Rooms: len(t.rooms), Up: path(t.rooms, room)}, true
}

// Ups gives the path of every room to the root, in the order of the result: what Proof
// gives as Up, all at once.
func (t *Tree) Ups() [][]Hash {
	out := make([][]Hash, len(t.rooms))
	paths(t.rooms, out)
	return out
}

// paths adds to out what path gives for each leaf, and returns the root.
func paths(leaves []Hash, out [][]Hash) Hash {
	if len(leaves) <= 1 {
		return root(leaves)
	}
	k := split(len(leaves))
	left, right := paths(leaves[:k], out[:k]), paths(leaves[k:], out[k:])
	for i := range out {
		if i < k {
			out[i] = append(out[i], right)
		} else {
			out[i] = append(out[i], left)
		}
	}
	return node(left, right)
}
