package kiosk

import (
	"maps"
	"slices"
	"strings"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/form"
)

// Spoken gives the sentence of a visit.Speak, and false for a key that has
// none: then nothing is to be said. It is made of words of the catalogue that
// have no place to fill in, so nothing of a person can be in it.
func Spoken(key string, english bool) (string, bool) {
	keys, ok := speech()[key]
	if !ok {
		return "", false
	}
	words, end := maps.Clone(catalogue()), "。" // the catalogue itself is everybody's
	maps.Copy(words, speechWords())
	if english {
		end = ". "
	}
	var out strings.Builder
	for _, k := range keys {
		text, err := say(words, english, k)
		if err != nil {
			return "", false // our own mistake; a test finds it
		}
		text = cardNamed(text, form.ChipPapers) // what is recorded is for every card
		out.WriteString(text)
		if !strings.ContainsAny(text[max(0, len(text)-3):], "。？！.?!") {
			out.WriteString(end)
		} else if english {
			out.WriteString(" ")
		}
	}
	return strings.TrimSpace(out.String()), true
}

// SpokenKeys lists every key, sorted, so that recordings can be prepared. Each
// is of a-z, 0-9 and hyphens.
func SpokenKeys() []string { return slices.Sorted(maps.Keys(speech())) }

// speechWords are spoken and never written.
func speechWords() map[string]word {
	return map[string]word{
		"say-screen":  {"请看屏幕上的说明", "Please see the screen"},
		"say-card":    {"请看屏幕上的内容，是不是您。是，请按右下角的按钮", "Look at the screen. If it is you, press the button at the lower right"},
		"say-read":    {"请看这一页。都对，请按右下角的按钮；有错，请按有错要改", "Read this page. If all is right, press the button at the lower right; if not, press Not right"},
		"say-settle":  {"这一处和证件不一样。用证件上的，请按右下角的按钮", "This differs from the card. To use what the card says, press the button at the lower right"},
		"say-clerk":   {"这一处和证件不一样，要工作人员核对。接着办，请按右下角的按钮", "This differs from the card and is for the staff. To go on, press the button at the lower right"},
		"say-notice":  {"要照一张相。请看屏幕上的说明。同意，请按右下角的按钮", "A photo is needed. Please read the screen. If you agree, press the button at the lower right"},
		"say-taken":   {"这张照片行吗？用这张，请按右下角的按钮", "Is this photo all right? To use it, press the button at the lower right"},
		"say-pledge":  {"请看承诺。同意，请用手指在框里写您的名字，再按右下角的按钮", "Read the pledge. If you agree, write your name in the box with a finger, then press the button at the lower right"},
		"say-verify":  {"请看屏幕上的内容，是不是您。是，请按右下角的核验", "Look at the screen. If it is you, press Verify at the lower right"},
		"say-number":  {"请记下屏幕上的受理号，收好证件", "Note the number on the screen and take your card"},
		"say-pay":     {"请用手机扫屏幕上的码缴费，也可以回家上报名网站缴。请收好证件", "Scan the code on the screen with a telephone to pay, or pay at home on the website. Take your card"},
		"say-ticket":  {"请看屏幕上的内容，是不是您。是，请按右下角的打印准考证", "Look at the screen. If it is you, press Print my ticket at the lower right"},
		"say-refused": {"现在办不了", "It cannot be done now"},
	}
}

