package approval_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhunkao/hub/approval"
	rules "zhunkao/protocol/campaign"
)

// anyKind draws a kind of one to three tiers, each of one to three persons.
func anyKind(t *rapid.T) approval.Kind {
	tiers := []rules.Tier{rules.County, rules.City, rules.Province}
	tiers = tiers[rapid.IntRange(0, 2).Draw(t, "first"):]
	var c rules.Campaign
	a := rules.Approval{Key: "k", By: []rules.Tier{rules.County}}
	for _, tier := range tiers {
		key := "act-" + string(tier)
		c.Acts = append(c.Acts, rules.Act{Key: key, Tier: tier, Persons: rapid.IntRange(1, 3).Draw(t, "persons"), Reason: rapid.Bool().Draw(t, "reason")})
		a.Tiers = append(a.Tiers, rules.ApprovalTier{Tier: tier, Act: key, Days: rapid.IntRange(0, 3).Draw(t, "days")})
	}
	c.Approvals = []rules.Approval{a}
	k, err := approval.KindOf(c, "k")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var offices = []string{"430102", "430100", "430000-1"}

// TestAnythingAtAll does anything to a case, in any order, by anybody, and holds
// what stands to what must never be otherwise.
func TestAnythingAtAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := anyKind(t)
		x := fresh()
		var steps []approval.Step
		for i := range rapid.IntRange(1, 60).Draw(t, "length") {
			v := approval.Event{
				Do:      rapid.SampledFrom([]approval.Do{approval.Submit, approval.Agree, approval.Agree, approval.Agree, approval.Refuse, approval.Return, approval.Resubmit, approval.Withdraw}).Draw(t, "do"),
				Who:     fmt.Sprint("p", rapid.IntRange(0, 8).Draw(t, "who")),
				Office:  rapid.SampledFrom(offices).Draw(t, "office"),
				Judges:  rapid.IntRange(0, 9).Draw(t, "judges") > 0,
				Opinion: rapid.SampledFrom([]string{"", "看过", "看过", "看过"}).Draw(t, "opinion"),
				Behalf:  rapid.SampledFrom([]string{"", "", "430100"}).Draw(t, "behalf"),
				At:      day.AddDate(0, 0, i),
				Version: max(0, x.Version-rapid.SampledFrom([]int{0, 0, 0, 0, 1}).Draw(t, "behind")),
			}
			after, err := approval.Next(k, x, v)
			if err != nil {
				if after.Version != x.Version || after.State != x.State || !slices.Equal(after.Votes, x.Votes) || !slices.Equal(after.Submitters, x.Submitters) {
					t.Fatalf("%v changed the case", err)
				}
				continue
			}
			held(t, k, x, v, after)
			s := approval.Step{Number: after.Version, Round: x.Round, Tier: x.Tier, Do: v.Do, Account: v.Who, At: v.At.UnixMilli()}
			if v.Do == approval.Submit || v.Do == approval.Resubmit {
				s.Round, s.Tier = after.Round, 0
			}
			steps = append(steps, s)
			x = after
		}
		if len(steps) != x.Version {
			t.Fatalf("%d steps, version %d", len(steps), x.Version)
		}
		again := x
		again.Recall(steps)
		if !slices.Equal(again.Votes, x.Votes) || !slices.Equal(again.Submitters, x.Submitters) {
			t.Fatalf("the steps remember %v by %v, the case had %v by %v", again.Votes, again.Submitters, x.Votes, x.Submitters)
		}
		if x.State == approval.Approved {
			whole(t, k, steps)
		}
	})
}

// held asks of one step what must hold of any.
func held(t *rapid.T, k approval.Kind, before approval.Case, v approval.Event, after approval.Case) {
	switch {
	case v.Version != before.Version:
		t.Fatal("a stale step was taken")
	case before.State.Ended():
		t.Fatalf("%s was done to a case that had ended", v.Do)
	case after.Version != before.Version+1:
		t.Fatalf("version %d after %d", after.Version, before.Version)
	}
	judging := v.Do == approval.Agree || v.Do == approval.Refuse || v.Do == approval.Return
	switch {
	case judging && slices.Contains(before.Submitters, v.Who):
		t.Fatal("she judged what she submitted")
	case judging && !v.Judges:
		t.Fatal("it was not hers to judge")
	case judging && v.Behalf != "" && v.Office == before.Office:
		t.Fatal("an office judged its own by delegation")
	case v.Do != approval.Agree && judging && v.Opinion == "":
		t.Fatal("returned or refused without a reason")
	case (after.State == approval.Waiting) != (after.Judge != ""):
		t.Fatalf("%s, and %q judges", after.State, after.Judge)
	case after.State != approval.Waiting && after.Due != 0:
		t.Fatal("nobody waits, and yet there is a deadline")
	case after.Round < before.Round, after.Round > before.Round && v.Do != approval.Submit && v.Do != approval.Resubmit:
		t.Fatal("the round is another")
	case v.Do == approval.Resubmit && (len(after.Votes) > 0 || after.Tier != 0):
		t.Fatal("votes outlived a return")
	}
}

// whole asks of an approved case that every tier had its persons in the last
// round, all of them different, none of them a submitter.
func whole(t *rapid.T, k approval.Kind, steps []approval.Step) {
	last := steps[len(steps)-1].Round
	submitters, seen, agreed := map[string]bool{}, map[string]bool{}, map[int]int{}
	for _, s := range steps {
		if s.Do == approval.Submit || s.Do == approval.Resubmit {
			submitters[s.Account] = true
		}
	}
	for _, s := range steps {
		if s.Round != last || s.Do != approval.Agree {
			continue
		}
		if seen[s.Account] || submitters[s.Account] {
			t.Fatalf("%s counts twice, or judged her own", s.Account)
		}
		seen[s.Account] = true
		agreed[s.Tier]++
	}
	for i := range k.Tiers {
		if agreed[i] != k.Act(i).Persons {
			t.Fatalf("approved with %d of %d at tier %d", agreed[i], k.Act(i).Persons, i)
		}
	}
}
