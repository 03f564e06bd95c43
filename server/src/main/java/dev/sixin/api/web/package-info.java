/// The web dialect: the calls as browsers and scripts make them, with forms and JSON. Nothing is
/// decided here. A route turns parameters into the request of the gRPC call that it stands for and
/// gets its answer from the same code. Calls that only the web has are described by `web.proto`.
///
/// Start reading at [Routes][dev.sixin.api.web.Routes], the table of what there is. Every call
/// passes [WebService][dev.sixin.api.web.WebService]; [WebCall][dev.sixin.api.web.WebCall] reads
/// its parameters, [Json][dev.sixin.api.web.Json] writes what it answers and
/// [Replies][dev.sixin.api.web.Replies] puts the envelope around it. Uploads, which are no such
/// forms, have [ImageApi][dev.sixin.api.web.ImageApi].
package dev.sixin.api.web;
