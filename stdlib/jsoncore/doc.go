// Package jsoncore turns Lua values into JSON text and back, straight, without Go maps between. It is the part the JSON
// modules have in common: the modules decide what an array is, how a number prints, which mistakes they forgive and
// what their messages say.
//
// It must not raise Lua errors or know any module's name: it returns Go errors whose text the module raises. Nothing
// here has state; every call works on the tables it is given and is bound to their goroutine. Tables are read raw:
// metatables are not looked at, so fields that only an __index answers stay out of the text.
//
// Order of calls: [Encode] with [EncodeOptions]; [Decode] with [DecodeOptions] for the grammar of lua-cjson;
// [DecodeLenient] with [LenientOptions] for that of lua-json.
package jsoncore
