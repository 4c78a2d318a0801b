package flow

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/journal"
)

// untold are the acts that tell no applicant, and why. An act is in here or in
// tellings: whoever adds one decides.
var untold = map[string]string{
	"ticket.": "a box", "box.": "a box", "staff.": "an officer's account", "access.": "an officer", "clock.": "the demonstration",
	"hub.": "the program", "journal.": "the program", "storage.": "the program", "progress.": "earlier years' counts",
	"token.": "another system's access", "list.": "lists of many; who looked at one is journalled, and nothing of hers changed",
	"parcel.": "lists of many, by an exchange of the campaign", "office.": "an office", "offices.": "offices", "incident.": "a place; whom it holds up is told there",
	"rooms.taken": "rooms have their site; she sees it with her ticket. Who is moved by it: see lostShare", "rooms.listed": "lists of many; nothing of hers changed", "rooms.moved": "told in bulk: see lostShare",
	"seating.tried": "decides nothing", "seating.trial-done": "decides nothing", "seating.begun": "nobody is seated yet", "seating.frozen": "nobody is seated yet", "seating.named": "an officer", "seating.sealed": "an office's share", "seating.revealed": "an office's share",
	"seating.missed": "an office's share", "seating.voided": "nobody was seated by it", "seating.asked": "told when it is published", "seating.published": "told in bulk: see seatsShare", "seating.computed": "decides nothing", "seating.compared": "lists of many; nothing of hers changed", "rooms.added": "who sits there is told of her seat", "seating.printed": "a sheet", "seating.listed": "lists of many; nothing of hers changed",
	"batch.": "papers of a site; nothing of hers changed", "printer.": "an office's printer",
	"approval.": "what offices ask of offices", "countersign.": "a second person's word for an act, which tells of itself",
	"site.": "a site: who sits there sees it on her ticket", "catchment.": "a city's drawing: nobody is seated yet",
	"point.":  "a point: its page shows it as it stands",
	"backup.": "the program",
	"stick.":  "a stick was read in: each record in it tells of itself",

	"campaign.drafted": "not in force", "campaign.rehearsed": "not in force", "campaign.signed": "not in force yet",
	"campaign.rehearsal-begun": "not in force", "campaign.rehearsal-stopped": "not in force",
	"campaign.published": "told in bulk: see tellRules",

	"statement.": "a channel's file; what it brings to light is told when it is booked", "residue.": "no money moves by it; what becomes of the money is told", "day.": "books of the office",
	"unpaid.":         "the point reaches her by itself; what is decided about her order is told",
	"relief.given":    "beside the entry of each order, which tells",
	"relief.told":     "told in bulk: see troubleShare",
	"ending.drawn":    "told in bulk: see endingShare",
	"ending.dropped":  "told in bulk: see endingShare",
	"ending.signed":   "told in bulk: see endingShare",
	"ending.reversed": "told in bulk: see endingShare",
	"ending.objected": "her own word, which an office wrote down; the answer is told",

	"results.shown": "nothing counts by it", "results.dropped": "nothing counted by it", "results.applied": "told in bulk: see resultsShare", "results.undone": "told in bulk: see resultsShare",
	"register.made": "papers of the office; nothing of hers changed",

	"record.viewed":        "looking changes nothing; an office looks at hundreds in a day",
	"candidate.searched":   "looking changes nothing",
	"applicant.signed-in":  "her own doing, each day",
	"applicant.refused":    "anybody can cause it by typing her name: it would spam her",
	"applicant.signed-out": "her own doing",
	"draft.placed":         "her own doing, on the page where she did it",
	"sheet.printed":        "a paper was made; nothing of hers changed",
	"admission.given":      "a paper was made; nothing of hers changed",
	"consent.given":        "her own doing, on the page where she did it",
	"data.corrected":       "beside the entry of the edit itself, which tells",
	"record.forced":        "what it does is told by the entry of the record itself",
	"record.completed":     "it is held as before; what two persons decide is told",
	"record.asked-again":   "it is held as before; what two persons decide is told",
	"application.apart":    "beside the entries of what was signed there, which tell",
	"applicant.removed":    "nobody is left who could read it",
	"order.joined":         "she was told when the record came, and when her order was opened",
	"order.moved":          "beside the entry of what she changed or signed, which tells",
	"order.left":           "beside the entry of what she withdrew or what does not count any more, which tells; where her fee is another, beside that of the new order",
	"order.refunded":       "beside the entry of the refund, which tells",
	"movement.credited":    "beside the entry of the order that it pays, which tells",
	"movement.conflict":    "nothing was booked: an office looks into it",
	"movement.settled":     "nothing moves by it; what becomes of the money is told when that is decided",
	"refund.again":         "nothing moves by it; she is told when it is made or fails",
	"movement.owned":       "nothing moves by it; what becomes of the money is told when that is decided",
	"transfer.":            "a bank's paper as an office read it; what it pays is told when it is booked", "cash.": "a point's box of cash",
}

