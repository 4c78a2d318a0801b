package org

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/db"
	"zhunkao/protocol/campaign"
)

var errUnfinished = errors.New("org: being written")

var (
	// ErrNotFound says that there is no such division, office or point.
	ErrNotFound = errors.New("org: not found")
	// ErrTaken says that a code is in use.
	ErrTaken = errors.New("org: code is taken")
	// ErrPoint says that a point lacks its code, name or division.
	ErrPoint = errors.New("org: point is not complete")
)

// Division is a division as it stands on a day.
type Division = campaign.Division

// Office is one 招考机构. Its remit is its division and all below.
type Office struct {
	ID       string
	Name     string
	Tier     campaign.Tier
	Division string // code
	Contact  string // head of the office; "" = not given yet
	Phone    string
}

// Point is one 报名确认点.
type Point struct {
	Code     string // division code and two digits: "43010201"
	Name     string
	Division string // of the county, six digits
	Contact  string
	Phone    string
	Address  string
	Hours    string // daily hours as shown, "08:00-12:00 15:00-18:00"; "" = the campaign's
	Levels   string // codes of the levels taken, comma separated; "" = all
	Medical  bool   // takes medical candidates (demand A33)
	Minors   bool   // takes candidates under age (demand A33)
	Open     bool
}

// Seed writes the divisions of the province as they stood on a day, and an
// office for each: two departments of the province, every city, every county.
// What is there already stays as it is.
func Seed(ctx context.Context, tx *db.Tx, on time.Time) error { return errUnfinished }

// Divisions returns the divisions in force on a day, by code.
func Divisions(ctx context.Context, tx *db.Tx, on time.Time) ([]Division, error) {
	return nil, errUnfinished
}

// DivisionName returns the newest name of a division, or its code.
func DivisionName(ctx context.Context, tx *db.Tx, code string) (string, error) {
	return "", errUnfinished
}

// Offices returns the offices of a division and below, by division.
func Offices(ctx context.Context, tx *db.Tx, division string) ([]Office, error) {
	return nil, errUnfinished
}

// GetOffice returns an office by id.
func GetOffice(ctx context.Context, tx *db.Tx, id string) (Office, error) {
	return Office{}, errUnfinished
}

// CreatePoint adds a point; its county must exist. The caller journals.
func CreatePoint(ctx context.Context, tx *db.Tx, p Point) error { return errUnfinished }

// UpdatePoint changes all but code and division of a point. The caller journals.
func UpdatePoint(ctx context.Context, tx *db.Tx, p Point) error { return errUnfinished }

// GetPoint returns a point by code.
func GetPoint(ctx context.Context, tx *db.Tx, code string) (Point, error) {
	return Point{}, errUnfinished
}

// Points returns the points of a division and below, by code.
func Points(ctx context.Context, tx *db.Tx, division string) ([]Point, error) {
	return nil, errUnfinished
}

// Covers reports whether a division lies in a remit: is the same, or below it.
// Codes are those of GB/T 2260: 430000, 430100, 430102.
func Covers(remit, division string) bool { return false }

// Above returns the code of the division above, "" above the province.
func Above(code string) string { return "" }
