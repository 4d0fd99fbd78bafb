package jsoncore

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestAppendG(t *testing.T) {
	for _, c := range []struct {
		number    float64
		precision int
		want      string
	}{
		{0, 14, "0"}, {math.Copysign(0, -1), 14, "-0"}, {1, 14, "1"}, {-1.5, 14, "-1.5"}, {100000, 14, "100000"}, {100000, 5, "1e+05"}, {99999, 5, "99999"},
		{1234, 3, "1.23e+03"}, {0.0001, 14, "0.0001"}, {0.00001, 14, "1e-05"}, {1e14, 14, "1e+14"}, {99999999999999, 14, "99999999999999"},
		{1.0 / 3, 14, "0.33333333333333"}, {1.0 / 3, 1, "0.3"}, {9.99, 2, "10"}, {1e100, 14, "1e+100"}, {5e-324, 14, "4.9406564584125e-324"}, {9007199254740993, 14, "9.007199254741e+15"},
		{math.Inf(1), 14, "inf"}, {math.Inf(-1), 14, "-inf"}, {math.NaN(), 14, "nan"}, {250, 1, "2e+02"}, {350, 1, "4e+02"},
	} {
		if got := string(AppendG(nil, c.number, c.precision)); got != c.want {
			t.Errorf("%%.%dg of %v: got %s, want %s", c.precision, c.number, got, c.want)
		}
	}
}

// TestAppendGReads checks that the text has the digits it claims and reads back as the same text.
func TestAppendGReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-1e308, 1e308).Draw(t, "number") // larger ones may round up to infinity
		precision := rapid.IntRange(1, 17).Draw(t, "precision")
		text := string(AppendG(nil, number, precision))
		back, length := scanNumber(text)
		if length != len(text) || string(AppendG(nil, back, precision)) != text {
			t.Fatalf("%v became %q, which reads as %v", number, text, back)
		}
		if precision == 17 && back != number && !math.IsNaN(number) {
			t.Fatalf("%v became %q", number, text)
		}
		want, err := strconv.ParseFloat(strconv.FormatFloat(number, 'e', precision-1, 64), 64)
		if err == nil && back != want && !math.IsNaN(want) {
			t.Fatalf("%v: got %v, want %v", number, back, want)
		}
	})
}

func TestScanNumber(t *testing.T) {
	for _, c := range []struct {
		text   string
		number float64
		length int
	}{
		{"", 0, 0}, {"-", 0, 0}, {"x", 0, 0}, {".", 0, 0}, {"1", 1, 1}, {"1.", 1, 2}, {".5x", .5, 2}, {"1.e5", 1e5, 4}, {"1e", 1, 1}, {"1e+", 1, 1}, {"1e+2", 100, 4}, {"007", 7, 3}, {"1.5.5", 1.5, 3},
		{"0x", 0, 1}, {"0xg", 0, 1}, {"0x1F", 31, 4}, {"0x.8", .5, 4}, {"0x.", 0, 1}, {"0x1p4", 16, 5}, {"0x1p", 1, 3}, {"-0x10", -16, 5}, {"1e999", math.Inf(1), 5}, {"-inf", math.Inf(-1), 4}, {"INFINITYx", math.Inf(1), 8},
		{"infinit", math.Inf(1), 3}, {"+1", 1, 2},
	} {
		if number, length := scanNumber(c.text); number != c.number || length != c.length {
			t.Errorf("%q: got %v, %d", c.text, number, length)
		}
	}
	for text, want := range map[string]int{"nan": 3, "NaN(ab_1)": 9, "nan(": 3, "nan(-)": 3, "-nan": 4} {
		if number, length := scanNumber(text); !math.IsNaN(number) || length != want {
			t.Errorf("%q: got %v, %d", text, number, length)
		}
	}
}
