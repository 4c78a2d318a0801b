package teller

import "time"

// How a channel is asked where no notice comes (domain §4.2, §4.5 掉单): after 15 s,
// another 15 s, 30 s, 3 minutes, and then with everything that lives every 5 minutes.
// WeChat's own schedule of notices goes on with 10, 20 and 30 minutes; ours does not
// grow beyond the 5 of the job, for no attempt lives longer than mostHolds.
const (
	firstAsk = 15 * time.Second
	jobEvery = 5 * time.Minute
)

var asks = []time.Duration{15 * time.Second, 30 * time.Second, 3 * time.Minute}

// nextAsk is the pause after so many questions about an attempt.
func nextAsk(tries int) time.Duration {
	if tries >= 1 && tries <= len(asks) {
		return asks[tries-1]
	}
	return jobEvery
}

// How long a way to pay holds, and the least that makes one worth showing. A code of
// WeChat lives two hours.
const (
	defaultHolds = 30 * time.Minute
	mostHolds    = 110 * time.Minute
	leastHolds   = time.Minute
)

func (t Terms) holds() time.Duration {
	if t.Holds <= 0 {
		return defaultHolds
	}
	return min(max(t.Holds, leastHolds), mostHolds)
}

// settled is how long after its end at the channel an attempt that the channel cannot
// close, or does not know, is taken for ended: who had begun to pay by then is through.
const settled = 5 * time.Minute

// undecided is the same where the channel cannot close it and says all the while that it
// is under way: by then the day's statement has the last word.
const undecided = 24 * time.Hour

// How a refund is followed: the channels answer at once, within minutes, or, to a bank
// card, within some working days. After aside it is set aside and shown; whoever looks
// has it asked again.
var refundAsks = []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 3 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute, time.Hour}

const (
	refundEvery = 3 * time.Hour
	aside       = 10 * 24 * time.Hour
)

func nextRefundAsk(tries int) time.Duration {
	if tries >= 1 && tries <= len(refundAsks) {
		return refundAsks[tries-1]
	}
	return refundEvery
}

// refusals is how many refusals in a row fail a refund that the channel does not know
// either: they are only as good as TLS (see package channel). One that may be made
// later is asked for until it is set aside.
const refusals = 3

// later are refusals that say: not now.
var later = map[string]bool{
	"NOT_ENOUGH": true, "NOTENOUGH": true, "FREQUENCY_LIMITED": true, "RATELIMIT_EXCEEDED": true, "BIZERR_NEED_RETRY": true,
	"ACQ.SELLER_BALANCE_NOT_ENOUGH": true, "ACQ.REFUND_CHARGE_ERROR": true, "isv.app-call-limited": true,
}
