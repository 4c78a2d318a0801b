package kiosk

import (
	"regexp"
	"strings"
	"testing"

	"zhunkao/appliance/visit"
)

// Every screen in every state has something to be said, in both languages, and
// nothing of the person is in it.
func TestEveryPromptHasWords(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
	used := map[string]bool{}
	for _, s := range shots() {
		key := s.View.State.Prompt()
		used[key] = true
		for _, english := range []bool{false, true} {
			text, ok := Spoken(key, english)
			if !ok || text == "" {
				t.Errorf("%s: nothing to say for %q", s.Name, key)
			}
			if name := s.View.State.Card.Chip.Name.Reveal(); name != "" && strings.Contains(text, name) {
				t.Errorf("%s: the prompt names her", s.Name)
			}
		}
	}
	for _, key := range SpokenKeys() {
		if !form.MatchString(key) {
			t.Errorf("%q is no name for a recording", key)
		}
		for _, english := range []bool{false, true} {
			text, ok := Spoken(key, english)
			if !ok || strings.Contains(text, "%") {
				t.Errorf("%s: %q", key, text)
			}
		}
		if !used[key] && !strings.HasPrefix(key, "photo-advice-") {
			t.Errorf("%s: no screen says it", key)
		}
	}
	if _, ok := Spoken("no-such-key", false); ok {
		t.Error("words for a key that is none")
	}
	for k, w := range speechWords() {
		if _, twice := catalogue()[k]; twice || w.zh == "" || w.en == "" {
			t.Errorf("%s: twice, or not in both languages", k)
		}
	}
}

// The prompt changes with what she must do, not with who she is.
func TestAPromptIsSpokenOnceAndAgainWhenItChanges(t *testing.T) {
	r := newRig(t, "idle-voice")
	r.happen(t, visit.CardPlaced{})
	var keys []string
	for _, e := range r.did() {
		if s, ok := e.(visit.Speak); ok {
			keys = append(keys, s.Key)
		}
	}
	if len(keys) != 1 || keys[0] != "reading" {
		t.Errorf("spoken %v, want reading once", keys)
	}
}
