package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"zhunkao/hw/idcardtest"
)

// entry is one card of the deck.
type entry struct {
	Label string          `json:"label"`
	Note  string          `json:"note,omitempty"` // a word of the catalogue, or free text
	Card  idcardtest.Card `json:"card"`
}

// deck is the cards to choose from: those of the file, which never change, and
// after them those made on the panel.
type deck struct {
	own string // file of the cards made here

	mu    sync.Mutex // guards the lists and the file
	given []entry
	made  []entry
}

const ownLimit = 500

// openDeck reads both files. A missing --cards is an empty deck.
func openDeck(cards, state string) (*deck, error) {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return nil, err
	}
	d := &deck{own: filepath.Join(state, "own-cards.json")}
	var err error
	if cards != "" {
		if d.given, err = readEntries(cards); err != nil {
			return nil, err
		}
	}
	if d.made, err = readEntries(d.own); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return d, nil
}

func readEntries(path string) ([]entry, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []entry
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i := range list {
		if list[i].Card.Seed == 0 {
			list[i].Card.Seed = seedOf(list[i].Card)
		}
		if _, err := list[i].Card.Text(); err != nil {
			return nil, fmt.Errorf("%s: card %d: %w", path, i+1, err)
		}
	}
	return list, nil
}

// seedOf gives a card without a seed a face of its own.
func seedOf(c idcardtest.Card) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.Number + "\x00" + c.Name + "\x00" + c.NameEn)) // a hash's Write cannot fail
	return h.Sum64() | 1
}

// list is the whole deck; positions do not change while the program runs.
func (d *deck) list() []entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append(append([]entry(nil), d.given...), d.made...)
}

// at is the card at a position.
func (d *deck) at(i int) (entry, bool) {
	list := d.list()
	if i < 0 || i >= len(list) {
		return entry{}, false
	}
	return list[i], true
}

// add keeps a card made on the panel and gives its position.
func (d *deck) add(e entry) (int, error) {
	if e.Card.Seed == 0 {
		e.Card.Seed = seedOf(e.Card)
	}
	if _, err := e.Card.Text(); err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.made) >= ownLimit {
		return 0, fmt.Errorf("%d cards are enough", ownLimit)
	}
	made := append(append([]entry(nil), d.made...), e)
	raw, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return 0, err
	}
	if err := writeWhole(d.own, raw); err != nil {
		return 0, err
	}
	d.made = made
	return len(d.given) + len(made) - 1, nil
}

// writeWhole replaces a file so that a power cut leaves the old or the new one.
func writeWhole(path string, body []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// matches says whether a card is what a search asks for: part of the label, the
// number or the note.
func (e entry) matches(q string) bool {
	q = strings.ToLower(strings.TrimSpace(q))
	return q == "" || strings.Contains(e.needle(), q)
}

// needle is what a search looks through.
func (e entry) needle() string {
	return strings.ToLower(strings.Join([]string{e.Label, e.Note, e.Card.Name, e.Card.NameEn, e.Card.Number, e.Card.Type}, " "))
}
