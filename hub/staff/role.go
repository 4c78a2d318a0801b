package staff

import (
	"slices"

	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
)

// Role is what an account is for.
type Role string

// The roles.
const (
	ProvinceAdmin    Role = "province-admin"
	ProvinceOperator Role = "province-operator"
	CityOperator     Role = "city-operator"
	CountyOperator   Role = "county-operator"
	PointHead        Role = "point-head" // at one point; what a clerk may, and answers for it
	Clerk            Role = "clerk"      // at one point
	Technician       Role = "technician" // enrols boxes; sees no record
)

// Roles lists every role, highest first.
func Roles() []Role {
	return []Role{ProvinceAdmin, ProvinceOperator, CityOperator, CountyOperator, PointHead, Clerk, Technician}
}

// OfPoint reports whether a role is that of somebody at one point.
func (r Role) OfPoint() bool { return r == PointHead || r == Clerk }

// rank orders roles by who answers for whom.
func (r Role) rank() int {
	switch r {
	case ProvinceAdmin:
		return 5
	case ProvinceOperator:
		return 4
	case CityOperator:
		return 3
	case CountyOperator:
		return 2
	case PointHead:
		return 1
	}
	return 0
}

// fits reports whether a role belongs to an office of that tier, with or
// without a point.
func (r Role) fits(tier campaign.Tier, point string) bool {
	want := map[Role]campaign.Tier{
		ProvinceAdmin: campaign.Province, ProvinceOperator: campaign.Province, CityOperator: campaign.City,
		CountyOperator: campaign.County, PointHead: campaign.County, Clerk: campaign.County, Technician: tier,
	}[r]
	return tier != "" && want == tier && r.OfPoint() == (point != "")
}

// gives says which roles somebody gives, each at an office of her own division
// (own) or of one directly below (below). The administrator of the province is
// made at the machine only.
var gives = map[Role]struct{ own, below []Role }{
	ProvinceAdmin:    {own: []Role{ProvinceOperator, Technician}, below: []Role{CityOperator}},
	ProvinceOperator: {own: []Role{ProvinceOperator, Technician}, below: []Role{CityOperator}},
	CityOperator:     {own: []Role{CityOperator, Technician}, below: []Role{CountyOperator}},
	CountyOperator:   {own: []Role{CountyOperator, PointHead, Clerk, Technician}},
}

// Gives lists the roles that a may give at an office (demands A15, A28, B6),
// highest first; none outside her remit.
func (a Account) Gives(o org.Office) []Role {
	switch {
	case a.Division == o.Division:
		return slices.Clone(gives[a.Role].own)
	case org.Above(o.Division) == a.Division && a.Division != "":
		return slices.Clone(gives[a.Role].below)
	}
	return nil
}

// MayGive reports whether a may give a role at an office.
func (a Account) MayGive(r Role, o org.Office) bool { return slices.Contains(a.Gives(o), r) }

// Answers reports whether a answers for b: b lies in her remit and stands below
// her. Equals do not: else one of two who must agree could take the other's
// place.
func (a Account) Answers(b Account) bool {
	return a.ID != b.ID && a.Point == "" && gives[a.Role].own != nil &&
		a.Role.rank() > b.Role.rank() && org.Covers(a.Division, b.Division)
}
