package dossier

import (
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/intake/hand"
	"zhunkao/hub/review"
	"zhunkao/protocol/form"
)

// reviews is what clerks looked at for her at her point, newest first.
func (k *collecting) reviews() error {
	if k.Application == "" {
		return nil
	}
	all, err := review.Of(k.ctx, k.tx, k.Application)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	var entries []Entry
	for _, r := range all {
		content, err := review.Open(k.ctx, k.tx, k.Keys, r.ID)
		if err != nil {
			return fmt.Errorf("dossier: %w", err)
		}
		e := Entry{Title: k.t("review." + string(r.State)), At: stamp(r.At), Lines: k.line("application.point", r.Point)}
		for _, i := range r.Items {
			e.Lines = append(e.Lines, Line{Key: "item." + i.Key, Label: k.reviewed(i.Key), Value: i.Result, Text: strings.TrimSpace(k.t("review."+i.Result) + "　" + content.Notes[i.Key])})
		}
		for _, c := range r.Claims {
			e.Lines = append(e.Lines, Line{Key: "claim." + c.Kind + "." + c.Code, Label: k.claimed(c.Kind, c.Code), Value: c.Shown, Text: k.t("review.claim." + c.Shown)})
		}
		e.Lines = append(e.Lines, k.line("review.note", content.Note)...)
		for _, b := range r.Blobs {
			label := k.t("review.pledge")
			if n, found := strings.CutPrefix(b.Role, "copy."); found {
				label = k.t("review.copy") + " " + n
			}
			picture, _, _, err := hand.Reviewed(k.Blobs, r, content, b.Role)
			if err != nil {
				e.Lines = append(e.Lines, Line{Key: b.Role, Label: label, Value: k.t("confirmation.none")})
				continue
			}
			e.Pictures = append(e.Pictures, Picture{Label: label, Type: jpeg, Data: picture})
		}
		entries = append(entries, e)
	}
	k.add("review", entries...)
	return nil
}

// reviewed names an item by the campaign as it is now; one that it has no more
// stands under its key.
func (k *collecting) reviewed(key string) string {
	if r, ok := k.Campaign.ReviewOf(key); ok && k.English {
		return r.En
	} else if ok {
		return r.Zh
	}
	return key
}

func (k *collecting) claimed(kind, code string) string {
	for _, b := range k.Campaign.Bonuses {
		if kind == form.BonusClaim && b.Code == code {
			return b.Zh + "（" + strconv.Itoa(b.Points) + "）"
		}
	}
	for _, e := range k.Campaign.Exemptions {
		if kind == form.ExemptionClaim && e.Code == code {
			return e.Zh
		}
	}
	return code
}
