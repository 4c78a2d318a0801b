package payment

// Fund is where money stands in the ledger. (A book-keeper says account; here an
// account is who signs in.)
type Fund string

// The funds beside those of the channels. Debits are positive: what a channel
// owes us stands there as a positive sum, what we owe as a negative one.
const (
	Fees      Fund = "fees"      // paid for orders: the treasury's
	Suspense  Fund = "suspense"  // 暂收待查: whose it is, or what becomes of it, is not decided
	Returning Fund = "returning" // to be given back: asked for, and not made yet
)

// FundOf is what a channel holds for us.
func FundOf(channel string) Fund { return Fund("channel:" + channel) }

// Posting is one side of an entry: fen to a fund, debits positive.
type Posting struct {
	Fund Fund
	Fen  int64
}

// sides are the debit and the credit among an entry's two postings; none are zero.
func sides(two []Posting) (debit, credit Posting) {
	for _, p := range two {
		if p.Fen > 0 {
			debit = p
		} else {
			credit = p
		}
	}
	return debit, credit
}

// Postings of a movement by its standing. They add up to nothing.
func (m Movement) postings(s Standing) []Posting {
	channel := FundOf(m.Channel)
	switch {
	case s == Pays:
		return []Posting{{channel, m.Fen}, {Fees, -m.Fen}}
	case s == Returns:
		return []Posting{{Returning, m.Fen}, {channel, -m.Fen}}
	case m.Kind == Refund: // unasked: what we are owed for is not known
		return []Posting{{Suspense, m.Fen}, {channel, -m.Fen}}
	}
	return []Posting{{channel, m.Fen}, {Suspense, -m.Fen}}
}

// Step is what people decide about a movement after it was booked.
type Step string

// The steps. Each takes two persons where the campaign's table says so; that is
// asked by whoever calls.
const (
	Credit   Step = "credit"    // what lies in suspense pays its order after all
	GiveBack Step = "give-back" // a refund is asked for, of the whole amount
	Fail     Step = "fail"      // the channel could not make that refund: it lies where it lay
	Revert   Step = "revert"    // the channel never had it (短款): it pays nothing any more
	TakesIn  Step = "take-in"   // a refund that nobody here asked for is taken into the books; see TakeIn
)

// lies is where the money of a payment is after its entries.
type lies string

const (
	inFees      lies = "fees"
	inSuspense  lies = "suspense"
	inReturning lies = "returning"
	returned    lies = "returned" // the refund was made
	reverted    lies = "reverted"
	gone        lies = "gone" // of a refund: it was asked for, and made, or taken in
)

// place follows the entries of a payment, the first of which is its standing.
type place struct {
	now    lies
	before lies // a refund was asked for
}

func (p *place) follow(entry string) {
	switch entry {
	case string(Pays), string(Credit):
		p.now = inFees
	case string(GiveBack):
		p.now, p.before = inReturning, p.now
	case string(Fail):
		p.now = p.before
	case string(Revert):
		p.now = reverted
	case string(returned):
		p.now = returned
	case string(TakesIn), string(Returns):
		p.now = gone
	default:
		p.now = inSuspense
	}
}

// postings of a step on so much money of a channel; false for one that cannot be
// taken from there.
func (p place) postings(s Step, channel string, fen int64) ([]Posting, bool) {
	funds := map[lies]Fund{inFees: Fees, inSuspense: Suspense, inReturning: Returning}
	to := Fund("")
	switch {
	case s == Credit && p.now == inSuspense:
		to = Fees
	case s == GiveBack && (p.now == inSuspense || p.now == inFees):
		to = Returning
	case s == Fail && p.now == inReturning:
		to = funds[p.before]
	case s == Revert && (p.now == inFees || p.now == inSuspense):
		to = FundOf(channel)
	default:
		return nil, false
	}
	return []Posting{{funds[p.now], fen}, {to, -fen}}, true
}
