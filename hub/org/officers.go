package org

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"zhunkao/protocol/identity"
)

// ErrOfficer is wrapped by what is said of an officer's field; FieldError tells
// which.
var ErrOfficer = errors.New("org: field of an office")

// FieldError names a field of an office or a point that cannot be so.
type FieldError struct{ Field string }

// Error names the field, never what was typed.
func (e FieldError) Error() string { return fmt.Sprintf("%v: %s", ErrOfficer, e.Field) }

// Is makes it an ErrOfficer.
func (e FieldError) Is(target error) bool { return target == ErrOfficer }

// The fields of Officers, as forms, tables and the journal call them.
const (
	FieldHead       = "head"
	FieldHeadPhone  = "head_phone"
	FieldAdmin      = "admin"
	FieldAdminPhone = "admin_phone"
	FieldAddress    = "address"
)

// Limits, in characters.
const (
	maxName    = 50
	maxAddress = 200
)

// Tidy takes away what nobody sees, writes telephones one way, and refuses what
// can be none. FieldError.
func (o Officers) Tidy() (Officers, error) {
	var err error
	for _, f := range []struct {
		field string
		text  *string
		most  int
	}{{FieldHead, &o.Head, maxName}, {FieldAdmin, &o.Admin, maxName}, {FieldAddress, &o.Address, maxAddress}} {
		*f.text = strings.TrimSpace(*f.text)
		if len([]rune(*f.text)) > f.most || strings.ContainsFunc(*f.text, unseen) {
			return o, FieldError{f.field}
		}
	}
	if o.HeadPhone, err = Phone(o.HeadPhone); err != nil {
		return o, FieldError{FieldHeadPhone}
	}
	if o.AdminPhone, err = Phone(o.AdminPhone); err != nil {
		return o, FieldError{FieldAdminPhone}
	}
	return o, nil
}

// Phone writes a telephone one way; "" stays "".
func Phone(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", nil
	}
	p, err := identity.ParsePhone(typed)
	if err != nil {
		return "", err
	}
	return p.Reveal(), nil
}

func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || r == 0x2028 || r == 0x2029
}

// Differing names the fields that are not alike.
func (o Officers) Differing(other Officers) (out []string) {
	for _, f := range []struct {
		field string
		a, b  string
	}{{FieldHead, o.Head, other.Head}, {FieldHeadPhone, o.HeadPhone, other.HeadPhone}, {FieldAdmin, o.Admin, other.Admin},
		{FieldAdminPhone, o.AdminPhone, other.AdminPhone}, {FieldAddress, o.Address, other.Address}} {
		if f.a != f.b {
			out = append(out, f.field)
		}
	}
	return out
}

// Over gives o with what n says put over it; what n leaves empty stays.
func (o Officers) Over(n Officers) Officers {
	put := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	put(&o.Head, n.Head)
	put(&o.HeadPhone, n.HeadPhone)
	put(&o.Admin, n.Admin)
	put(&o.AdminPhone, n.AdminPhone)
	put(&o.Address, n.Address)
	return o
}

// Lacking names the fields of demand A13 that are still empty.
func (o Officers) Lacking() (out []string) {
	for _, f := range []struct{ field, value string }{{FieldHead, o.Head}, {FieldHeadPhone, o.HeadPhone}, {FieldAdmin, o.Admin}, {FieldAdminPhone, o.AdminPhone}} {
		if f.value == "" {
			out = append(out, f.field)
		}
	}
	return out
}
