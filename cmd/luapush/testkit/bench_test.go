package testkit_test

import (
	"fmt"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit"
)

// benchmark runs a file of cases with the same body.
func benchmark(b *testing.B, body string) {
	dir := folder(b, "handler.lua", hostileHandler, "a_test.lua", fmt.Sprintf(
		`local t = require "luapush.test" for i = 1, %d do t.case("x" .. i, function() %s end) end`, min(b.N, 100_000), body))
	b.ResetTimer()
	for done := 0; done < b.N; done += 100_000 {
		c := run(b, testkit.Config{Paths: []string{dir}})
		if c.summary.Bad() {
			b.Fatal(show(c.cases[0]))
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
}

// BenchmarkTrivialCase is a case that compares two numbers.
func BenchmarkTrivialCase(b *testing.B) { benchmark(b, `t.equal(1, 1)`) }

// BenchmarkHandlerCase is a case that loads a handler and plays an event.
func BenchmarkHandlerCase(b *testing.B) {
	benchmark(b, `t.load("handler.lua"):play(t.message_new{subject = "x"}):expect_request{method = "GET"}`)
}
