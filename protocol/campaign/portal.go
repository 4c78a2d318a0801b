package campaign

import (
	"net"
	"net/url"
	"strings"
)

// Portal says how candidates come in at the hub's portal, and how what they are
// given on paper ends. A campaign without it has the entrance of accounts.
type Portal struct {
	// Entrance is EntranceAccount, also if empty: she makes an account herself;
	// or EntranceCard: she is given a sign-in card (网报登录卡) with a sequence
	// number and a password that she replaces by her own.
	Entrance string `cbor:"entrance,omitempty" json:"entrance,omitempty"`

	// SecondPassword: what she saves is asked a second password for, so that who
	// has learnt the first changes nothing of hers.
	SecondPassword bool `cbor:"second_password,omitempty" json:"second_password,omitempty"`

	// Address is where candidates find the portal, as "https://host": codes for a
	// telephone's camera begin with it. "" while none is set: then a code holds the
	// bare slip, which somebody types or scans at the portal.
	Address string `cbor:"address,omitempty" json:"address,omitempty"`

	// CardDays is for how many days the password of a card opens anything, and
	// SlipDays that of a one-time slip made at a point; 0 is DefaultSlipDays.
	CardDays int `cbor:"card_days,omitempty" json:"card_days,omitempty"`
	SlipDays int `cbor:"slip_days,omitempty" json:"slip_days,omitempty"`
}

// Entrances.
const (
	EntranceAccount = "account"
	EntranceCard    = "card"
)

// DefaultSlipDays is how long a slip opens anything where the campaign does not
// say.
const DefaultSlipDays = 3

// Longest lives of what stands on paper, in days.
const (
	maxCardDays = 92
	maxSlipDays = 15
)

// ByCard reports whether candidates come in with a sign-in card.
func (p Portal) ByCard() bool { return p.Entrance == EntranceCard }

// SlipLife is for how many days a one-time slip opens anything.
func (p Portal) SlipLife() int {
	if p.SlipDays == 0 {
		return DefaultSlipDays
	}
	return p.SlipDays
}

func (v *validator) portal() {
	p := v.c.Portal
	switch p.Entrance {
	case "", EntranceAccount:
		if p.CardDays != 0 {
			v.add("portal.card_days", ProblemValue, "考生自行注册的不发网报登录卡，请删去登录卡密码的有效天数。", "where candidates make accounts there are no sign-in cards: leave the life of a card's password out")
		}
	case EntranceCard:
		if p.CardDays < 1 || p.CardDays > maxCardDays {
			v.add("portal.card_days", ProblemValue, "网报登录卡密码的有效天数请填1至92。", "make the life of a card's password 1 to 92 days")
		}
	default:
		v.add("portal.entrance", ProblemValue, "考生入口只能是 account（自行注册）或 card（网报登录卡），请改正。", "the entrance is account or card: mend it")
	}
	if p.Address != "" && !addressed(p.Address) {
		v.add("portal.address", ProblemValue, "报名网站的网址要像 https://bm.example.cn 这样，不带后面的路径，最长64个字符。", "write the portal's address like https://bm.example.cn, without a path, at most 64 characters")
	}
	if p.SlipDays < 0 || p.SlipDays > maxSlipDays {
		v.add("portal.slip_days", ProblemValue, "一次性密码凭条的有效天数请填1至15。", "make the life of a slip's password 1 to 15 days")
	}
}

// maxAddress is the longest address of a portal: with it a code on paper holds the
// longest slip.
const maxAddress = 64

// addressed reports whether a portal may stand at an address: over TLS, or on the
// machine itself, as in a demonstration.
func addressed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress || u.Host == "" || u.User != nil || u.Hostname() == "" || u.Scheme+"://"+u.Host != address ||
		strings.ToLower(address) != address || strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback()
}