// speech is what is said on each screen, by visit.State.Prompt.
func speech() map[string][]string {
	out := map[string][]string{
		"idle": {"idle-title-1", "idle-title-2"}, "take-card": {"take-title"}, "own-card": {"own-card-title"}, "staff": {"staff-title", "staff-lead"}, "reader-fault": {"reader-title", "reader-lead"},
		"blocked": {"stop-badge", "stop-elsewhere"}, "reading": {"reading-title", "reading-lead"}, "looking": {"looking-title", "looking-lead"},
		"unreadable-place-again": {"unread-title", "unread-again"}, "unreadable-other-card": {"unread-title", "unread-other"},
		"unreadable-hold-still": {"unread-title", "unread-hold"}, "unreadable-ask-clerk": {"unread-title", "unread-clerk"},
		"refused-not-registered": {"none-title", "say-screen"}, "refused-elsewhere": {"else-title", "say-screen"},
		"refused-confirmed": {"conf-title", "conf-plain"}, "refused-closed": {"say-refused", "say-screen"},
		"refused-expired": {"exp-title", "exp-lead"}, "refused-copies": {"uncopied-title", "uncopied-1"}, "staff-copies": {"copies-title"}, "staff-guardian": {"guardian-title"}, "refused-not-yet-valid": {"early-title", "early-lead"},
		"refused-incomplete": {"miss-title", "say-screen"}, "refused-other-person": {"other-title", "ask-staff"},
		"refused-unsuited": {"unsuit-badge", "say-screen"}, "verify": {"say-verify"}, "verifying": {"verifying-title", "verifying-lead"}, "verified": {"verified-badge", "verified-1"},
		"refused-time-up": {"time-title", "time-lead"}, "refused-fault": {"fault-title", "fault-lead"},
		"explained-not-me": {"notme-title", "say-screen"}, "explained-wrong": {"wrong-title", "say-screen"},
		"explained-no-card": {"nocard-title", "nocard-lead"}, "explained-no-application": {"unreg-title", "say-screen"},
		"explained-token": {"token-title", "say-screen"}, "explained-no-token": {"notoken-title", "say-screen"},
		"found": {"say-card"}, "settle": {"say-settle"}, "settle-clerk": {"say-clerk"}, "photo-notice": {"say-notice"},
		"photo": {"photo-starting", "photo-starting-x"}, "taking": {"taking-title"}, "photo-check": {"say-taken"},
		"no-photo-camera": {"camera-title", "camera-1"}, "no-photo-tries": {"tries-title"}, "no-photo-declined": {"declined-title"},
		"read-through": {"say-read"}, "pledge": {"say-pledge"}, "sealing": {"sealing-title", "sealing-lead"},
		"seal-failed": {"failed-title", "ask-staff"}, "printing": {"printing-title", "printing-lead"},
		"take-sheet": {"take-sheet-title", "take-sheet-1"}, "sheet-failed": {"sheet-none", "sheet-none-x"},
		"accepted": {"sheet-badge", "say-number"}, "accepted-delivered": {"accepted-sent", "say-number"}, "accepted-pay": {"pay-title", "say-pay"},
		"ticket": {"say-ticket"}, "ticket-printing": {"ticket-printing", "ticket-printing-x"}, "ticket-take-sheet": {"take-sheet-title", "ticket-take-1", "ticket-take-2"},
		"ticket-sheet-failed": {"ticket-none", "ticket-none-x"}, "refused-no-ticket-coming": {"ticket-coming", "ticket-coming-x"},
		"refused-no-ticket-void": {"ticket-void", "ticket-void-x"}, "refused-no-ticket-copies": {"ticket-many", "ticket-many-x"}, "refused-no-ticket-none": {"ticket-not-yours", "say-screen"},
		"card-lifted": {"lifted-title"}, "wrong-card": {"wrongcard-title"}, "reader-lost": {"lost-title"},
		"still-there": {"still-title"}, "help": {"help-title", "help-lead"},
	}
	for _, a := range visit.PhotoAdvices() {
		key := "photo-" + string(a)
		switch a {
		case visit.PhotoWait:
			continue
		case visit.PhotoGood:
			out[key] = []string{"photo-good", "photo-good-x"}
		default:
			out[key] = []string{key}
		}
		out["photo-advice-"+string(a)] = []string{key, key + "-x"}
		if a == visit.PhotoGood {
			out["photo-advice-"+string(a)] = []string{"photo-ask-clerk"}
		}
	}
	for _, n := range visit.Needs() {
		out["printing-"+string(n)] = []string{"need-" + string(n), "need-" + string(n) + "-x"}
	}
	return out
}
