package appliance

import (
	"context"
	"reflect"
	"strings"

	"zhunkao/appliance/visit"
)

// Printer is what the visit knows of the printer. The loop must be halted.
func (a *Appliance) Printer() visit.Printer { return a.loop.state.Machine.Printer }

// PrinterGone reports what the loop says of the printer while it runs.
func (a *Appliance) PrinterGone(ctx context.Context) (down bool, err error) {
	err = a.loop.ask(ctx, func() { down = a.loop.state.Machine.Printer.Down })
	return down, err
}

// Residue lists the places below the loop's own fields in which text stands.
// The loop must be halted. What hangs on the Appliance (store, campaign, link)
// is not looked at: the roster names everybody.
func (a *Appliance) Residue(text string) []string {
	w := walker{text: text, seen: map[uintptr]bool{}}
	l := reflect.ValueOf(a.loop).Elem()
	for i := range l.NumField() {
		if name := l.Type().Field(i).Name; name != "Appliance" && name != "campaign" {
			w.walk(name, l.Field(i))
		}
	}
	w.walk("kiosk", reflect.ValueOf(a.kiosk).Elem().FieldByName("view"))
	return w.found
}

type walker struct {
	text  string
	seen  map[uintptr]bool
	found []string
}

func (w *walker) walk(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), w.text) {
			w.found = append(w.found, path)
		}
	case reflect.Pointer, reflect.Map:
		if v.IsNil() || w.seen[v.Pointer()] {
			return
		}
		w.seen[v.Pointer()] = true
		if v.Kind() == reflect.Pointer {
			w.walk(path, v.Elem())
			return
		}
		for it := v.MapRange(); it.Next(); {
			w.walk(path, it.Key())
			w.walk(path, it.Value())
		}
	case reflect.Interface:
		if !v.IsNil() {
			w.walk(path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.walk(path, v.Index(i))
		}
	}
}
