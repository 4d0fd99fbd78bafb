// Package answer is what stands in for the network in a test: it answers the
// requests of handlers by rules, and fails them on purpose, in no real time.
//
// A Transport is an http.RoundTripper. It asks its Rules; a request that none of
// them matches is unexpected: it is refused, and told of with the rule that came
// nearest. Slow answers and faults take time on the test's clock only; where an
// answer takes longer than the client waits, the client sees a timeout.
//
// The package knows nothing of Lua. Its values belong to the goroutine that
// runs the case.
package answer