// TestEveryActTellsOrSaysWhyNot walks the journal's acts.
func TestEveryActTellsOrSaysWhyNot(t *testing.T) {
	acts := actsOfJournal(t)
	if len(acts) < 60 {
		t.Fatalf("found only %d acts", len(acts))
	}
	for name, act := range acts {
		told := tellings[journal.Act(act)] != nil
		why := untold[act]
		if why == "" {
			area, _, _ := strings.Cut(act, ".")
			why = untold[area+"."]
		}
		if told == (why != "") {
			t.Errorf("%s (%s): told %v, and a reason not to: %q", name, act, told, why)
		}
	}
	for act := range tellings {
		if !slices.Contains(slices.Collect(maps.Values(acts)), string(act)) {
			t.Errorf("%s is told, and is no act", act)
		}
	}
}

func actsOfJournal(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("../journal/*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Act" && len(v.Values) == 1 {
				if lit, ok := v.Values[0].(*ast.BasicLit); ok {
					act, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					out[v.Names[0].Name] = act
				}
			}
			return true
		})
	}
	return out
}

// TestNoticesOf says for each act, by whom and with which details, what is told
// to whom.
func TestNoticesOf(t *testing.T) {
	at := time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
	self, office := journal.Author{Kind: journal.ByCandidate, ID: "app"}, journal.Author{Kind: journal.ByStaff, ID: "s1"}
	mine := journal.Subject{Kind: journal.OfApplication, ID: "app"}
	record := journal.Subject{Kind: journal.OfConfirmation, ID: "rec"}
	for name, c := range map[string]struct {
		e    journal.Entry
		want string
	}{
		"registered by herself": {journal.Entry{Act: journal.ApplicationRegistered, Author: self, Subject: mine, Detail: map[string]string{"version": "1", "level": "x"}}, "app registered by=self version=1"},
		"edited by an office":   {journal.Entry{Act: journal.ApplicationEdited, Author: office, Subject: mine, Detail: map[string]string{"version": "2"}}, "app edited by=office version=2"},
		"moved by an operator": {journal.Entry{Act: journal.ApplicationMoved, Author: journal.Author{Kind: journal.ByOperator}, Subject: mine, Point: "43010402",
			Detail: map[string]string{"version": "2", "from": "43010401"}}, "app moved by=office from=43010401 point=43010402 version=2"},
		"withdrawn":                        {journal.Entry{Act: journal.ApplicationWithdrawn, Author: self, Subject: mine}, "app withdrawn by=self"},
		"confirmed":                        {journal.Entry{Act: journal.ConfirmationReceived, Subject: record, Point: "43010401", Detail: map[string]string{"application": "app", "state": string(confirmation.InForce)}}, "app confirmed point=43010401"},
		"confirmed over later versions":    {journal.Entry{Act: journal.ConfirmationReceived, Subject: record, Point: "p", Detail: map[string]string{"application": "app", "state": string(confirmation.InForce), "superseded": "[3 4]"}}, "app confirmed point=p|app superseded point=p versions=3 4"},
		"time pending":                     {journal.Entry{Act: journal.ConfirmationReceived, Subject: record, Point: "p", Detail: map[string]string{"application": "app", "state": string(confirmation.TimePending)}}, "app time-pending point=p"},
		"received into a dispute":          {journal.Entry{Act: journal.ConfirmationReceived, Subject: record, Detail: map[string]string{"application": "app", "state": string(confirmation.Disputed)}}, ""},
		"the dispute itself":               {journal.Entry{Act: journal.ConfirmationDisputed, Subject: record, Point: "p", Reason: confirmation.NoteTwice, Detail: map[string]string{"application": "app"}}, "app disputed point=p why=" + confirmation.NoteTwice},
		"the one it stands beside":         {journal.Entry{Act: journal.ConfirmationDisputed, Subject: record, Detail: map[string]string{"application": "app", "beside": "rec2"}}, ""},
		"voided":                           {journal.Entry{Act: journal.ConfirmationVoided, Author: office, Subject: record, Point: "p", Detail: map[string]string{"application": "app"}}, "app voided point=p"},
		"quarantined, hers":                {journal.Entry{Act: journal.RecordQuarantined, Subject: journal.Subject{Kind: journal.OfRecord, ID: "q"}, Point: "p", Detail: map[string]string{"application": "app"}}, "app quarantined point=p"},
		"a number typed that is another's": {journal.Entry{Act: journal.ConfirmationDisputed, Subject: record, Point: "p", Reason: "other-person", Detail: map[string]string{"application": "app"}}, "app number-doubt point=p"},
		"refused for good":                 {journal.Entry{Act: journal.RecordRefused, Subject: journal.Subject{Kind: journal.OfRecord, ID: "q"}, Point: "p", Detail: map[string]string{"application": "app"}}, "app held-refused point=p"},
		"quarantined, nobody's":            {journal.Entry{Act: journal.RecordQuarantined, Subject: journal.Subject{Kind: journal.OfRecord, ID: "q"}, Point: "p"}, ""},
		"reviewed":                         {journal.Entry{Act: journal.ApplicationReviewed, Subject: journal.Subject{Kind: journal.OfRecord, ID: "rec"}, Point: "p", Detail: map[string]string{"application": "app", "state": "stands", "items": "3", "claims": "1"}}, "app reviewed claims=1 point=p"},
		"reviewed, and something lacks":    {journal.Entry{Act: journal.ApplicationReviewed, Subject: journal.Subject{Kind: journal.OfRecord, ID: "rec"}, Point: "p", Detail: map[string]string{"application": "app", "state": "stands", "claims": "0", "lacks": "diploma, pledge"}}, "app review-lacks claims=0 lacks=diploma, pledge point=p"},
		"reviewed, and overtaken":          {journal.Entry{Act: journal.ApplicationReviewed, Subject: journal.Subject{Kind: journal.OfRecord, ID: "rec"}, Detail: map[string]string{"application": "app", "state": "replaced", "fails": "diploma"}}, ""},
		"looked at":                        {journal.Entry{Act: journal.RecordViewed, Author: office, Subject: mine}, ""},
		"refused":                          {journal.Entry{Act: journal.ApplicationEdited, Author: office, Subject: mine, Result: "denied"}, ""},
		"password":                         {journal.Entry{Act: journal.ApplicantChanged, Detail: map[string]string{"account": "acc", "what": "password"}}, "acc password-changed"},
		"second password":                  {journal.Entry{Act: journal.ApplicantChanged, Detail: map[string]string{"account": "acc", "what": "second"}}, "acc second-changed"},
		"telephone":                        {journal.Entry{Act: journal.ApplicantChanged, Detail: map[string]string{"account": "acc", "what": "phone"}}, "acc phone-changed"},
		"her other sessions":               {journal.Entry{Act: journal.ApplicantChanged, Detail: map[string]string{"account": "acc", "what": "sessions"}}, ""},
		"recovered":                        {journal.Entry{Act: journal.ApplicantRecovered, Author: self, Detail: map[string]string{"account": "acc"}}, "acc recovered by=self"},
		"an order":                         {journal.Entry{Act: journal.OrderOpened, Subject: journal.Subject{Kind: journal.OfOrder, ID: "20194300001234567890"}, Detail: map[string]string{"application": "app", "order": "20194300001234567890", "fen": "17000", "due": "1568217600000", "cause": "confirmation"}}, "app order-opened due=1568217600000 fen=17000 order=20194300001234567890"},
		"paid too late":                    {journal.Entry{Act: journal.MovementSuspended, Subject: journal.Subject{Kind: journal.OfMovement, ID: "m"}, Detail: map[string]string{"application": "app", "order": "1", "fen": "17000", "standing": "late"}}, "app payment-late fen=17000 order=1"},
		"paid twice":                       {journal.Entry{Act: journal.MovementSuspended, Subject: journal.Subject{Kind: journal.OfMovement, ID: "m"}, Detail: map[string]string{"application": "app", "standing": "again"}}, "app payment-twice"},
		"paid after leaving":               {journal.Entry{Act: journal.MovementSuspended, Subject: journal.Subject{Kind: journal.OfMovement, ID: "m"}, Detail: map[string]string{"application": "app", "standing": "after-leaving"}}, "app payment-left"},
		"paid another amount":              {journal.Entry{Act: journal.MovementSuspended, Subject: journal.Subject{Kind: journal.OfMovement, ID: "m"}, Detail: map[string]string{"application": "app", "standing": "other-fee"}}, "app payment-other"},
		"a stranger's money":               {journal.Entry{Act: journal.MovementSuspended, Subject: journal.Subject{Kind: journal.OfMovement, ID: "m"}, Detail: map[string]string{"standing": "stranger"}}, ""},
		"a refund nobody asked for":        {journal.Entry{Act: journal.MovementSuspended, Subject: journal.Subject{Kind: journal.OfMovement, ID: "m"}, Detail: map[string]string{"application": "app", "standing": "unasked"}}, ""},
		"slip":                             {journal.Entry{Act: journal.ApplicantSlip, Author: office, Detail: map[string]string{"account": "acc", "slip": "7"}}, "acc slip-made by=office"},
	} {
		c.e.At = at
		var got []string
		for _, n := range noticesOf(c.e) {
			s := n.Application + n.Account + " " + string(n.Kind)
			for _, arg := range slices.Sorted(maps.Keys(n.Args)) {
				s += " " + arg + "=" + n.Args[arg]
			}
			if n.At != at.UnixMilli() {
				t.Errorf("%s: at %d", name, n.At)
			}
			if !n.Kind.Known() {
				t.Errorf("%s: unknown kind %s", name, n.Kind)
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: told %q, want %q", name, s, c.want)
		}
	}
}
